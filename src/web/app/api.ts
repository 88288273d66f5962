// Owns the calls to the server: JSON in, JSON out, every failure an ApiError with a sentence.
// No caching here (cache.ts), no shapes here (src/http/contract.ts).

import type { Problem } from '../../http/contract.ts';
import { shortTexts } from '../parts/short.ts';

/** A call that did not succeed. `problem.title` is the sentence for the person. */
class ApiError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem, cause?: unknown) {
    super(problem.title, { cause });
    this.name = 'ApiError';
    this.problem = problem;
  }
}

/** The account that this page was loaded for, as long as one is known. */
let account: string | null = null;

/** Says with each call from now on for which account it is made; the server refuses it as another's. */
export function actFor(accountId: string | null): void {
  account = accountId;
}

/** The account for which calls are made. */
export function actingFor(): string | null {
  return account;
}

/** GET a JSON document, its texts short. @throws ApiError */
export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return shortTexts(await getWhole<T>(path, signal));
}

/** GET a JSON document with its texts as long as they are. @throws ApiError */
export async function getWhole<T>(path: string, signal?: AbortSignal): Promise<T> {
  const reply = await call('GET', path, undefined, signal);
  return (await reply.json()) as T;
}

/** GET a text as it is, character for character. @throws ApiError */
export async function getText(path: string, signal?: AbortSignal): Promise<string> {
  const reply = await call('GET', path, undefined, signal, 'text/plain');
  return await reply.text();
}

/** POST, PUT or DELETE; the answer's JSON, its texts short, or null where it has no body. @throws ApiError */
export async function send<T>(
  method: 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: unknown,
): Promise<T> {
  const reply = await call(method, path, body);
  const text = await reply.text();
  return shortTexts((text === '' ? null : JSON.parse(text)) as T);
}

/** A failure of this browser's own, with its sentence. */
export function refusal(code: string, title: string, cause: unknown): Error {
  return new ApiError({ type: 'about:blank', title, status: 0, code }, cause);
}

/** What any thrown value means to the person. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ApiError) return error.problem;
  return {
    type: 'about:blank',
    title: 'Something in this page went wrong. Load it again; nothing stored is affected.',
    status: 0,
    code: 'web.unexpected',
  };
}

async function call(
  method: string,
  path: string,
  body?: unknown,
  signal?: AbortSignal,
  accept = 'application/json',
): Promise<Response> {
  let reply: Response;
  try {
    reply = await fetch(path, {
      method,
      headers: {
        accept: `${accept}, application/problem+json`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(account === null ? {} : { 'x-chartfold-account': account }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new ApiError(unreachable, cause);
  }
  if (reply.ok) return reply;
  throw new ApiError(await readProblem(reply));
}

const unreachable: Problem = {
  type: 'about:blank',
  title: 'Chartfold cannot be reached. Check that it is running on its machine, then try again.',
  status: 0,
  code: 'web.unreachable',
};

async function readProblem(reply: Response): Promise<Problem> {
  const said: unknown = await reply.json().catch(() => null);
  if (typeof said === 'object' && said !== null && 'title' in said && 'code' in said) {
    return said as Problem;
  }
  // A proxy in between may answer with a page of its own.
  return {
    type: 'about:blank',
    title: 'Chartfold did not answer as it should. Try again in a moment.',
    status: reply.status,
    code: `web.http_${reply.status}`,
  };
}
