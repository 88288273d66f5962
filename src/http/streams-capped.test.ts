// Proves how many live streams a session may hold open, and which one ends when there are too many.

import { afterEach, beforeEach, expect, it } from 'vitest';
import { appOf, type Browser, signedIn } from '../../e2e/support/http.ts';
import { startProgram, type TestProgram } from '../../e2e/support/program.ts';
import type { App } from './app.ts';

let program: TestProgram;
let app: App;
let browser: Browser;
beforeEach(async () => {
  program = await startProgram();
  app = appOf(program);
  browser = await signedIn(app);
});
afterEach(() => program.close());

type Stream = ReadableStreamDefaultReader<Uint8Array>;

async function open(of = browser): Promise<Stream> {
  const response = await of.fetch('/api/events');
  expect(response.status).toBe(200);
  const stream = response.body?.getReader();
  if (!stream) throw new Error('there is no stream');
  expect(await told(stream)).toContain('event: connections');
  return stream;
}
const told = async (stream: Stream) => new TextDecoder().decode((await stream.read()).value);

it('the oldest of a session ends when there are more than twenty, and the others go on [CWE-770]', async () => {
  const other = await open(await signedIn(app));
  const streams: Stream[] = [];
  for (let n = 0; n < 21; n += 1) streams.push(await open());
  const [oldest, ...rest] = streams;
  expect((await oldest?.read())?.done).toBe(true);
  app.changes.tell({ connection: 'any' });
  for (const stream of [...rest, other]) expect(await told(stream)).toContain('event: connections');
  for (const stream of [...rest, other]) await stream.cancel();
});

it('one that was closed counts no more', async () => {
  const first = await open();
  for (let n = 0; n < 30; n += 1) await (await open()).cancel();
  app.changes.tell({ connection: 'any' });
  expect(await told(first)).toContain('event: connections');
  await first.cancel();
});
