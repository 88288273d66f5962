// Proves that the audit names whom an act on accounts and rights was done to, that whoever it was done to sees it, that
// what was refused leaves no line of having been done, and which links end which others.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appOf, type Browser, browserOf, codeOf, signedIn } from '../../e2e/support/http.ts';
import { startProgram, type TestProgram } from '../../e2e/support/program.ts';
import { createAccount, ensureOwner } from '../access/accounts.ts';
import { createPerson } from '../access/people.ts';
import { newLink } from '../access/sessions.ts';
import type { App } from './app.ts';
import type { AccountPage, Accounts, AuditPage, Rights } from './contract.ts';

const PASSWORD = 'three blue herons at dusk';

let program: TestProgram;
let app: App;
let owner: Browser;
let ownerId: string;
let ben: { id: string; name: string };
let mia: string;
beforeEach(async () => {
  program = await startProgram();
  app = appOf(program);
  ({ id: ownerId } = await ensureOwner(app.db, app.clock));
  ben = await createAccount(app.db, app.clock, { name: 'Ben' });
  mia = (await createPerson(app.db, { name: 'Mia', by: ownerId, now: app.clock.now() })).id;
  owner = await signedIn(app);
});
afterEach(() => program.close());

async function lines(browser = owner) {
  await app.audit.flush();
  const page = await browser.post('/api/audit', { before: null });
  return ((await page.json()) as AuditPage).lines;
}
const told = async (browser = owner) =>
  (await lines(browser)).map(({ who, what, whose }) => [who, what, whose]);
const latest = async (browser = owner) => (await told(browser))[0];
const secretOf = async (response: Response) =>
  ((await response.json()) as { link: string }).link.split('#')[1] ?? '';
const opens = async (secret: string) =>
  (await browserOf(app).post('/api/session', { secret })).status === 200;
const invitationOf = async () => secretOf(await owner.post(`/api/accounts/${ben.id}/link`));

describe('the audit of accounts', () => {
  it('names who was invited, given a new link, and whose account was closed', async () => {
    await owner.post('/api/accounts', { name: 'Cleo', roles: [] });
    await owner.post(`/api/accounts/${ben.id}/link`);
    await owner.post(`/api/accounts/${ben.id}`, undefined, 'DELETE');
    expect((await told()).slice(0, 3)).toEqual([
      ['Owner', 'closed the account of Ben', null],
      ['Owner', 'made a new sign-in link for Ben', null],
      ['Owner', 'invited Cleo', null],
    ]);
  });

  it('says what somebody changed of their own account', async () => {
    await owner.post('/api/account/name', { name: 'Ann' }, 'PUT');
    await owner.post('/api/account/password', { password: PASSWORD }, 'PUT');
    await owner.post('/api/account/recovery-codes');
    await owner.post('/api/account/sessions', undefined, 'DELETE');
    expect((await told()).slice(0, 4).map(([, what]) => what)).toEqual([
      'ended all their other sessions',
      'made new recovery codes',
      'changed their password',
      'changed their name',
    ]);
  });

  it('names who was given which right, and who it was taken from', async () => {
    const expiresAt = new Date(app.clock.now() + 86_400_000).toISOString();
    const right = { accountId: ben.id, level: 'read', kinds: ['results', 'visits'], expiresAt };
    const given = await owner.post(`/api/people/${mia}/rights`, right);
    const { rights } = (await given.json()) as Rights;
    const id = rights.find((one) => one.accountId === ben.id)?.id;
    expect((await lines())[0]).toMatchObject({ until: expiresAt });
    await owner.post(`/api/people/${mia}/rights/${id}`, undefined, 'DELETE');
    expect((await told()).slice(0, 2)).toEqual([
      ['Owner', 'took back the right of Ben to read results and visits', 'Mia'],
      ['Owner', 'gave Ben the right to read results and visits', 'Mia'],
    ]);
  });

  it('names who was added', async () => {
    await owner.post('/api/people', { name: 'Noah', birthDate: null });
    expect(await latest()).toEqual(['Owner', 'added Noah', null]);
  });
});

describe('what was refused', () => {
  it.each<[string, () => Promise<Response>]>([
    ['a body of another shape', () => owner.post('/api/accounts', { roles: [] })],
    ['a name that is taken', () => owner.post('/api/accounts', { name: 'Ben', roles: [] })],
    ['a name that is none', () => owner.post('/api/account/name', { name: '\u202e' }, 'PUT')],
    ['a weak password', () => owner.post('/api/account/password', { password: 'a' }, 'PUT')],
    ['the last owner', () => owner.post(`/api/accounts/${ownerId}`, undefined, 'DELETE')],
    ['an account that is none', () => owner.post('/api/accounts/none/link')],
    [
      'a right that is none',
      () => owner.post(`/api/people/${mia}/rights/none`, undefined, 'DELETE'),
    ],
    ['a person without a name', () => owner.post('/api/people', { birthDate: null })],
  ])('leaves the line of its refusal and none of having been done: %s', async (_what, act) => {
    const before = (await lines()).length;
    expect((await act()).status).toBeGreaterThanOrEqual(400);
    const after = await lines();
    expect(after.slice(0, after.length - before).map(({ refused }) => refused)).toEqual([true]);
  });
});

describe('a new link for somebody else’s account', () => {
  it('is seen by them in their audit and in their settings, though they made nothing themselves', async () => {
    const secret = await invitationOf();
    const guest = browserOf(app);
    await guest.post('/api/session', { secret });
    expect(await told(guest)).toContainEqual(['Owner', 'made a new sign-in link for Ben', null]);
    const page = (await (await guest.fetch('/api/account')).json()) as AccountPage;
    expect(page.newLink).toMatchObject({ by: 'Owner' });
    const own = (await (await owner.fetch('/api/account')).json()) as AccountPage;
    expect(own.newLink).toBeNull();
  });

  it('ends the one made before, so that one can be withdrawn', async () => {
    const first = await invitationOf();
    const second = await invitationOf();
    expect([await opens(first), await opens(second)]).toEqual([false, true]);
  });
});

describe('the other unused links of an account', () => {
  it.each<[string, (own: Browser) => Promise<unknown>]>([
    ['one of them is used', async () => opens(await newLink(app.db, app.clock, ben.id))],
    [
      'a password is set',
      (own) => own.post('/api/account/password', { password: PASSWORD }, 'PUT'),
    ],
    [
      'all other sessions are ended',
      (own) => own.post('/api/account/sessions', undefined, 'DELETE'),
    ],
  ])('end when %s, and nobody else’s do [CWE-613]', async (_what, act) => {
    const own = await signedIn(app, ben.id);
    const left = await invitationOf();
    const others = await newLink(app.db, app.clock, ownerId);
    await act(own);
    const refused = await browserOf(app).post('/api/session', { secret: left });
    expect(await codeOf(refused)).toBe('access.link_invalid');
    expect(await opens(others)).toBe(true);
  });
});

describe('a right', () => {
  it('that is given twice is one right', async () => {
    const right = {
      accountId: ben.id,
      level: 'read',
      kinds: ['visits', 'results'],
      expiresAt: null,
    };
    await owner.post(`/api/people/${mia}/rights`, right);
    const again = { ...right, kinds: ['results', 'visits'] };
    const given = await owner.post(`/api/people/${mia}/rights`, again);
    const { rights } = (await given.json()) as Rights;
    expect(rights.filter((one) => one.accountId === ben.id)).toHaveLength(1);
    await owner.post(`/api/people/${mia}/rights`, { ...right, kinds: null });
    const page = (await (await owner.fetch(`/api/people/${mia}/rights`)).json()) as Rights;
    expect(page.rights.filter((one) => one.accountId === ben.id)).toHaveLength(2);
  });
});

describe('the list of accounts', () => {
  it('says which records keep one from being closed, and names only those one may see', async () => {
    const now = app.clock.now();
    await createPerson(app.db, { name: 'Hidden', by: ben.id, now });
    const list = async () =>
      ((await (await owner.fetch('/api/accounts')).json()) as Accounts).accounts.map((one) => [
        one.name,
        one.onlyManagerOf,
        one.hasSignedIn,
      ]);
    expect(await list()).toEqual([
      ['Owner', ['the record of Mia'], true],
      ['Ben', ['a record that is not shown to you'], false],
    ]);
    await signedIn(app, ben.id);
    expect((await list())[1]?.[2]).toBe(true);
  });
});
