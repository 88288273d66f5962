// Owns the line between the command line and a running server: a verb's name and arguments go over the control
// socket as JSON, what it says comes back a line at a time.

import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { Hono } from 'hono';
import { stream } from 'hono/streaming';
import type { App } from '../http/app.ts';
import {
  asChartfoldError,
  ChartfoldError,
  type ErrorCode,
  isChartfoldError,
} from '../platform/errors.ts';
import { errorCatalogue } from '../platform/error-catalogue.ts';
import { type Asked, performVerb } from './perform-verb.ts';
import type { Output, Verb } from './verb.ts';

type Line = { output: Output } | { error: { code: ErrorCode; detail?: string | undefined } };

export function controlSocket(dataDir: string): string {
  return join(dataDir, 'run', 'control.sock');
}

/** The server's side: every verb at `/<name>`. */
export function createControl(app: App, verbs: readonly Verb[]): Hono {
  const router = new Hono();
  router.get('/', (c) => c.json({ pid: process.pid, publicUrl: app.publicUrl }));
  router.post('/:verb', async (c) => {
    const verb = verbs.find((v) => v.name === c.req.param('verb'));
    if (!verb) return c.notFound();
    const asked = (await c.req.json()) as Asked;
    return stream(c, async (out) => {
      const ending = new AbortController();
      out.onAbort(() => ending.abort(new DOMException('the caller has gone', 'AbortError')));
      const write = (line: Line) => out.writeln(JSON.stringify(line));
      try {
        for await (const output of performVerb(app, verb, asked, ending.signal))
          await write({ output });
      } catch (thrown) {
        const error = asChartfoldError(thrown);
        if (error.code === 'internal.unexpected')
          app.log.error('cli.failed', error, { verb: verb.name });
        await write({ error: { code: error.code, detail: error.detail } });
      }
    });
  });
  return router;
}

/** The side of a server whose root key is locked: every verb is refused but the one that unlocks it. */
export function createLockedControl(
  publicUrl: string,
  unlock: (passphrase: string) => Promise<void>,
): Hono {
  const router = new Hono();
  const answer = (line: Line) => `${JSON.stringify(line)}\n`;
  router.get('/', (c) => c.json({ pid: process.pid, publicUrl, locked: true }));
  router.post('/:verb', async (c) => {
    try {
      if (c.req.param('verb') !== 'unlock') throw new ChartfoldError('store.locked');
      const { args } = (await c.req.json()) as Asked;
      await unlock(String(args.passphrase));
      return c.body(answer({ output: { say: 'Unlocked.' } }));
    } catch (thrown) {
      const { code, detail } = asChartfoldError(thrown);
      return c.body(answer({ error: { code, detail } }));
    }
  });
  return router;
}

/** Whether a server answers on this data directory. */
export async function findServer(
  dataDir: string,
): Promise<{ pid: number; publicUrl: string; locked?: boolean } | null> {
  try {
    const lines: string[] = [];
    for await (const line of ask(dataDir, 'GET', '/')) lines.push(line);
    return JSON.parse(lines.join('')) as { pid: number; publicUrl: string; locked?: boolean };
  } catch {
    return null; // No socket, or a dead one: no server.
  }
}

/**
 * The client's side: runs a verb in the server; aborted, the server is told by the end of the call.
 * @throws what the verb throws, by its code; the signal's reason when aborted
 */
export async function* callServer(
  dataDir: string,
  verb: string,
  asked: Asked,
  signal?: AbortSignal,
): AsyncIterable<Output> {
  const body = JSON.stringify(asked);
  for await (const text of ask(dataDir, 'POST', `/${verb}`, { body, signal })) {
    const line = JSON.parse(text) as Line;
    if ('output' in line) yield line.output;
    else throw errorOf(line.error);
  }
}

function errorOf({
  code,
  detail,
}: {
  code: ErrorCode;
  detail?: string | undefined;
}): ChartfoldError {
  return new ChartfoldError(
    code in errorCatalogue ? code : 'internal.unexpected',
    detail ? { detail } : {},
  );
}

async function* ask(
  dataDir: string,
  method: string,
  path: string,
  { body, signal }: { body?: string; signal?: AbortSignal | undefined } = {},
): AsyncIterable<string> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const call = request(
    {
      socketPath: controlSocket(dataDir),
      method,
      path,
      headers: { host: 'control', 'content-type': 'application/json' },
      ...(signal ? { signal } : {}),
    },
    resolve,
  );
  call.on('error', (cause) =>
    reject(
      signal?.aborted ? signal.reason : new ChartfoldError('http.server_not_running', { cause }),
    ),
  );
  call.end(body);
  let rest = '';
  try {
    for await (const chunk of (await promise).setEncoding('utf8')) {
      const lines = (rest + String(chunk)).split('\n');
      rest = lines.pop() ?? '';
      yield* lines.filter(Boolean);
    }
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    if (isChartfoldError(cause)) throw cause;
    throw new ChartfoldError('http.server_gone', { cause });
  }
  if (rest) yield rest;
}
