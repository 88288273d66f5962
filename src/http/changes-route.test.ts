// Proves what is answered of changes: since each account's own visits, of the kinds that it sees, of syncs of that record
// alone; and that the terminal says the same.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appOf, type Browser, codeOf, signedIn } from '../../e2e/support/http.ts';
import { startProgram, type TestProgram } from '../../e2e/support/program.ts';
import { createAccount } from '../access/accounts.ts';
import { createPerson } from '../access/people.ts';
import { giveRight } from '../access/rights.ts';
import { performVerb } from '../cli/perform-verb.ts';
import { changes as verb } from '../cli/commands/changes.ts';
import type { Output, Verb } from '../cli/verb.ts';
import { systemClock } from '../platform/clock.ts';
import { finishRun, startRun } from '../records/runs.ts';
import type { App } from './app.ts';
import type { Changes, Visit } from './contract.ts';

const HOUR_MS = 3_600_000;

let program: TestProgram;
let app: App;
let away = 0;
let browsers: { owner: Browser; limited: Browser };
let ids: { person: string; other: string; connection: string; run: string };

beforeAll(async () => {
  program = await startProgram({
    clock: { ...systemClock, now: () => systemClock.now() + away },
  });
  app = appOf(program);
  const { db, clock, simulator } = program;
  const owner = (await createAccount(db, clock, { name: 'Manager' })).id;
  const limited = (await createAccount(db, clock, { name: 'Limited' })).id;
  const { connectionId: connection } = await program.signIn({ by: owner });
  await program.confirm(connection);
  await program.sync(connection);
  const { person_id } = await db
    .selectFrom('connection')
    .select('person_id')
    .executeTakeFirstOrThrow();
  const person = person_id ?? '';
  await giveRight(db, clock.now(), {
    accountId: limited,
    personId: person,
    level: 'read',
    kinds: ['medications'],
    givenBy: owner,
  });
  const other = (await createPerson(db, { name: 'Other', by: owner, now: clock.now() })).id;
  browsers = { owner: await signedIn(app, owner), limited: await signedIn(app, limited) };
  await program.project(person);
  ids = { person, other, connection, run: '' };
  await visit('owner');
  away = HOUR_MS;
  for (const [type, set] of [
    ['Observation', { status: 'amended' }],
    ['MedicationRequest', { status: 'stopped' }],
  ] as const) {
    const { fhir_id } = await db
      .selectFrom('chart_row')
      .select('fhir_id')
      .where('type', '=', type)
      .orderBy('fhir_id')
      .executeTakeFirstOrThrow();
    simulator.control.edit({ environment: 'production', type, id: fhir_id, set });
  }
  ids.run = (await program.sync(connection)).id;
  await program.project(person);
}, 60_000);
afterAll(() => program.close());

async function visit(who: keyof typeof browsers): Promise<Visit> {
  const response = await browsers[who].post(`/api/people/${ids.person}/visit`);
  return (await response.json()) as Visit;
}
const ask = (who: keyof typeof browsers, query = '', person = ids.person) =>
  browsers[who].fetch(`/api/people/${person}/changes${query}`);
async function changes(who: keyof typeof browsers, query = ''): Promise<Changes> {
  const response = await ask(who, query);
  expect(response.status).toBe(200);
  return (await response.json()) as Changes;
}

describe('changes', () => {
  it('are told since the account’s own last visit, before and after this one is noted', async () => {
    const before = await changes('owner');
    expect(before.since.at).not.toBeNull();
    expect(before.sum).toEqual({ first: 0, new: 0, changed: 2, gone: 0, back: 0 });
    expect((await visit('owner')).last).toBe(before.since.at);
    expect((await changes('owner')).sum).toEqual(before.sum);
    expect(before.isWhole).toBe(true);
  });

  it('are no news to who never looked', async () => {
    const { since, sum } = await changes('limited');
    expect(since).toEqual({ by: 'visit', at: null });
    expect(sum.changed).toBe(0);
  });

  it('of a sync are those of the receipt, and of the kinds that one sees alone', async () => {
    for (const query of ['?since=sync', `?receipt=${ids.run}`, `?connection=${ids.connection}`]) {
      const all = await changes('owner', query);
      expect(all.rows.map(({ change }) => change)).toEqual(['changed', 'changed']);
      const some = await changes('limited', query);
      expect(some.sum.changed).toBe(1);
      expect(some.rows).toMatchObject([
        { kind: 'medication', differences: [{ label: 'Status', after: 'stopped' }] },
      ]);
      expect(some.kinds.map(({ kind }) => kind)).toEqual(['medication']);
    }
  });

  it('of a sync of another record, or of none, are not there', async () => {
    expect(await codeOf(await ask('owner', `?receipt=${ids.run}`, ids.other))).toBe(
      'record.not_found',
    );
    expect(await codeOf(await ask('owner', `?connection=${ids.connection}`, ids.other))).toBe(
      'connection.not_found',
    );
    expect((await changes('owner', '?since=sync')).next).toBeNull();
  });

  it.each(['?since=ever', '?after=x', '?receipt='])(
    'asked for by %s are refused',
    async (query) => {
      expect(await codeOf(await ask('owner', query))).toBe('http.invalid_request');
    },
  );
});

describe('on the terminal', () => {
  async function said(args: Record<string, unknown>, as?: string): Promise<string> {
    const outputs: Output[] = [];
    const call = performVerb(
      app,
      verb as unknown as Verb,
      { args, as },
      new AbortController().signal,
    );
    for await (const output of call) outputs.push(output);
    return outputs.map((output) => ('text' in output ? output.text : '')).join('\n');
  }

  it('what the last sync changed is said, old and new', async () => {
    const text = await said({ person: ids.person });
    expect(text).toMatch(/^With the last sync .*: 2 changed: /);
    expect(text).toContain('Status: final → amended');
    expect(text).toContain('→ stopped');
  });

  it('since a visit is said for an account, and refused to who makes none', async () => {
    const since = { person: ids.person, since: 'visit' };
    expect(await said(since, 'Manager')).toMatch(/^Since the last visit /);
    await expect(said(since)).rejects.toMatchObject({ code: 'http.invalid_request' });
  });

  it('says whose where there are several', async () => {
    await expect(said({})).rejects.toMatchObject({ code: 'person.ambiguous' });
    expect(await said({}, 'Limited')).toContain('1 changed: medication 1');
  });

  it('of a sync that has not ended it says so, and not that there was none', async () => {
    const { db, clock } = program;
    const now = clock.now();
    const { id } = await startRun(db, {
      source: ids.connection,
      person: ids.person,
      trigger: 'manual',
      scopesAsked: [],
      scopesGranted: [],
      questions: [],
      now,
    });
    const text = await said({ person: ids.person, receipt: id });
    await finishRun(db, { run: id, now });
    expect(text).toMatch(/^With this sync \(it has not ended\), /);
  });
});
