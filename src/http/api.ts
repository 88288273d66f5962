// Owns how a route of the API is declared: once, with its schemas and with what it takes of whoever calls, for the
// router, the audit and /api/openapi.json.
// Answers are parsed on their way out, so that nothing leaves that the contract does not name.

import { createRoute, OpenAPIHono, type RouteConfig } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { z } from 'zod';
import { type AuditDeed, type AuditDetail, auditActor } from '../access/audit.ts';
import {
  type Actor,
  allow,
  allowOn,
  isOwnBeginning,
  type OtherAct,
  type RecordAct,
  type Sight,
} from '../access/policy.ts';
import { isRecent, type Session } from '../access/sessions.ts';
import {
  asChartfoldError,
  ChartfoldError,
  type ErrorCode,
  isChartfoldError,
} from '../platform/errors.ts';
import type { App } from './app.ts';
import { callerOf, originOf, refuseOthersPage } from './caller.ts';
import { problem } from './contract.ts';
import type { Env } from './problem.ts';

export type Api = {
  readonly app: App;
  readonly router: OpenAPIHono<Env>;
  /** What was declared, for the description of the API and for the test that tries them all. */
  readonly declared: Declaration<z.ZodType, z.ZodType>[];
};
export type ApiContext = Context<Env>;

/** Whose a thing is that a route is about. */
export type Subject = {
  /** Null for a connection whose patient nobody has confirmed yet. */
  readonly personId: string | null;
  /** The account that began it, where it is nobody's record yet; null for the terminal. */
  readonly begunBy?: string | null;
};

/**
 * What a route takes: one act of the policy, and whose record it is about. The audit is told of an `act` before the
 * handler runs; where the handler knows more of it, the route is `told`: it looks, tells by `Call.tell`, and then does it.
 */
export type Access =
  /** No session; with the reason. */
  | { readonly open: string }
  | {
      readonly act: OtherAct;
      readonly audit: 'act' | 'told' | 'none';
      readonly did?: AuditDeed;
      readonly recent?: true;
    }
  | {
      readonly act: RecordAct;
      readonly audit: 'read' | 'act' | 'told' | 'none';
      readonly did?: AuditDeed;
      readonly of: (app: App, c: ApiContext) => Promise<Subject>;
      /** What is said where there is none, or none that the caller may know of. */
      readonly missing: ErrorCode;
      readonly recent?: true;
    };

/** Who called, and what of the record may be shown to them. */
export type Call = {
  readonly actor: Actor;
  readonly session: Session;
  /** Whose record it is about. @throws where the route is about none */
  readonly personId: string;
  readonly sight: Sight;
  /**
   * Asks the policy for a further record, one that the body names or a list holds, and tells the audit of the act.
   * @throws `person.not_found`, `access.not_allowed`
   */
  also(act: RecordAct, personId: string): Promise<void>;
  /**
   * Tells the audit of the route's own act, once nothing stands against it and before it is done. For routes whose
   * access says `told`; on the record of `personId` where the act makes one.
   */
  tell(detail: AuditDetail, personId?: string): Promise<void>;
  /** Tells the audit how many records of each kind the answer shows. */
  saw(kinds: Readonly<Record<string, number>>): void;
};

const MAX_BODY_BYTES = 64 * 1024;

export type Declaration<Body extends z.ZodType, Reply extends z.ZodType> = {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  /** Parameters as `{id}`. */
  readonly path: string;
  readonly summary: string;
  readonly access: Access;
  readonly body?: Body;
  /** What stands behind `?`, in place of a body: only what says nothing of health. */
  readonly query?: Body;
  readonly reply: Reply;
};

export function createApi(app: App): Api {
  return { app, router: new OpenAPIHono<Env>(), declared: [] };
}

/** Declares a route. The handler is given the parsed body or query and gives back the value of the answer. */
export function route<Body extends z.ZodType, Reply extends z.ZodType>(
  api: Api,
  declaration: Declaration<Body, Reply>,
  handler: (c: ApiContext, body: z.output<Body>, call: Call) => Promise<z.input<Reply>>,
): void {
  const { method, path, body, query, reply } = declaration;
  declare(api, declaration);
  api.router.on(method.toUpperCase(), routerPath(path), async (c) => {
    const read = async () => {
      if (body) return readBody(c, body);
      return (query ? readQuery(c, query) : undefined) as z.output<Body>;
    };
    const value = await guarded(api.app, declaration.access, c, read, (call, given) =>
      handler(c, given, call),
    );
    return c.json(readable(reply, value) as object);
  });
}

/** Declares a route that answers with something other than a JSON document: a text, a stream. */
export function answerRoute(
  api: Api,
  declaration: Omit<Declaration<z.ZodType, z.ZodType>, 'method' | 'body'> & { type: string },
  handler: (c: ApiContext, call: Call) => Promise<Response>,
): void {
  const { path, access, type } = declaration;
  declare(api, { ...declaration, method: 'get' }, type);
  const nothing = async () => undefined;
  api.router.get(routerPath(path), (c) =>
    guarded(api.app, access, c, nothing, (call) => handler(c, call)),
  );
}

function declare<Body extends z.ZodType, Reply extends z.ZodType>(
  api: Api,
  declaration: Declaration<Body, Reply>,
  type = 'application/json',
): void {
  api.declared.push(declaration);
  api.router.openAPIRegistry.registerPath(describe(declaration, type));
}

function routerPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1');
}

/**
 * Lets a call pass that the policy lets pass, and tells the audit: of an act before it is done, of a read after. The
 * body is read in between, so that one which is refused leaves no line of an act that was done.
 * @throws `access.sign_in_required`, `access.other_account`, `access.not_allowed`, `access.sign_in_recent_required`,
 *   what `missing` says
 */
async function guarded<T, Given>(
  app: App,
  access: Access,
  c: ApiContext,
  read: () => Promise<Given>,
  work: (call: Call, given: Given) => Promise<T>,
): Promise<T> {
  // An open route is given no caller, so nothing behind it can lean on one.
  if ('open' in access) return work(NOBODY, await read());
  const caller = await callerOf(c, app);
  if (!caller) throw new ChartfoldError('access.sign_in_required');
  const { actor, session } = caller;
  refuseOthersPage(c, session);
  const event = { ...auditActor(actor), act: access.act, origin: originOf(c, app) };
  let seen: Record<string, number> = {};
  const saw: Call['saw'] = (kinds) => {
    seen = { ...seen, ...kinds };
  };
  const also: Call['also'] = async (act, of) => {
    allowOn(actor, act, of);
    await app.audit.act({ ...event, act, personId: of, detail: {} });
  };
  let personId: string | null = null;
  let isTold = access.audit !== 'told';
  const tell: Call['tell'] = async (detail, of) => {
    isTold = true;
    await app.audit.act({ ...event, personId: of ?? personId, detail });
  };
  try {
    const { sight, ...subject } = await admitted(app, access, c, actor);
    personId = subject.personId;
    if (access.recent && !isRecent(session, app.clock))
      throw new ChartfoldError('access.sign_in_recent_required');
    const given = await read();
    if (access.audit === 'act') await tell(actDetail(access.did, auditId(c.req.param('id'))));
    const value = await work(callOf({ actor, session, sight, also, tell, saw }, personId), given);
    if (!isTold) throw new Error('a route that tells the audit itself has not');
    if (access.audit === 'read') app.audit.read({ ...event, personId, detail: { kinds: seen } });
    return value;
  } catch (thrown) {
    const { code } = asChartfoldError(thrown);
    if (access.audit !== 'none') app.audit.read({ ...event, personId, detail: { refused: code } });
    throw thrown;
  }
}

function actDetail(did: AuditDeed | undefined, what: string | undefined): AuditDetail {
  return { ...(did === undefined ? {} : { did }), ...(what === undefined ? {} : { what }) };
}

async function admitted(
  app: App,
  access: Exclude<Access, { open: string }>,
  c: ApiContext,
  actor: Actor,
): Promise<{ personId: string | null; sight: Sight }> {
  if (!('of' in access)) {
    allow(actor, access.act);
    return { personId: null, sight: 'all' };
  }
  const id = c.req.param('id');
  if (id !== undefined && !ID.test(id)) throw new ChartfoldError(access.missing);
  try {
    const { personId, begunBy } = await access.of(app, c);
    if (personId !== null) return { personId, sight: allowOn(actor, access.act, personId) };
    if (begunBy !== undefined && isOwnBeginning(actor, begunBy)) return { personId, sight: 'all' };
    throw new ChartfoldError('person.not_found');
  } catch (error) {
    // Somebody else's is told like none at all.
    if (isChartfoldError(error, 'person.not_found')) throw new ChartfoldError(access.missing);
    throw error;
  }
}

/** Ids of our own, as the contract has them. */
const ID = /^[\w-]{1,64}$/;
/** WebAuthn level 3, section 4: a credential's id has at most 1,023 bytes, here in base64url. */
const PASSKEY_ID = /^[\w-]{1,1364}$/;

/** An id as the audit has it, which keeps no text of whoever asks; of a passkey's, which may be long, the beginning. */
function auditId(id: string | undefined): string | undefined {
  return id !== undefined && PASSKEY_ID.test(id) ? id.slice(0, 64) : undefined;
}

/** A route that is about nobody's record, or nobody's yet, has no business with a person's id. */
function callOf(call: Omit<Call, 'personId'>, personId: string | null): Call {
  return {
    ...call,
    get personId() {
      if (personId === null) throw new Error('this route is about nobody’s record');
      return personId;
    },
  };
}

const NOBODY: Call = {
  get actor(): never {
    throw new Error('an open route has no caller');
  },
  get session(): never {
    throw new Error('an open route has no session');
  },
  get personId(): never {
    throw new Error('an open route is about nobody’s record');
  },
  sight: new Set(),
  also: () => Promise.reject(new Error('an open route has no caller')),
  tell: () => Promise.reject(new Error('an open route has no caller')),
  saw: () => undefined,
};

function describe<Body extends z.ZodType, Reply extends z.ZodType>(
  { method, path, summary, body, query, reply }: Omit<Declaration<Body, Reply>, 'access'>,
  type: string,
): RouteConfig {
  return createRoute({
    method,
    path,
    summary,
    request: {
      ...(body
        ? { body: { content: { 'application/json': { schema: body } }, required: true } }
        : {}),
      ...(query ? { query: query as unknown as z.ZodObject } : {}),
    },
    responses: {
      200: { description: summary, content: { [type]: { schema: reply } } },
      default: {
        description: 'What went wrong',
        content: { 'application/problem+json': { schema: problem } },
      },
    },
  } satisfies RouteConfig);
}

/** A value as the contract has it. @throws `http.answer_unreadable` naming where it differs, and nothing of what is there */
export function readable<Reply extends z.ZodType>(reply: Reply, value: unknown): z.output<Reply> {
  const parsed = reply.safeParse(value);
  if (parsed.success) return parsed.data;
  const places = parsed.error.issues.map((issue) => issue.path.join('.')).join(', ');
  throw new ChartfoldError('http.answer_unreadable', { detail: places });
}

/** A path parameter; routes name the ones they have. */
export function parameter(c: ApiContext, name: string): string {
  return c.req.param(name) ?? '';
}

async function readBody<Body extends z.ZodType>(
  c: ApiContext,
  schema: Body,
): Promise<z.output<Body>> {
  if (Number(c.req.header('content-length') ?? 0) > MAX_BODY_BYTES)
    throw new ChartfoldError('http.too_large');
  const text = await readCapped(c.req.raw.body);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ChartfoldError('http.invalid_request', { detail: 'the body is not JSON', cause });
  }
  return parsedBy(schema, value, 'the body');
}

function readQuery<Query extends z.ZodType>(c: ApiContext, schema: Query): z.output<Query> {
  return parsedBy(schema, c.req.query(), 'the query');
}

function parsedBy<Given extends z.ZodType>(
  schema: Given,
  value: unknown,
  name: string,
): z.output<Given> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map((issue) => issue.path.join('.') || name).join(', ');
  throw new ChartfoldError('http.invalid_request', { detail: fields });
}

/** Reads no more than the cap, whatever the headers say. */
async function readCapped(body: ReadableStream<Uint8Array> | null): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of body ?? []) {
      size += chunk.byteLength;
      if (size > MAX_BODY_BYTES) throw new ChartfoldError('http.too_large');
      chunks.push(chunk);
    }
  } catch (cause) {
    if (isChartfoldError(cause)) throw cause;
    throw new ChartfoldError('http.invalid_request', { detail: 'the body broke off', cause });
  }
  return Buffer.concat(chunks).toString('utf8');
}
