// Owns what the tests of the chart share: an empty store with a source, short ways to make resources, and the
// chart's rows in an order of their own. Imported by tests alone.

import type { Kysely } from 'kysely';
import type { Tables } from '../platform/db/db.ts';
import { openStore } from '../platform/db/sqlite/open.ts';
import { openScene, person, type Scene } from '../records/contract-aids.ts';
import { recordsMigrations } from '../records/migrations.ts';
import type { Incoming } from '../records/types.ts';
import { chartMigrations } from './tables.ts';

export const NO_FILTER = { kinds: [], sources: [], flagged: false };

/** A store with the records and the chart of nobody. */
export const openChart = (): Promise<Scene> =>
  openScene(() =>
    openStore({
      file: ':memory:',
      keyHex: '11'.repeat(32),
      migrations: { ...recordsMigrations, ...chartMigrations },
    }),
  );

export function resource(type: string, id: string, more: object): Incoming {
  return { type, id, person, raw: JSON.stringify({ resourceType: type, id, ...more }) };
}

export const visit = (id: string, start?: string) =>
  resource('Encounter', id, {
    type: [{ text: 'Office visit' }],
    ...(start ? { period: { start } } : {}),
  });

export const result = (id: string, at: string | null, value: number, more: object = {}) =>
  resource('Observation', id, {
    status: 'final',
    code: { text: 'Glucose', coding: [{ system: 'http://loinc.org', code: '2345-7' }] },
    category: [{ coding: [{ code: 'laboratory' }] }],
    ...(at ? { effectiveDateTime: at } : {}),
    valueQuantity: { value, unit: 'mg/dL' },
    ...more,
  });

export const inVisit = (id: string) => ({ encounter: { reference: `Encounter/${id}` } });

export const report = (id: string, at: string, held: readonly string[], more: object = {}) =>
  resource('DiagnosticReport', id, {
    status: 'final',
    code: { text: `Panel ${id}` },
    effectiveDateTime: at,
    result: held.map((one) => ({ reference: `Observation/${one}` })),
    ...more,
  });

/** Every row of the chart. */
export async function chartOf({ db }: { db: Kysely<Tables> }) {
  const rows = await db.selectFrom('chart_row').selectAll().orderBy('resource_id').execute();
  const results = await db.selectFrom('chart_result').selectAll().orderBy('resource_id').execute();
  const members = await db
    .selectFrom('chart_member')
    .selectAll()
    .orderBy('panel_id')
    .orderBy('member_ref')
    .execute();
  return { rows, results, members };
}
