// Proves what requests leave in the audit, in the words that a person reads: who, what, on whose record.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appOf, type Browser, codeOf, signedIn } from '../../e2e/support/http.ts';
import { startProgram, type TestProgram } from '../../e2e/support/program.ts';
import { createAccount, ensureOwner } from '../access/accounts.ts';
import { createPerson } from '../access/people.ts';
import type { App } from './app.ts';
import type { AuditPage } from './contract.ts';

let program: TestProgram;
let app: App;
let owner: Browser;
let person: string;
beforeEach(async () => {
  program = await startProgram();
  app = appOf(program);
  const { id } = await ensureOwner(app.db, app.clock);
  const now = app.clock.now();
  person = (await createPerson(app.db, { name: 'Ada', birthDate: null, by: id, now })).id;
  owner = await signedIn(app);
});
afterEach(() => program.close());

const told = async (browser = owner) => {
  await app.audit.flush();
  const page = (await (await browser.post('/api/audit', { before: null })).json()) as AuditPage;
  return page.lines.map(({ who, what, whose }) => [who, what, whose]);
};
const begin = (personId: string | null) =>
  owner.post('/api/connections', {
    portal: 'athenahealth/production',
    environment: 'production',
    clinicId: '',
    personId,
  });

describe('the audit of a request', () => {
  it('says who signed in, and how', async () => {
    expect(await told()).toEqual([['Owner', 'signed in with a link', null]]);
  });

  it('stands on the record that a body names', async () => {
    await begin(person);
    expect((await told()).slice(0, 2)).toEqual([
      ['Owner', 'began or confirmed a connection', 'Ada'],
      ['Owner', 'began to connect a portal', null],
    ]);
  });

  it('of a sync of everything stands on each record that is synced', async () => {
    const { connectionId } = await program.signIn({ personId: person });
    await program.confirm(connectionId, person);
    await program.jobs.cancel('sync', connectionId);
    await owner.post('/api/sync');
    expect((await told()).slice(0, 2)).toEqual([
      ['Owner', 'started a sync', 'Ada'],
      ['Owner', 'started a sync of every connection', null],
    ]);
  });

  it('says of a record how much of which kind was read', async () => {
    const { connectionId } = await program.signIn({ personId: person });
    await program.confirm(connectionId, person);
    await program.sync(connectionId);
    await program.project(person);
    const body = { days: [null], filter: {} };
    await owner.post(`/api/people/${person}/timeline/days`, body);
    await owner.fetch(`/api/people/${person}/results`);
    const [latest] = await told();
    expect(latest?.[1]).toMatch(/^read (.+ and )?\d+ results$/);
    expect(latest?.[2]).toBe('Ada');
  });

  it.each([
    ['too long', 'x'.repeat(5_000)],
    ['a control character', '%00'],
    ['writing', '<b>bold<%2Fb>'],
    ['a path', '..%2F..%2Fetc'],
  ])('holds nothing of an id that can be none: %s [CWE-117]', async (_what, id) => {
    const missing = await owner.post(`/api/connections/${id}/sync`);
    expect(await codeOf(missing)).toBe('connection.not_found');
    const ended = await owner.post(`/api/account/sessions/${id}`, undefined, 'DELETE');
    expect(await codeOf(ended)).toBe('access.session_not_found');
    await app.audit.flush();
    const lines = await app.audit.lines({ all: true, limit: 9 });
    expect(lines.length).toBeGreaterThan(2);
    expect(lines.map(({ detail }) => detail.what).filter(Boolean)).toEqual(['link']);
  });

  it('keeps nothing of a passkey’s id that is nobody’s, however long it is [CWE-117]', async () => {
    const gone = await owner.post(
      `/api/account/passkeys/${'k'.repeat(1_300)}`,
      undefined,
      'DELETE',
    );
    expect(await codeOf(gone)).toBe('access.passkey_not_found');
    await app.audit.flush();
    const lines = await app.audit.lines({ all: true, limit: 10 });
    expect(lines[0]?.detail).toEqual({ refused: 'access.passkey_not_found' });
    expect(JSON.stringify(lines)).not.toContain('kkkk');
  });

  it('of a check of the whole chain says who had it checked', async () => {
    const response = await owner.post('/api/audit/verify');
    expect(await response.json()).toMatchObject({ lines: 2, faults: [] });
    expect((await told())[0]).toEqual(['Owner', 'had the audit of everyone checked', null]);
  });

  it('is checked as a whole for nobody but an owner', async () => {
    const guest = await createAccount(app.db, app.clock, { name: 'Guest' });
    const response = await (await signedIn(app, guest.id)).post('/api/audit/verify');
    expect([response.status, await codeOf(response)]).toEqual([403, 'access.not_allowed']);
  });

  it('says that somebody was refused, to whoever manages nothing and did it too', async () => {
    const guest = await createAccount(app.db, app.clock, { name: 'Guest' });
    const other = await signedIn(app, guest.id);
    await other.fetch(`/api/people/${person}/results`);
    expect((await told(other))[0]).toEqual([
      'Guest',
      'looked at: There is no such person here.',
      null,
    ]);
    expect((await told())[0]?.[0]).toBe('Guest');
  });
});
