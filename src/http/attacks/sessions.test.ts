// Attacks on sign-in and on sessions: planted, stolen, guessed and left-over secrets; what tells whether somebody exists.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { appOf, type Browser, browserOf, codeOf, signedIn } from '../../../e2e/support/http.ts';
import { startProgram, type TestProgram } from '../../../e2e/support/program.ts';
import { closeAccount, createAccount, ensureOwner } from '../../access/accounts.ts';
import { createPerson } from '../../access/people.ts';
import { newLink } from '../../access/sessions.ts';
import { newRecoveryCodes, setPassword } from '../../access/sign-in.ts';
import type { App } from '../app.ts';

const PASSWORD = 'four brown owls at noon';
const MINUTE = 60_000;

let program: TestProgram;
let app: App;
let now = Date.now();
beforeAll(async () => {
  program = await startProgram({ clock: { now: () => now, wait: async () => undefined } });
  app = appOf(program);
  await ensureOwner(app.db, app.clock);
});
afterAll(() => program.close());
// Tries are forgotten by the clock alone.
beforeEach(() => {
  now += 60 * MINUTE;
});

let made = 0;
async function account(): Promise<{ id: string; name: string }> {
  made += 1;
  const { id, name } = await createAccount(app.db, app.clock, { name: `Person ${made}` });
  await setPassword(app.db, id, PASSWORD);
  return { id, name };
}
const enter = (browser: Browser, name: string, password = PASSWORD) =>
  browser.post('/api/session/password', { name, password });
const isIn = async (browser: Browser) =>
  ((await (await browser.fetch('/api/session')).json()) as { signedIn: boolean }).signedIn;
const withCookie = (cookie: string) => ({ headers: { cookie } });
const sessionOf = (browser: Browser) =>
  /chartfold-session=([\w-]+)/.exec(browser.cookies())?.[1] ?? '';

describe('a session', () => {
  it('that was planted in the browser is not the one that is signed in [CWE-384]', async () => {
    const { name } = await account();
    const attacker = await signedIn(app, (await account()).id);
    const planted = attacker.cookies();
    const victim = browserOf(app);
    const response = await victim.fetch('/api/session/password', {
      method: 'POST',
      headers: { cookie: planted },
      body: JSON.stringify({ name, password: PASSWORD }),
    });
    expect(response.status).toBe(200);
    expect(victim.cookies()).not.toContain(sessionOf(attacker));
    expect((await victim.fetch('/api/account', withCookie(planted))).status).toBe(401);
  });

  it('of a value that the attacker chose is never taken up [CWE-384]', async () => {
    const { name } = await account();
    const chosen = `chartfold-session=${'a'.repeat(43)}`;
    const browser = browserOf(app);
    await browser.fetch('/api/session/password', {
      method: 'POST',
      headers: { cookie: chosen },
      body: JSON.stringify({ name, password: PASSWORD }),
    });
    expect((await browser.fetch('/api/account', withCookie(chosen))).status).toBe(401);
  });

  it('gets a new value at each sign-in, and the old one ends [ASVS 7.2.4]', async () => {
    const { name } = await account();
    const browser = browserOf(app);
    await enter(browser, name);
    const first = browser.cookies();
    await enter(browser, name);
    expect(browser.cookies()).not.toBe(first);
    expect((await browser.fetch('/api/account', withCookie(first))).status).toBe(401);
  });

  it('has 256 bits that nobody can guess [ASVS 7.2.3]', async () => {
    // One after the other: a link ends with the next that is used.
    const browsers = [await signedIn(app), await signedIn(app), await signedIn(app)];
    const values = browsers.map(sessionOf);
    expect(new Set(values).size).toBe(3);
    for (const value of values) expect(Buffer.from(value, 'base64url')).toHaveLength(32);
  });

  it('that was signed out is dead on the server too [CWE-613]', async () => {
    const browser = await signedIn(app);
    const stolen = browser.cookies();
    await browser.post('/api/session', undefined, 'DELETE');
    expect((await browser.fetch('/api/account', withCookie(stolen))).status).toBe(401);
  });

  it('that is not used ends after thirty days [CWE-613]', async () => {
    const browser = await signedIn(app);
    now += 30 * 24 * 60 * MINUTE + 1;
    expect(await isIn(browser)).toBe(false);
  });

  it('on another device ends when the password is changed [ASVS 7.4.3]', async () => {
    const { id, name } = await account();
    const [here, there] = [browserOf(app), await signedIn(app, id)];
    await enter(here, name);
    const body = { password: 'three blue herons at dusk' };
    expect((await here.post('/api/account/password', body, 'PUT')).status).toBe(200);
    expect([await isIn(here), await isIn(there)]).toEqual([true, false]);
  });

  it('ends with its account [ASVS 7.4.2]', async () => {
    const { id } = await account();
    const browser = await signedIn(app, id);
    await closeAccount(app.db, app.clock, id);
    expect(await isIn(browser)).toBe(false);
  });

  it.each(['?session=', '?chartfold-session=', '?token='])(
    'is not taken from the address: %s [CWE-598]',
    async (query) => {
      const value = sessionOf(await signedIn(app));
      expect((await browserOf(app).fetch(`/api/account${query}${value}`)).status).toBe(401);
    },
  );

  it.each(['authorization', 'x-session', 'x-auth-token'])(
    'is not taken from the header %s [CWE-287]',
    async (name) => {
      const value = sessionOf(await signedIn(app));
      const headers = { [name]: `Bearer ${value}` };
      expect((await browserOf(app).fetch('/api/account', { headers })).status).toBe(401);
    },
  );

  it('of another account can’t be ended by guessing its id [CWE-639]', async () => {
    const [one, other] = [await signedIn(app, (await account()).id), await signedIn(app)];
    const page = (await (await other.fetch('/api/account')).json()) as {
      sessions: { id: string }[];
    };
    const id = page.sessions[0]?.id ?? '';
    const response = await one.post(`/api/account/sessions/${id}`, undefined, 'DELETE');
    expect([response.status, await isIn(other)]).toEqual([404, true]);
  });

  it('that is old changes nothing of who may sign in [ASVS 7.5.1]', async () => {
    const { id } = await account();
    const browser = await signedIn(app, id);
    now += 16 * MINUTE;
    for (const [path, method, body] of [
      ['/api/account/password', 'PUT', { password: 'three blue herons at dusk' }],
      ['/api/account/recovery-codes', 'POST', undefined],
      ['/api/account/passkeys/begin', 'POST', undefined],
      ['/api/account/passkeys/x', 'DELETE', undefined],
    ] as const) {
      const response = await browser.post(path, body, method);
      expect(await codeOf(response), path).toBe('access.sign_in_recent_required');
    }
  });

  it('that is old invites nobody, gives no right and closes no account [ASVS 7.5.1]', async () => {
    const browser = await signedIn(app);
    now += 16 * MINUTE;
    const { id } = await account();
    const { id: by } = await ensureOwner(app.db, app.clock);
    const person = await createPerson(app.db, { name: 'Ada', by, now });
    const right = { accountId: id, level: 'manage', kinds: null, expiresAt: null };
    for (const [path, method, body] of [
      [`/api/people/${person.id}/rights`, 'POST', right],
      ['/api/accounts', 'POST', { name: 'Mallory', roles: ['owner'] }],
      [`/api/accounts/${id}/link`, 'POST', undefined],
      [`/api/accounts/${id}`, 'DELETE', undefined],
    ] as const) {
      const response = await browser.post(path, body, method);
      expect(await codeOf(response), path).toBe('access.sign_in_recent_required');
    }
  });
});

describe('a page that was loaded for one account', () => {
  const asPageOf = (id: string, method: string, body?: object) => ({
    method,
    headers: { 'x-chartfold-account': id },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });

  it.each([
    ['/api/account/name', 'PUT', { name: 'Mallory' }],
    ['/api/people', 'POST', { name: 'Mia', birthDate: null }],
    ['/api/session', 'DELETE', undefined],
    ['/api/account', 'GET', undefined],
  ] as const)(
    'does and shows nothing as another that signed in in the same browser since: %s %s [CWE-613]',
    async (path, method, body) => {
      const [before, since] = [await account(), await account()];
      const browser = await signedIn(app, before.id);
      await enter(browser, since.name);
      const response = await browser.fetch(path, asPageOf(before.id, method, body));
      expect([response.status, await codeOf(response)]).toEqual([409, 'access.other_account']);
      const page = (await (await browser.fetch('/api/account')).json()) as {
        account: { name: string };
      };
      expect(page.account.name).toBe(since.name);
      expect((await browser.fetch('/api/account', asPageOf(since.id, 'GET'))).status).toBe(200);
    },
  );

  it('learns who is signed in now, and may sign in anew', async () => {
    const [before, since] = [await account(), await account()];
    const browser = await signedIn(app, since.id);
    const ask = await browser.fetch('/api/session', asPageOf(before.id, 'GET'));
    expect(await ask.json()).toMatchObject({ signedIn: true, account: { id: since.id } });
    const given = { name: before.name, password: PASSWORD };
    const again = asPageOf(before.id, 'POST', given);
    expect((await browser.fetch('/api/session/password', again)).status).toBe(200);
  });
});

describe('who is not the owner', () => {
  it.each([
    ['/api/accounts', 'GET', undefined],
    ['/api/accounts', 'POST', { name: 'Mallory', roles: ['owner'] }],
    ['/api/accounts/x/link', 'POST', undefined],
    ['/api/accounts/x', 'DELETE', undefined],
    ['/api/sample', 'DELETE', undefined],
  ] as const)('can’t do an owner’s work: %s %s [CWE-269]', async (path, method, body) => {
    const browser = await signedIn(app, (await account()).id);
    const response =
      method === 'GET' ? await browser.fetch(path) : await browser.post(path, body, method);
    expect([response.status, await codeOf(response)]).toEqual([403, 'access.not_allowed']);
  });

  it('can’t give itself a role by naming it in a body [CWE-915]', async () => {
    const { id, name } = await account();
    const browser = await signedIn(app, id);
    await browser.post('/api/account/name', { name: `${name}!`, roles: ['owner'], id: 'x' }, 'PUT');
    const page = (await (await browser.fetch('/api/account')).json()) as {
      account: { id: string; roles: string[] };
    };
    expect(page.account).toMatchObject({ id, roles: [] });
  });
});

describe('whether somebody exists', () => {
  it('is not told by the answer to a password [CWE-204]', async () => {
    const { name } = await account();
    const strip = async (response: Response) => ({
      ...((await response.json()) as object),
      requestId: '',
      status: response.status,
      headers: [...response.headers.keys()].sort(),
    });
    const known = await strip(await enter(browserOf(app), name, 'not the password'));
    expect(await strip(await enter(browserOf(app), 'Nobody At All', 'not the password'))).toEqual(
      known,
    );
  });

  it('is not told by the answer to a recovery code [CWE-204]', async () => {
    const { id, name } = await account();
    await newRecoveryCodes(app.db, id);
    const ask = async (who: string) =>
      codeOf(await browserOf(app).post('/api/session/recovery-code', { name: who, code: 'AAAA' }));
    expect(await ask(name)).toBe(await ask('Nobody At All'));
  });

  it('is not told by the time that a password takes [CWE-208]', async () => {
    const { name } = await account();
    const medianOf = async (who: string) => {
      const times: number[] = [];
      for (let n = 0; n < 5; n += 1) {
        const begun = performance.now();
        await enter(browserOf(app), who, 'not the password');
        times.push(performance.now() - begun);
      }
      return times.sort((a, b) => a - b)[2] ?? 0;
    };
    const [known, unknown] = [await medianOf(name), await medianOf('Nobody At All')];
    // Without the same work one of the two would take a hundredth of the other.
    expect(Math.min(known, unknown) / Math.max(known, unknown)).toBeGreaterThan(0.2);
  });

  it('is not told by a passkey sign-in, which asks for no name [CWE-204]', async () => {
    const begin = async () => {
      const response = await browserOf(app).post('/api/session/passkey/begin');
      return (await response.json()) as { options: { allowCredentials?: unknown[] } };
    };
    expect((await begin()).options.allowCredentials ?? []).toEqual([]);
  });

  it('is told to no account by looking for others’ ids [CWE-639]', async () => {
    const { id } = await account();
    const browser = await signedIn(app, (await account()).id);
    const answers = await Promise.all(
      [id, 'A'.repeat(22)].map(async (one) =>
        codeOf(await browser.post(`/api/accounts/${one}/link`)),
      ),
    );
    expect(new Set(answers).size).toBe(1);
  });
});

describe('guessing', () => {
  it('a password is slowed, from however many addresses [CWE-307]', async () => {
    const { name } = await account();
    const codes = [];
    for (let n = 0; n < 12; n += 1)
      codes.push(await codeOf(await enter(browserOf(app), name, `wrong password ${n}`)));
    expect(codes.at(-1)).toBe('access.too_many_attempts');
  });

  it('that is slowed is told after how long, in words and as Retry-After', async () => {
    const { name } = await account();
    let response = await enter(browserOf(app), name, 'wrong password');
    for (let n = 0; response.status !== 429 && n < 12; n += 1)
      response = await enter(browserOf(app), name, `wrong password ${n}`);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await response.json()).toMatchObject({ detail: expect.stringMatching(/^again in \d+/) });
  });

  it('a recovery code is slowed [CWE-307]', async () => {
    const { id, name } = await account();
    await newRecoveryCodes(app.db, id);
    const codes = [];
    for (let n = 0; n < 12; n += 1)
      codes.push(
        await codeOf(
          await browserOf(app).post('/api/session/recovery-code', { name, code: `AAAA-${n}` }),
        ),
      );
    expect(codes.at(-1)).toBe('access.too_many_attempts');
  });

  it('locks out neither the printed link nor the browser that signed in before [CWE-645]', async () => {
    const { id, name } = await account();
    const own = browserOf(app);
    await enter(own, name);
    for (let n = 0; n < 15; n += 1) await enter(browserOf(app), name, `wrong password ${n}`);
    const secret = await newLink(app.db, app.clock, id);
    expect((await browserOf(app).post('/api/session', { secret })).status).toBe(200);
    expect((await enter(own, name)).status).toBe(200);
  });

  it.each(['', ' ', '\u0000', "' or 1=1 --", '{"$ne":null}', '%00', '../owner'])(
    'a name made of tricks signs nobody in: %j [CWE-89]',
    async (name) => {
      const response = await enter(browserOf(app), name || ' ', PASSWORD);
      expect(response.status).toBeGreaterThanOrEqual(400);
      expect(response.status).toBeLessThan(500);
    },
  );

  it('with a link that was used, has ended or was cut short fails [CWE-294]', async () => {
    const { id } = await account();
    const used = await newLink(app.db, app.clock, id);
    await browserOf(app).post('/api/session', { secret: used });
    const cut = (await newLink(app.db, app.clock, id)).slice(0, -1);
    const old = await newLink(app.db, app.clock, id);
    now += 15 * MINUTE + 1;
    for (const secret of [used, cut, old])
      expect((await browserOf(app).post('/api/session', { secret })).status).toBe(401);
  });
});

describe('a passkey', () => {
  const empty = { response: {} };

  it.each([
    ['nothing', empty],
    [
      'an unknown key',
      { response: { id: 'AAAA', rawId: 'AAAA', type: 'public-key', response: {} } },
    ],
    ['a prototype', { response: JSON.parse('{"__proto__":{"id":"x"}}') as object }],
    ['a list', { response: { id: [], response: [] } }],
  ])('of %s signs nobody in [CWE-287]', async (_what, body) => {
    const browser = browserOf(app);
    await browser.post('/api/session/passkey/begin');
    const response = await browser.post('/api/session/passkey', body);
    expect([response.status, await codeOf(response)]).toEqual([401, 'access.passkey_refused']);
  });

  it('without its challenge, or with one that was used, is refused [CWE-294]', async () => {
    expect((await browserOf(app).post('/api/session/passkey', empty)).status).toBe(401);
    const browser = browserOf(app);
    await browser.post('/api/session/passkey/begin');
    const ceremony = browser.cookies();
    await browser.post('/api/session/passkey', empty);
    const again = await browserOf(app).fetch('/api/session/passkey', {
      method: 'POST',
      headers: { cookie: ceremony },
      body: JSON.stringify(empty),
    });
    expect(again.status).toBe(401);
  });

  it('can’t be added to an account by another’s ceremony [CWE-639]', async () => {
    const [one, other] = [
      await signedIn(app, (await account()).id),
      await signedIn(app, (await account()).id),
    ];
    await one.post('/api/account/passkeys/begin');
    const ceremony = /chartfold-passkey=[\w-]+/.exec(one.cookies())?.[0] ?? '';
    const response = await other.fetch('/api/account/passkeys', {
      method: 'POST',
      headers: { cookie: `${other.cookies()}; ${ceremony}` },
      body: JSON.stringify({ response: {}, label: 'mine' }),
    });
    expect(await codeOf(response)).toBe('access.passkey_refused');
  });
});
