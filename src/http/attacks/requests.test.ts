// Attacks by the request itself: hosts, headers, paths, sizes and texts made to be slow. Over real sockets where the
// form of a request matters.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appOf, browserOf, codeOf, signedIn } from '../../../e2e/support/http.ts';
import { startProgram, type TestProgram } from '../../../e2e/support/program.ts';
import { freePort } from '../../../e2e/support/running.ts';
import { hashPassword } from '../../access/passwords.ts';
import { nameKey } from '../../access/names.ts';
import { clientAddress } from '../../platform/addresses.ts';
import { parseFhirDate } from '../../fhir/dates.ts';
import { parseReference } from '../../fhir/reference.ts';
import { silentLog } from '../../platform/log.ts';
import type { App } from '../app.ts';
import { listen, type Listening } from '../listen.ts';
import { createServer } from '../server.ts';

let program: TestProgram;
let app: App;
let web: Listening;
let folder: string;
beforeAll(async () => {
  program = await startProgram();
  const port = await freePort();
  folder = mkdtempSync(join(tmpdir(), 'chartfold-attack-'));
  mkdirSync(join(folder, 'web', 'assets'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"dependencies":{}}');
  writeFileSync(join(folder, '.env'), 'CHARTFOLD_SECRET=x');
  writeFileSync(join(folder, 'web', 'index.html'), '<!doctype html><title>Chartfold</title>');
  writeFileSync(join(folder, 'web', 'assets', 'main.js'), 'main()');
  app = { ...appOf(program, `http://localhost:${port}`), webRoot: join(folder, 'web') };
  web = await listen({ host: '127.0.0.1', port, tls: null }, createServer(app).fetch, silentLog);
});
afterAll(async () => {
  await web.close();
  await program.close();
  rmSync(folder, { recursive: true });
});

/** Sends bytes as they are. @returns all that came back until the server closed */
function raw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(web.port, '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString('latin1')));
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}
const head = (lines: readonly string[]) =>
  `${[...lines, 'Connection: close'].join('\r\n')}\r\n\r\n`;
const own = () => `Host: localhost:${web.port}`;

describe('a host that is not ours', () => {
  it.each([
    'evil.example',
    'localhost',
    'localhost:1',
    'LOCALHOST.evil.example',
    '127.0.0.1',
    'localhost@evil.example',
    'localhost.',
    '[::1]',
    '169.254.169.254',
    '',
  ])('is refused: %j [CWE-350]', async (host) => {
    const answer = await raw(head(['GET /api/session HTTP/1.1', `Host: ${host}`]));
    expect(answer).toMatch(/^HTTP\/1\.1 4(00|21) /);
  });

  it('written twice is refused [CWE-444]', async () => {
    const answer = await raw(head(['GET /api/session HTTP/1.1', own(), 'Host: evil.example']));
    expect(answer).toMatch(/^HTTP\/1\.1 4(00|21) /);
  });

  it('is refused in the address of the request too [CWE-644]', async () => {
    const answer = await raw(head(['GET http://evil.example/api/session HTTP/1.1', own()]));
    expect(answer).not.toContain('evil.example');
  });

  it.each(['X-Forwarded-Host', 'X-Host', 'Forwarded', 'X-Original-URL', 'X-Rewrite-URL'])(
    'named by %s changes no link and no cookie [CWE-644]',
    async (name) => {
      const answer = await raw(head(['GET /signed-out HTTP/1.1', own(), `${name}: evil.example`]));
      expect(answer).toMatch(/^HTTP\/1\.1 200 /);
      expect(answer).not.toContain('evil.example');
    },
  );

  it('that forwards for somebody is not believed [CWE-348]', async () => {
    const browser = await signedIn(app);
    const response = await browser.fetch('/api/session/password', {
      method: 'POST',
      headers: { 'x-forwarded-for': '203.0.113.7', 'x-real-ip': '203.0.113.7' },
      body: JSON.stringify({ name: 'x', password: 'y' }),
    });
    expect(response.status).toBe(401);
    await app.audit.flush();
    const lines = await app.audit.lines({ all: true, limit: 5 });
    expect(lines.some((line) => line.origin.includes('203.0.113.7'))).toBe(false);
  });
});

describe('a request that says its length twice or wrong', () => {
  it.each([
    ['two lengths', ['Content-Length: 2', 'Content-Length: 5']],
    ['length and chunks', ['Content-Length: 2', 'Transfer-Encoding: chunked']],
    ['a length that is none', ['Content-Length: -1']],
    ['chunks under another name', ['Transfer-Encoding: xchunked']],
  ])('is refused: %s [CWE-444]', async (_what, lines) => {
    const answer = await raw(
      `${['POST /api/session HTTP/1.1', own(), ...lines].join('\r\n')}\r\n\r\n{}`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 (400|403|501) /);
    expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
  });
});

describe('text that would become a header', () => {
  it.each([
    '/signed-out%0d%0aSet-Cookie:%20a=b',
    '/connect/x%0d%0aLocation:%20http://evil.example',
  ])('becomes none: %s [CWE-113]', async (path) => {
    const answer = await raw(head([`GET ${path} HTTP/1.1`, own()]));
    expect(answer.split('\r\n\r\n')[0]).not.toMatch(/^(set-cookie: a=b|location: http:\/\/evil)/im);
  });

  it('in a header is refused by the parser [CWE-93]', async () => {
    const answer = await raw(head(['GET /api/session HTTP/1.1', own(), 'Cookie: a=b\u0000c']));
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  });
});

describe('a path that would leave its folder', () => {
  it('is told apart from one that stays within', async () => {
    expect(await raw(head(['GET /assets/main.js HTTP/1.1', own()]))).toContain('main()');
  });

  it.each([
    '/../../../../etc/passwd',
    '/..%2f..%2f..%2fetc/passwd',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/assets/..%2f..%2f..%2fpackage.json',
    '/assets/%252e%252e/package.json',
    '/assets/..\\..\\package.json',
    '/assets/%00package.json',
    '//etc/passwd',
    '/.env',
    '/.git/config',
    '/src/main.ts',
    '/package.json',
  ])('gets nothing: %s [CWE-22]', async (path) => {
    const answer = await raw(head([`GET ${path} HTTP/1.1`, own()]));
    expect(answer).not.toMatch(/root:x:|"dependencies"|\[core\]|CHARTFOLD_|runCli/);
  });

  it.each(['../../etc/passwd', '..', '.', 'a/b', '%2e%2e%2f', 'x'.repeat(5_000), '\u0000', "'--"])(
    'as an id is none: %j [CWE-22]',
    async (id) => {
      const browser = await signedIn(app);
      const path = `/api/people/${encodeURIComponent(id)}/results`;
      const response = await browser.fetch(path);
      expect(response.status).toBeGreaterThanOrEqual(400);
      expect(response.status).toBeLessThan(500);
    },
  );
});

describe('an address that would send the person elsewhere', () => {
  it.each([
    '/connect/x?next=https://evil.example',
    '/connect/https:%2f%2fevil.example',
    '/athena/callback?code=x&state=y&redirect_uri=https://evil.example',
    '/signed-out?returnTo=//evil.example',
    '//evil.example/%2f..',
    '/\\evil.example',
  ])('sends nobody: %s [CWE-601]', async (path) => {
    const answer = await raw(head([`GET ${path} HTTP/1.1`, own()]));
    expect(answer).not.toMatch(/^location: /im);
    expect(answer).not.toContain('href="https://evil.example');
  });
});

describe('what is too large', () => {
  it('as a header is refused [CWE-770]', async () => {
    const answer = await raw(
      head(['GET /api/session HTTP/1.1', own(), `Cookie: a=${'x'.repeat(64_000)}`]),
    );
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
  });

  it('as an address is refused [CWE-770]', async () => {
    const answer = await raw(head([`GET /api/session?${'x'.repeat(64_000)} HTTP/1.1`, own()]));
    expect(answer).toMatch(/^HTTP\/1\.1 (414|431) /);
  });

  it('as many headers is refused, or the rest not looked at [CWE-770]', async () => {
    const many = Array.from({ length: 3_000 }, (_, n) => `X-${n}: 1`);
    const answer = await raw(head(['GET /api/session HTTP/1.1', own(), ...many]));
    expect(answer).toMatch(/^HTTP\/1\.1 (200|431|421|400) /);
  });

  it('as JSON within JSON is refused, and the server goes on [CWE-674]', async () => {
    const browser = browserOf(app);
    const response = await browser.fetch('/api/session', {
      method: 'POST',
      body: `{"secret":${'['.repeat(30_000)}${']'.repeat(30_000)}}`,
    });
    expect([response.status, await codeOf(response)]).toEqual([400, 'http.invalid_request']);
    expect((await browser.fetch('/api/health')).status).toBe(200);
  });

  it('as a list of days or kinds is refused [CWE-770]', async () => {
    const browser = await signedIn(app);
    const days = Array.from({ length: 20_000 }, () => '1');
    const response = await browser.post('/api/people/x/timeline/days', { days, filter: {} });
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(response.status).toBeLessThan(500);
  });
});

describe('a body', () => {
  it.each([
    ['a prototype', '{"__proto__":{"isAdmin":true},"secret":"x"}'],
    ['a constructor', '{"constructor":{"prototype":{"isAdmin":true}},"secret":"x"}'],
  ])('with %s changes no other object [CWE-1321]', async (_what, body) => {
    await browserOf(app).fetch('/api/session', { method: 'POST', body });
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
  });

  it.each(['null', '[]', '"x"', '1', '{', '', '{"secret":1}', '{"secret":null}'])(
    'of another shape is refused in a sentence, and not repeated: %s [CWE-20]',
    async (body) => {
      const response = await browserOf(app).fetch('/api/session', { method: 'POST', body });
      expect([response.status, await codeOf(response)]).toEqual([400, 'http.invalid_request']);
    },
  );

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data'])(
    'sent as %s, as a form of another site could, still needs our origin [CWE-352]',
    async (type) => {
      const response = await browserOf(app).fetch('/api/session', {
        method: 'POST',
        headers: { 'content-type': type, origin: 'https://evil.example' },
        body: '{"secret":"x"}',
      });
      expect(response.status).toBe(403);
    },
  );
});

describe('text made to be slow to read', () => {
  const LONG = 100_000;
  const evil = [
    'a'.repeat(LONG),
    ' '.repeat(LONG),
    '-'.repeat(LONG),
    `${'1'.repeat(LONG)}x`,
    `${'a-'.repeat(LONG / 2)}!`,
    `${'/'.repeat(LONG)}x`,
    `${'%2'.repeat(LONG / 2)}`,
    `${'password'.repeat(LONG / 8)}!`,
    `${'٣'.repeat(LONG / 2)}`,
  ].map((text, n) => [n, text] as const);

  // Backtracking would take longer than any test may: it ends by the test's own limit.
  it.each(evil)('is read in a moment: number %i [CWE-1333]', async (_n, text) => {
    nameKey(text);
    parseFhirDate(text);
    parseReference(text);
    parseReference(`http://x/${text}`);
    clientAddress('10.0.0.1', text, ['10.0.0.0/8']);
    await hashPassword(text.slice(0, 300), 'x').catch(() => undefined);
    await browserOf(app).fetch('/api/health', {
      headers: { 'user-agent': text.slice(0, 8_000).replace(/[^\x20-\x7e]/g, 'x') },
    });
  });
});

describe('every answer', () => {
  it.each([
    ['content-security-policy', /default-src 'none'.*frame-ancestors 'none'/, 'CWE-1021'],
    ['x-frame-options', /^DENY$/, 'CWE-1021'],
    ['x-content-type-options', /^nosniff$/, 'CWE-430'],
    ['referrer-policy', /^no-referrer$/, 'CWE-598'],
    ['cache-control', /no-store/, 'CWE-525'],
    ['cross-origin-opener-policy', /^same-origin$/, 'CWE-346'],
    ['cross-origin-resource-policy', /^same-origin$/, 'CWE-346'],
    ['permissions-policy', /camera=\(\)/, 'CWE-250'],
  ] as const)('has %s, errors too: %s [%s]', async (name, pattern, _item) => {
    for (const path of ['/api/session', '/api/nothing', '/connect/nothing', '/signed-out'])
      expect((await browserOf(app).fetch(path)).headers.get(name), path).toMatch(pattern);
  });

  it('names neither the program’s parts nor its versions [CWE-200]', async () => {
    for (const path of ['/api/health', '/api/nothing', '/signed-out']) {
      const { headers } = await browserOf(app).fetch(path);
      expect([headers.get('server'), headers.get('x-powered-by')]).toEqual([null, null]);
    }
  });

  it('to what went wrong inside shows no stack and no path [CWE-209]', async () => {
    const browser = await signedIn(app);
    await program.db.schema.alterTable('chart_result').renameTo('away').execute();
    const person = await program.db.selectFrom('person').select('id').executeTakeFirst();
    const { createPerson } = await import('../../access/people.ts');
    const id = person?.id ?? (await createPerson(app.db, { name: 'X', by: null, now: 1 })).id;
    const response = await browser.fetch(`/api/people/${id}/results`);
    await program.db.schema
      .alterTable('away' as 'chart_result')
      .renameTo('chart_result')
      .execute();
    expect(response.status).toBe(500);
    const text = await response.text();
    expect(text).not.toMatch(/sqlite|chart_result|\.ts|at \w+ \(|node_modules/i);
  });
});
