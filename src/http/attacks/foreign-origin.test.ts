// Attacks from another site in the same browser: every unsafe address, with the person's own cookie, from origins that
// are not ours. None may pass, and none may do anything.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appOf, type Browser, codeOf, signedIn } from '../../../e2e/support/http.ts';
import { startProgram, type TestProgram } from '../../../e2e/support/program.ts';
import type { App } from '../app.ts';
import { createApi } from '../api.ts';
import { declareRoutes } from '../server.ts';

const ORIGINS = [
  ['another site', 'https://evil.example'],
  ['no origin at all', undefined],
  ['an opaque origin', 'null'],
  ['a subdomain of ours', 'http://evil.localhost:4200'],
  ['our host on another port', 'http://localhost:4201'],
  ['our host in another scheme', 'https://localhost:4200'],
  ['ours with something behind it', 'http://localhost:4200.evil.example'],
  ['ours in capitals', 'HTTP://LOCALHOST:4200'],
] as const;

const unsafe = declareRoutes(createApi({ publicUrl: 'http://localhost:4200' } as App))
  .filter(({ method }) => method !== 'get')
  .map(({ method, path }) => [method.toUpperCase(), path.replace(/\{\w+\}/g, 'x')] as const);

let program: TestProgram;
let app: App;
let browser: Browser;
beforeAll(async () => {
  program = await startProgram();
  app = appOf(program);
  browser = await signedIn(app);
});
afterAll(() => program.close());

describe('a request forged by another site', () => {
  it.each(
    unsafe.flatMap(([method, path]) =>
      ORIGINS.map(([what, origin]) => [method, path, what, origin] as const),
    ),
  )('%s %s from %s is refused [CWE-352]', async (method, path, _what, origin) => {
    const headers = { cookie: browser.cookies(), ...(origin ? { origin } : { origin: '' }) };
    const response = await browser.fetch(path, {
      method,
      headers,
      body: method === 'DELETE' ? null : '{}',
    });
    expect(response.status).toBe(403);
    expect(await codeOf(response)).toBe('access.wrong_origin');
    expect(response.headers.getSetCookie()).toEqual([]);
  });

  it('by GET changes nothing, as no GET of the API does [CWE-352]', async () => {
    const before = await program.db.selectFrom('session').selectAll().execute();
    for (const [, path] of unsafe)
      await browser.fetch(path, { headers: { cookie: browser.cookies() } });
    const after = await program.db.selectFrom('session').selectAll().execute();
    expect(after).toEqual(before);
  });

  it('is not let in by asking which origins may [CWE-942]', async () => {
    const response = await browser.fetch('/api/connections', {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    });
    for (const name of response.headers.keys()) expect(name).not.toMatch(/^access-control-/);
  });
});
