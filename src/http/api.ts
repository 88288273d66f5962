// Owns how a route of the API is declared: once, with its schemas, for the router and for /api/openapi.json.
// Answers are parsed on their way out, so that nothing leaves that the contract does not name.

import { createRoute, OpenAPIHono, type RouteConfig } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { z } from 'zod';
import { ChartfoldError, isChartfoldError } from '../platform/errors.ts';
import { problem } from './contract.ts';
import type { Env } from './problem.ts';

export type Api = OpenAPIHono<Env>;
export type ApiContext = Context<Env>;

const MAX_BODY_BYTES = 64 * 1024;

type Declaration<Body extends z.ZodType, Reply extends z.ZodType> = {
  readonly method: 'get' | 'post' | 'delete';
  /** Parameters as `{id}`. */
  readonly path: string;
  readonly summary: string;
  readonly body?: Body;
  readonly reply: Reply;
};

export function createApi(): Api {
  return new OpenAPIHono<Env>();
}

/** Declares a route. The handler is given the parsed body and gives back the value of the answer. */
export function route<Body extends z.ZodType, Reply extends z.ZodType>(
  api: Api,
  declaration: Declaration<Body, Reply>,
  handler: (c: ApiContext, body: z.output<Body>) => Promise<z.input<Reply>>,
): void {
  const { method, path, summary, body, reply } = declaration;
  const config = createRoute({
    method,
    path,
    summary,
    request: body
      ? { body: { content: { 'application/json': { schema: body } }, required: true } }
      : {},
    responses: {
      200: { description: summary, content: { 'application/json': { schema: reply } } },
      default: {
        description: 'What went wrong',
        content: { 'application/problem+json': { schema: problem } },
      },
    },
  } satisfies RouteConfig);
  api.openAPIRegistry.registerPath(config);
  api.on(method.toUpperCase(), path.replace(/\{(\w+)\}/g, ':$1'), async (c) => {
    const value = await handler(c, (body ? await readBody(c, body) : undefined) as z.output<Body>);
    return c.json(readable(reply, value) as object);
  });
}

/** Describes a route that answers with something other than a JSON document; its handler is put beside. */
export function describeAnswer(
  api: Api,
  {
    path,
    summary,
    type,
    schema,
  }: { path: string; summary: string; type: string; schema: z.ZodType },
): void {
  api.openAPIRegistry.registerPath(
    createRoute({
      method: 'get',
      path,
      summary,
      responses: { 200: { description: summary, content: { [type]: { schema } } } },
    }),
  );
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
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map((issue) => issue.path.join('.') || 'the body').join(', ');
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
