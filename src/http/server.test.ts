// Proves the server's edges: what needs a session, whose requests are refused, the headers of every answer.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appOf, browserOf, codeOf, signedIn } from '../../e2e/support/http.ts';
import { startProgram, type TestProgram } from '../../e2e/support/program.ts';
import { ensureOwner } from '../access/accounts.ts';
import { createPerson } from '../access/people.ts';
import { newLink } from '../access/sessions.ts';
import type { App } from './app.ts';
import { createServer } from './server.ts';

let program: TestProgram;
let app: App;
let request: (path: string, init?: RequestInit & { cookie?: string }) => Promise<Response>;
let now = Date.parse('2026-11-21T12:00:00Z');

async function serve(publicUrl = 'http://localhost:4200'): Promise<void> {
  app = appOf(program, publicUrl);
  await ensureOwner(app.db, app.clock);
  request = (path, init = {}) => {
    const { cookie, ...rest } = init;
    const headers = new Headers(init.headers);
    if (cookie) headers.set('cookie', cookie);
    return browserOf(app).fetch(path, { ...rest, headers });
  };
}

beforeEach(async () => {
  now = Date.now();
  program = await startProgram({ clock: { now: () => now, wait: async () => undefined } });
  await serve();
});
afterEach(() => program.close());

const sessionCookie = (response: Response) =>
  response.headers.getSetCookie().find((line) => line.includes('chartfold-session=')) ?? '';

/** Signs in by a link. @returns the cookie to send */
const signIn = async () => (await signedIn(app)).cookies();
const ownerLink = async () => newLink(app.db, app.clock, (await ensureOwner(app.db, app.clock)).id);

describe('without a session', () => {
  it('health and the public keys are there, and say nothing about anyone', async () => {
    expect(await (await request('/api/health')).json()).toEqual({ status: 'ok' });
    expect((await request('/.well-known/jwks.json')).headers.get('cache-control')).toBe(
      'public, max-age=60',
    );
  });
});

describe('a sign-in link', () => {
  it('is exchanged once for a session whose cookie is HttpOnly and Lax', async () => {
    const secret = await ownerLink();
    const send = () =>
      request('/api/session', { method: 'POST', body: JSON.stringify({ secret }) });
    const first = await send();
    expect(sessionCookie(first)).toMatch(/^chartfold-session=[\w-]{43}; .*HttpOnly; SameSite=Lax$/);
    const second = await send();
    expect(second.status).toBe(401);
    expect(await codeOf(second)).toBe('access.link_invalid');
  });

  it('ends after fifteen minutes', async () => {
    const secret = await ownerLink();
    now += 15 * 60_000 + 1;
    expect(
      (await request('/api/session', { method: 'POST', body: JSON.stringify({ secret }) })).status,
    ).toBe(401);
  });

  it('can’t be tried more than ten times a minute', async () => {
    for (let n = 0; n < 10; n += 1)
      await request('/api/session', { method: 'POST', body: '{"secret":"wrong"}' });
    const response = await request('/api/session', { method: 'POST', body: '{"secret":"wrong"}' });
    expect(response.status).toBe(429);
    now += 60_001;
    expect(
      (await request('/api/session', { method: 'POST', body: '{"secret":"wrong"}' })).status,
    ).toBe(401);
  });

  it('on https gives a cookie with the __Host- prefix and Secure', async () => {
    await serve('https://health.example.org');
    const response = await request('/api/session', {
      method: 'POST',
      body: JSON.stringify({ secret: await ownerLink() }),
    });
    expect(sessionCookie(response)).toMatch(/^__Host-chartfold-session=.*Path=\/;.*Secure/);
    expect(response.headers.get('strict-transport-security')).toBe('max-age=31536000');
  });

  it('is not kept in clear', async () => {
    const secret = await ownerLink();
    expect(
      JSON.stringify(await program.db.selectFrom('sign_in_link').selectAll().execute()),
    ).not.toContain(secret);
  });
});

describe('a session', () => {
  it('opens the API and is ended by signing out', async () => {
    const cookie = await signIn();
    expect((await request('/api/connections', { cookie })).status).toBe(200);
    expect((await request('/api/session', { method: 'DELETE', cookie })).status).toBe(200);
    expect((await request('/api/connections', { cookie })).status).toBe(401);
  });

  it('is kept by the browser as long after its last visit as it is by the server', async () => {
    const cookie = await signIn();
    const [renewed] = (await request('/api/session', { cookie })).headers.getSetCookie();
    expect(renewed).toMatch(/Max-Age=2592000;.*HttpOnly/);
    expect(cookie).toContain(renewed?.split(';')[0]);
    expect((await request('/api/session')).headers.getSetCookie()).toEqual([]);
  });

  it('that is ended ends the live stream too, before anything more is told but that', async () => {
    const cookie = await signIn();
    const stream = (await request('/api/events', { cookie })).body?.getReader();
    const text = async () => new TextDecoder().decode((await stream?.read())?.value);
    expect(await text()).toContain('event: connections');
    await request('/api/session', { method: 'DELETE', cookie });
    app.changes.tell({ connection: 'any' });
    let rest = '';
    for (let more = await text(); more !== ''; more = await text()) rest += more;
    expect(rest.match(/event: \w+/g)).toEqual(['event: session']);
  });

  it('ends thirty days after its last use', async () => {
    const cookie = await signIn();
    now += 29 * 24 * 3_600_000;
    expect((await request('/api/connections', { cookie })).status).toBe(200);
    now += 29 * 24 * 3_600_000;
    expect((await request('/api/connections', { cookie })).status).toBe(200);
    now += 31 * 24 * 3_600_000;
    expect((await request('/api/connections', { cookie })).status).toBe(401);
  });
});

describe('a request from elsewhere', () => {
  it.each(['http://evil.example', 'http://localhost:4201', 'null', 'https://localhost:4200'])(
    'with Origin %s is refused where it changes something',
    async (origin) => {
      const cookie = await signIn();
      const response = await request('/api/sync', { method: 'POST', cookie, headers: { origin } });
      expect(response.status).toBe(403);
      expect(await codeOf(response)).toBe('access.wrong_origin');
    },
  );

  it('without an Origin is refused where it changes something', async () => {
    const response = await createServer(app).request('http://localhost:4200/api/sync', {
      method: 'POST',
      headers: { host: 'localhost:4200' },
    });
    expect(response.status).toBe(403);
  });

  it.each(['evil.example', 'localhost:4201', '127.0.0.1:4200'])(
    'for host %s is refused',
    async (host) => {
      const response = await request('/api/health', { headers: { host } });
      expect(response.status).toBe(421);
    },
  );

  it.each(['127.0.0.1:4200', 'evil.example'])(
    'by a browser for host %s is told the right address, and sent nowhere',
    async (host) => {
      const response = await request('/sign-in', {
        headers: { host, accept: 'text/html,application/xhtml+xml,*/*;q=0.8' },
      });
      expect(response.status).toBe(421);
      expect(response.headers.get('content-type')).toContain('text/html');
      expect(response.headers.get('location')).toBeNull();
      const html = await response.text();
      expect(html).toContain('<a href="http://localhost:4200">http://localhost:4200</a>');
      expect(html).not.toContain(host);
    },
  );

  it('by a program for an unknown host is told as a problem', async () => {
    const headers = { host: '127.0.0.1:4200', accept: 'application/json' };
    expect(await codeOf(await request('/api/session', { headers }))).toBe('access.wrong_host');
  });

  it('for a host of ALLOWED_HOSTS is answered', async () => {
    expect((await request('/api/health', { headers: { host: 'health.lan' } })).status).toBe(200);
  });
});

describe('every answer', () => {
  it('forbids inline script, demands Trusted Types, and sends no referrer', async () => {
    const response = await request('/signed-out');
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("require-trusted-types-for 'script'");
    expect(policy).not.toContain('unsafe');
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it('to bad JSON, a wrong shape or a large body is a problem with its own code', async () => {
    const cookie = await signIn();
    const post = (body: string) => request('/api/connections', { method: 'POST', cookie, body });
    expect(await codeOf(await post('{'))).toBe('http.invalid_request');
    expect(await codeOf(await post('{"portal":7}'))).toBe('http.invalid_request');
    expect(await codeOf(await post(`{"portal":"${'x'.repeat(70_000)}"}`))).toBe('http.too_large');
  });

  it('to an unknown portal or connection says so', async () => {
    const cookie = await signIn();
    const body = JSON.stringify({
      portal: 'nobody/production',
      clinicId: '',
      personId: null,
    });
    expect(await codeOf(await request('/api/connections', { method: 'POST', cookie, body }))).toBe(
      'connection.unknown_portal',
    );
    expect(await codeOf(await request('/api/connections/nope', { cookie }))).toBe(
      'connection.not_found',
    );
  });
});

describe('the addresses that a browser passes through', () => {
  it('lead to the portal with a Lax cookie of the attempt, and back to the connection', async () => {
    const cookie = await signIn();
    const begun = (await (
      await request('/api/connections', {
        method: 'POST',
        cookie,
        body: JSON.stringify({
          portal: 'athenahealth/production',
          clinicId: '',
          personId: null,
        }),
      })
    ).json()) as { connectionId: string; go: string };
    // A preview of the link asks for its head: it is not used up by that.
    const head = await request(new URL(begun.go).pathname, { method: 'HEAD' });
    expect([head.status, head.headers.getSetCookie()]).toEqual([200, []]);
    expect((await request(new URL(begun.go).pathname)).status).toBe(401);
    const sent = await request(new URL(begun.go).pathname, { cookie });
    expect(sent.status).toBe(302);
    expect(sent.headers.get('location')).toContain('/oauth2/v1/authorize?');
    const set = sent.headers.getSetCookie()[0] ?? '';
    expect(set).toMatch(
      /^chartfold-attempt-\w+=[\w-]{43}; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax$/,
    );
    const { walk } = await import('../cli/selftest/scripted-browser.ts');
    const end = await walk(
      sent.headers.get('location') ?? '',
      {
        username: 'nora@example.org',
        password: 'Sample-Login-1',
        practice: '24411',
        decision: 'allow',
      },
      { stopAt: 'http://localhost:4200' },
    );
    const { pathname, search } = new URL(end.url);
    const back = await request(pathname + search, { cookie: set.split(';')[0] ?? '' });
    expect(back.status).toBe(303);
    expect(back.headers.get('location')).toBe(`/connections/${begun.connectionId}`);
  });

  it('say in a sentence that a callback belongs to nobody here, and repeat nothing of it', async () => {
    const response = await request(
      '/athena/callback?code=secret-code&state=unknown&next=https://evil.example',
    );
    expect(response.status).toBe(400);
    const html = await response.text();
    expect(html).toContain('does not belong to this browser');
    expect(html).not.toMatch(/secret-code|evil\.example/);
    expect(response.headers.get('location')).toBeNull();
  });

  it('say in a sentence that a link is used or unknown', async () => {
    const response = await request('/connect/never-made');
    expect(response.status).toBe(410);
    expect(await response.text()).toContain('Start the connection again');
  });
});

describe('the readable record', () => {
  it('gives timeline, results, a record and its exact text to who is signed in, and nothing of one person under another’s address', async () => {
    const cookie = await signIn();
    const id = await program.connect();
    await program.sync(id);
    const { people } = (await (await request('/api/session', { cookie })).json()) as {
      people: { id: string; records: number }[];
    };
    const person = people[0]?.id ?? '';
    await program.project(person);
    const post = async (path: string, body: object) =>
      (await request(path, { method: 'POST', cookie, body: JSON.stringify(body) })).json();
    const filter = { kinds: [], sources: [], flagged: false };
    const index = (await post(`/api/people/${person}/timeline`, { filter })) as {
      days: { day: string | null; rows: number; groups: number }[];
      records: number;
    };
    expect(index.records).toBe(people[0]?.records);
    const wanted = index.days.slice(0, 60);
    const { days } = (await post(`/api/people/${person}/timeline/days`, {
      days: wanted.map((d) => d.day),
      filter,
    })) as { days: { groups: { rows: { id: string }[] }[] }[] };
    expect(days.map((d) => d.groups.length)).toEqual(wanted.map((d) => d.groups));
    expect(days.map((d) => d.groups.reduce((sum, g) => sum + g.rows.length, 0))).toEqual(
      wanted.map((d) => d.rows),
    );
    const results = (await (await request(`/api/people/${person}/results`, { cookie })).json()) as {
      panels: {
        rows: { key: string; count: number; latest: { recordId: string; value: string } }[];
      }[];
    };
    const row = results.panels[0]?.rows[0];
    const history = (await (
      await request(`/api/people/${person}/results/${row?.key}`, { cookie })
    ).json()) as { values: { value: string }[] };
    expect(history.values).toHaveLength(row?.count ?? -1);
    expect(history.values[0]?.value).toBe(row?.latest.value);
    const record = `/api/people/${person}/records/${row?.latest.recordId}`;
    expect((await request(record, { cookie })).status).toBe(200);
    const raw = await (await request(`${record}/raw`, { cookie })).text();
    expect(JSON.parse(raw)).toMatchObject({ resourceType: 'Observation' });
    const other = await createPerson(program.db, { name: 'Somebody Else', by: null, now });
    for (const path of [
      `/records/${row?.latest.recordId}`,
      `/records/${row?.latest.recordId}/raw`,
      `/results/${row?.key}`,
    ]) {
      expect((await request(`/api/people/${other.id}${path}`, { cookie })).status, path).toBe(404);
    }
  });

  it('holds no social security number outside the raw text', async () => {
    const cookie = await signIn();
    const id = await program.connect();
    await program.sync(id);
    const person = (await program.db.selectFrom('person').select('id').executeTakeFirstOrThrow())
      .id;
    await program.project(person);
    const patient = await program.db
      .selectFrom('resource')
      .select('id')
      .where('type', '=', 'Patient')
      .executeTakeFirstOrThrow();
    const raw = await (
      await request(`/api/people/${person}/records/${patient.id}/raw`, { cookie })
    ).text();
    const ssn =
      /"system":"http:\/\/hl7\.org\/fhir\/sid\/us-ssn"[^}]*"value":"([\d-]+)"/.exec(raw)?.[1] ?? '';
    expect(ssn).toMatch(/\d{3}-?\d{2}-?\d{4}/);
    const chart = JSON.stringify([
      await program.db.selectFrom('chart_row').selectAll().execute(),
      await program.db.selectFrom('connection').selectAll().execute(),
      await program.db.selectFrom('person').selectAll().execute(),
    ]);
    expect(chart).not.toContain(ssn);
    expect(chart).not.toContain(ssn.replaceAll('-', ''));
  });
});
