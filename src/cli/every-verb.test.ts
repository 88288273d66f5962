// Proves, for every verb that a running server answers, what it does with the rights of an account: nothing of a record
// that is not theirs is said or done. Made from the list of verbs, so that a new one is tried without a line here.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appOf } from '../../e2e/support/http.ts';
import { startProgram, type TestProgram } from '../../e2e/support/program.ts';
import { createAccount, ensureOwner } from '../access/accounts.ts';
import { giveRight } from '../access/rights.ts';
import type { App } from '../http/app.ts';
import { asChartfoldError } from '../platform/errors.ts';
import { verbs } from './main.ts';
import { performVerb } from './perform-verb.ts';
import type { Output, Verb } from './verb.ts';

const ROLES = ['Guest', 'Practice', 'Developer', 'Owner'] as const;
const NAMES = verbs.map((verb) => verb.name);

let program: TestProgram;
let app: App;
let folder: string;
let ids: { person: string; connection: string };
let words: string[];

beforeAll(async () => {
  program = await startProgram();
  app = appOf(program);
  folder = await mkdtemp(join(tmpdir(), 'chartfold-verbs-'));
  const { db, clock } = program;
  await ensureOwner(db, clock);
  const manager = await createAccount(db, clock, { name: 'Manager' });
  await createAccount(db, clock, { name: 'Guest' });
  await createAccount(db, clock, { name: 'Practice', roles: ['practice'] });
  await createAccount(db, clock, { name: 'Developer', roles: ['developer'] });
  const limited = await createAccount(db, clock, { name: 'Limited' });
  const reader = await createAccount(db, clock, { name: 'Reader' });
  const { connectionId } = await program.signIn({ by: manager.id });
  await program.confirm(connectionId);
  await program.sync(connectionId);
  const row = await db
    .selectFrom('connection')
    .innerJoin('person', 'person.id', 'person_id')
    .select(['person.id', 'person.name', 'patient_id'])
    .executeTakeFirstOrThrow();
  ids = { person: row.id, connection: connectionId };
  words = [row.id, row.name, row.patient_id ?? '', connectionId];
  const read = { personId: row.id, level: 'read', givenBy: manager.id } as const;
  await giveRight(db, clock.now(), { ...read, accountId: reader.id });
  await giveRight(db, clock.now(), {
    accountId: limited.id,
    personId: row.id,
    level: 'read',
    kinds: ['results'],
    givenBy: manager.id,
  });
  await writeFile(join(folder, 'patient.json'), await patientOf(row.id));
}, 60_000);
afterAll(async () => {
  await program.close();
  await rm(folder, { recursive: true });
});

describe('every verb', () => {
  it('is there to be tried', () => {
    expect(NAMES.length).toBeGreaterThan(10);
  });

  it.each(NAMES.flatMap((name) => ROLES.map((role) => [name, role] as const)))(
    '%s with the rights of %s says and does nothing with a record that is not theirs',
    async (name, role) => {
      const before = await fingerprint();
      const { said, code } = await run(name, role);
      for (const word of words) expect(said).not.toContain(word);
      expect(await fingerprint()).toBe(before);
      if (namesARecord(name))
        expect(code).toMatch(/not_found|not_allowed|record\.not_found|person_conflict/);
    },
  );

  it.each(NAMES.filter(namesARecord))('%s is refused to who may see some kinds', async (name) => {
    const before = await fingerprint();
    const { code } = await run(name, 'Limited');
    expect(code).toMatch(/not_found|not_allowed/);
    expect(await fingerprint()).toBe(before);
  });

  it('works for the operator, and for whoever manages the record', async () => {
    for (const as of [undefined, 'Manager']) {
      expect((await run('people', as)).said).toContain(ids.person);
      expect((await run('connections', as)).said).toContain(ids.connection);
      expect((await run('export', as)).said).toContain('"resourceType":"Patient"');
    }
  });

  it('refuses an account that is none', async () => {
    expect(await run('people', 'Nobody')).toEqual({ said: '', code: 'access.account_not_found' });
  });

  it('decides nothing about a patient for who may only read', async () => {
    for (const answer of ['yes', 'no'])
      expect(
        await run('connect', 'Reader', { confirm: { connection: ids.connection, answer } }),
      ).toEqual({ said: '', code: 'access.not_allowed' });
  });
});

describe('the audit of a verb', () => {
  const latest = async () => (await app.audit.lines({ all: true, limit: 1 }))[0];

  it('says who was refused what', async () => {
    await run('export', 'Guest');
    expect(await latest()).toMatchObject({
      act: 'record.export',
      door: 'terminal',
      detail: { what: 'export', refused: 'person.not_found' },
    });
  });

  it.each(['export', 'receipt', 'import', 'disconnect'])(
    'stands on the record that %s was about, whoever asked',
    async (name) => {
      for (const as of ['Manager', undefined]) {
        await run(name, as);
        expect(await latest()).toMatchObject({
          act: verbs.find((verb) => verb.name === name)?.act,
          personId: ids.person,
          accountId: as === undefined ? null : expect.any(String),
          detail: { what: name },
        });
      }
    },
  );

  it('of an export of everything stands on each record', async () => {
    await run('export', undefined, { format: 'ndjson' });
    expect(await latest()).toMatchObject({ act: 'record.export', personId: ids.person });
  });

  it('calls adding a person so', async () => {
    await run('people-add', 'Guest', { name: 'Bo' });
    expect(await latest()).toMatchObject({ act: 'people.add' });
  });
});

function namesARecord(name: string): boolean {
  return [
    'sync',
    'cancel-sync',
    'schedule',
    'receipt',
    'disconnect',
    'import',
    'export',
    'connect',
  ].includes(name);
}

/** What a verb is asked, so that it would meet the record if it could. */
function argsFor(verb: Verb): Record<string, unknown> {
  switch (verb.name) {
    case 'connect':
      return { portal: 'athenahealth', person: ids.person };
    case 'import':
      return { files: [join(folder, 'patient.json')], person: ids.person, unknown: 'new' };
    case 'export':
      return { format: 'ndjson', person: ids.person };
    case 'changes':
      return { person: ids.person };
    case 'schedule':
      return { id: ids.connection, every: 'week' };
    default:
      return { id: ids.connection };
  }
}

async function run(
  name: string,
  as: string | undefined,
  given?: Record<string, unknown>,
): Promise<{ said: string; code: string }> {
  const verb = verbs.find((one) => one.name === name);
  if (!verb) throw new Error(`no verb ${name}`);
  const said: Output[] = [];
  const ending = new AbortController();
  try {
    for await (const output of performVerb(
      app,
      verb,
      { args: given ?? argsFor(verb), as },
      ending.signal,
    )) {
      said.push(output);
    }
  } catch (error) {
    return { said: JSON.stringify(said).slice(2), code: asChartfoldError(error).code };
  }
  return { said: JSON.stringify(said).replaceAll('\\"', '"'), code: '' };
}

/** Changes when anything of the record does. */
async function fingerprint(): Promise<string> {
  const { db } = program;
  return JSON.stringify([
    await db.selectFrom('connection').selectAll().execute(),
    await db.selectFrom('sync_run').select('id').execute(),
    await db.selectFrom('resource').select(['id', 'version_count']).execute(),
    await db.selectFrom('person').selectAll().execute(),
    await db.selectFrom('job').select('key').execute(),
  ]);
}

async function patientOf(person: string): Promise<string> {
  const { db } = program;
  const row = await db
    .selectFrom('resource')
    .select(['fhir_id'])
    .where('person_id', '=', person)
    .where('type', '=', 'Patient')
    .executeTakeFirstOrThrow();
  return JSON.stringify({ resourceType: 'Patient', id: row.fhir_id, birthDate: '1979-03-12' });
}
