// Owns making the chart from the raw records: reads a person's versions in order, writes rows, remembers how
// far it came in the same transaction. What it writes can be dropped and made again.

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Insertable } from 'kysely';
import type { Db, Transaction } from '../platform/db/db.ts';
import { sha256 } from '../platform/ids.ts';
import { versionsSince } from '../records/feed.ts';
import type { VersionRow } from '../records/types.ts';
import { describe } from './describe/describe.ts';
import { type Described, dayOf, instantOf } from './describe/described.ts';
import { resolveLinks } from './resolve.ts';
import type { ChartMemberTable, ChartResultTable, ChartRowTable } from './tables.ts';

/** The queue of projection jobs; `key` is the person's id. */
export const CHART_QUEUE = 'chart';
/** A batch is one transaction, small enough that the main loop is free between two. */
const BATCH = 100;
/** SQLite takes 32,766 parameters a statement; a row has 21. */
const ROWS_PER_INSERT = 500;

/** Brings a person's chart up to date. @returns how many versions were read */
export function projectPerson(db: Db, personId: string, signal?: AbortSignal): Promise<number> {
  return inTurn(personId, () => project(db, personId, signal));
}

/** Drops a person's chart and makes it again from the raw records. */
export function rebuildPerson(db: Db, personId: string): Promise<number> {
  return inTurn(personId, async () => {
    await forget(db, personId);
    return project(db, personId);
  });
}

/** Drops a person's chart. */
export function forgetPerson(db: Db, personId: string): Promise<void> {
  return inTurn(personId, () => forget(db, personId));
}

const turns = new Map<string, Promise<unknown>>();

/**
 * One at a time for each person: a projection under way while the chart is dropped would write how far it had
 * come, and what lies before would be missing. One process owns the store, so this is enough.
 */
function inTurn<T>(personId: string, work: () => Promise<T>): Promise<T> {
  const before = turns.get(personId) ?? Promise.resolve();
  const mine = before.then(work, work);
  const settled = mine.catch(() => undefined);
  turns.set(personId, settled);
  void settled.then(() => {
    if (turns.get(personId) === settled) turns.delete(personId);
  });
  return mine;
}

async function project(db: Db, personId: string, signal?: AbortSignal): Promise<number> {
  let read = 0;
  for (;;) {
    signal?.throwIfAborted();
    const state = await db
      .selectFrom('chart_state')
      .select('position')
      .where('person_id', '=', personId)
      .executeTakeFirst();
    const versions = await versionsSince(db, {
      person: personId,
      afterSeq: state?.position ?? 0,
      limit: BATCH,
    });
    const last = versions.at(-1);
    if (!last) break;
    const drafts = draftsOf(personId, versions);
    await db.transaction().execute(async (trx) => {
      await writeDrafts(trx, personId, drafts);
      await trx
        .insertInto('chart_state')
        .values({ person_id: personId, position: last.position })
        .onConflict((c) => c.column('person_id').doUpdateSet({ position: last.position }))
        .execute();
    });
    read += versions.length;
    await nextTurn();
  }
  if (read > 0) await db.transaction().execute((trx) => resolveLinks(trx, personId));
  return read;
}

async function forget(db: Db, personId: string): Promise<void> {
  await db.transaction().execute(async (trx) => {
    for (const table of ['chart_row', 'chart_result', 'chart_member', 'chart_state'] as const) {
      await trx.deleteFrom(table).where('person_id', '=', personId).execute();
    }
  });
}

type Draft = {
  readonly resourceId: string;
  readonly row: Insertable<ChartRowTable> | null;
  readonly result: Insertable<ChartResultTable> | null;
  readonly members: Insertable<ChartMemberTable>[];
};

/** Of several versions of one resource in a batch, the last. */
function draftsOf(personId: string, versions: readonly VersionRow[]): Draft[] {
  const latest = new Map(versions.map((version) => [version.resource, version]));
  return [...latest.values()].map((version) => {
    const described = describe(version.type, version.raw);
    return {
      resourceId: version.resource,
      row: described ? rowOf(personId, version, described) : null,
      result: described ? resultOf(personId, version, described) : null,
      members: (described?.members ?? []).map((ref) => ({
        person_id: personId,
        source_id: version.source,
        panel_id: version.resource,
        member_ref: ref,
      })),
    };
  });
}

function rowOf(personId: string, version: VersionRow, d: Described): Insertable<ChartRowTable> {
  return {
    person_id: personId,
    resource_id: version.resource,
    source_id: version.source,
    type: version.type,
    fhir_id: version.fhirId,
    kind: d.kind,
    day: dayOf(d.at),
    at: d.at,
    instant: instantOf(d.at),
    title: d.title,
    note: d.note ?? null,
    value: d.value ?? null,
    unit: d.unit ?? null,
    flag: d.flag ?? null,
    clinician: d.clinician ?? null,
    entered_in_error: d.enteredInError ? 1 : 0,
    amended: d.amended ? 1 : 0,
    visit_ref: d.visit ?? null,
    group_key: d.kind === 'visit' ? version.resource : version.source,
    panel_id: null,
  };
}

function resultOf(
  personId: string,
  version: VersionRow,
  d: Described,
): Insertable<ChartResultTable> | null {
  const m = d.measured;
  if (!m) return null;
  return {
    person_id: personId,
    resource_id: version.resource,
    // Goes into addresses, so it says nothing of what was measured; the person's id makes it theirs alone.
    analyte: sha256(`${personId} ${m.analyte}`).slice(0, 22),
    name: m.name,
    code: m.code,
    category: m.category,
    value: m.value,
    unit: m.unit,
    flag: m.flag,
    flag_by: m.flagBy,
    range: m.range,
  };
}

async function writeDrafts(
  trx: Transaction,
  personId: string,
  drafts: readonly Draft[],
): Promise<void> {
  const ids = drafts.map((draft) => draft.resourceId);
  const rows = drafts.flatMap((draft) => draft.row ?? []);
  const results = drafts.flatMap((draft) => draft.result ?? []);
  const members = drafts.flatMap((draft) => draft.members);
  await unlink(trx, personId, ids, members);
  for (const table of ['chart_row', 'chart_result'] as const) {
    await trx
      .deleteFrom(table)
      .where('person_id', '=', personId)
      .where('resource_id', 'in', ids)
      .execute();
  }
  await trx
    .deleteFrom('chart_member')
    .where('person_id', '=', personId)
    .where('panel_id', 'in', ids)
    .execute();
  for (const some of slices(rows)) await trx.insertInto('chart_row').values(some).execute();
  for (const some of slices(results)) await trx.insertInto('chart_result').values(some).execute();
  for (const some of slices(members)) {
    await trx
      .insertInto('chart_member')
      .values(some)
      .onConflict((c) => c.doNothing())
      .execute();
  }
}

/** Parts what is joined to the written, as if it had just come: the visit may be of another day, the panel hold others. */
async function unlink(
  trx: Transaction,
  personId: string,
  ids: readonly string[],
  members: readonly Insertable<ChartMemberTable>[],
): Promise<void> {
  await trx
    .updateTable('chart_row')
    .set((eb) => ({ group_key: eb.ref('source_id') }))
    .where('person_id', '=', personId)
    .where('group_key', 'in', ids)
    .execute();
  await trx
    .updateTable('chart_row')
    .set({ panel_id: null })
    .where('person_id', '=', personId)
    .where('panel_id', 'in', ids)
    .execute();
  const bySource = Map.groupBy(members, (member) => member.source_id);
  for (const [source, held] of bySource) {
    for (const some of slices(held)) {
      await trx
        .updateTable('chart_row')
        .set({ panel_id: null })
        .where('person_id', '=', personId)
        .where('source_id', '=', source)
        .where('type', '=', 'Observation')
        .where(
          'fhir_id',
          'in',
          some.map((member) => member.member_ref.slice('Observation/'.length)),
        )
        .where('panel_id', 'is not', null)
        .execute();
    }
  }
}

function* slices<T>(list: readonly T[]): Generator<T[]> {
  for (let start = 0; start < list.length; start += ROWS_PER_INSERT)
    yield list.slice(start, start + ROWS_PER_INSERT);
}
