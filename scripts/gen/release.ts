// Owns writing down the schema of a release, with a few rows, as SQL: `node scripts/gen/release.ts NAME [CHECKOUT]`. A test
// migrates each to the latest. Run once for each release, never again for one that is out; CHECKOUT is the folder of
// another state of this repository, with its dependencies, where that is older than this one.

import { hash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Kysely, sql } from 'kysely';
import { ROOT } from '../check/tree.ts';

type Row = Readonly<Record<string, string | number | null>>;

const AT = '2026-11-21T12:00:00.000Z';
const TEXT = '{"resourceType":"Observation","id":"o1"}';
const TEXT_HASH = hash('sha256', TEXT, 'hex');

/** In the order of their references; a table that a release did not have yet is left out. */
const rows: readonly (readonly [string, Row])[] = [
  ['person', { id: 'p1', name: 'Ada', birth_date: null, sample: 0, created_at: AT }],
  [
    'account',
    { id: 'a1', name: 'Ada', name_key: 'ada', roles: 'owner', password: null, created_at: AT },
  ],
  [
    'record_right',
    { id: 'r1', account_id: 'a1', person_id: 'p1', level: 'manage', created_at: AT },
  ],
  [
    'source',
    { id: 'c1', kind: 'portal', label: 'Clinic', origin: null, sample: 0, created_at: AT },
  ],
  [
    'resource',
    {
      id: 'o1',
      source_id: 'c1',
      person_id: 'p1',
      type: 'Observation',
      fhir_id: 'o1',
      version_count: 1,
      current_seq: 1,
      raw_hash: TEXT_HASH,
      first_received_at: AT,
      changed_at: AT,
    },
  ],
  [
    'resource_version',
    {
      seq: 1,
      resource_id: 'o1',
      person_id: 'p1',
      version_no: 1,
      raw_hash: TEXT_HASH,
      received_at: AT,
    },
  ],
  ['body', { seq: 1, encoding: 'raw', bytes: TEXT }],
  [
    'connection',
    {
      id: 'c1',
      portal: 'clinic/production',
      environment: 'production',
      clinic_id: '1',
      clinic_name: 'Clinic',
      person_id: 'p1',
      patient_id: 'x1',
      status: 'ready',
      status_since: AT,
      scopes_granted: 'openid',
      sample: 0,
      created_at: AT,
    },
  ],
  ['connection_grant', { connection_id: 'c1', access_token: 's1.AAAA', refresh_token: null }],
];

const [name, checkout = ROOT] = process.argv.slice(2);
if (!name) throw new Error('say the name of the release');
const from = (path: string) => import(pathToFileURL(resolve(checkout, path)).href);
const { migrations } = await from('e2e/support/program.ts');
const { openStore } = await from('src/platform/db/sqlite/open.ts');
const store = await openStore({ file: ':memory:', keyHex: '00'.repeat(32), migrations });
const db = store.db as Kysely<Record<string, Row>>;
const made = await sql<{
  name: string;
  type: string;
  sql: string;
}>`select name, type, sql from sqlite_master where sql is not null and name not like 'sqlite_%' order by rowid`.execute(
  db,
);
const lines = made.rows.map((row) => `${row.sql};`);
const tables = made.rows.filter((row) => row.type === 'table').map((row) => row.name);
for (const [table, row] of rows.filter(([of]) => tables.includes(of)))
  await db.insertInto(table).values(row).execute();
await sql`update record_counter set last_seq = 1`.execute(db);
for (const table of tables) {
  const held = await db.selectFrom(table).selectAll().execute();
  for (const row of held) lines.push(insertOf(table, row));
}
await store.close();
writeFileSync(
  join(ROOT, 'src/platform/db/releases', `${name}.sql`),
  `-- The schema of ${name} with a few rows. Written by scripts/gen/release.ts; never changed.\n${lines.join('\n')}\n`,
);

function insertOf(table: string, row: Row): string {
  const columns = Object.keys(row).map((column) => `"${column}"`);
  const values = Object.values(row).map((value) =>
    typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value),
  );
  return `insert into "${table}" (${columns.join(', ')}) values (${values.join(', ')});`;
}
