// Owns making the chart from the raw records: reads a person's versions in order, writes rows, remembers how
// far it came in the same transaction. What it writes can be dropped and made again.

import type { Insertable } from 'kysely';
import type { Db, Transaction } from '../platform/db/db.ts';
import { sha256 } from '../platform/ids.ts';
import { ownTurn } from '../platform/own-turn.ts';
import { versionsSince } from '../records/feed.ts';
import type { VersionRow } from '../records/types.ts';
import { describe } from './describe/describe.ts';
import { type Described, dayOf, instantOf } from './describe/described.ts';
import { writeAndJoin, type Written } from './resolve.ts';
import type { ChartMemberTable, ChartResultTable, ChartRowTable } from './tables.ts';

/** The queue of projection jobs; `key` is the person's id. */
export const CHART_QUEUE = 'chart';
/** A batch is one transaction, small enough that the main loop is free between two. */
const BATCH = 100;
/** SQLite takes 32,766 parameters a statement; a row has 22. */
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
    await ownTurn();
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
    await ownTurn();
    const drafts = draftsOf(personId, versions);
    await ownTurn();
    await db.transaction().execute(async (trx) => {
      const written = drafts.map((draft) => draft.written);
      await writeAndJoin(trx, personId, written, () => writeDrafts(trx, personId, drafts));
      await trx
        .insertInto('chart_state')
        .values({ person_id: personId, position: last.position })
        .onConflict((c) => c.column('person_id').doUpdateSet({ position: last.position }))
        .execute();
    });
    read += versions.length;
  }
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
  readonly written: Written;
  readonly row: Insertable<ChartRowTable> | null;
  readonly result: Insertable<ChartResultTable> | null;
  readonly members: Insertable<ChartMemberTable>[];
};

/** Of several versions of one resource in a batch, the last. */
function draftsOf(personId: string, versions: readonly VersionRow[]): Draft[] {
  const latest = new Map(versions.map((version) => [version.resource, version]));
  return [...latest.values()].map((version) => {
    const described = describe(version.type, version.raw);
    const members = described?.members ?? [];
    return {
      written: {
        resourceId: version.resource,
        sourceId: version.source,
        type: version.type,
        fhirId: version.fhirId,
        members,
      },
      row: described ? rowOf(personId, version, described) : null,
      result: described ? resultOf(personId, version, described) : null,
      members: members.map((ref) => ({
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
    gone_at: version.goneAt,
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
  const ids = drafts.map((draft) => draft.written.resourceId);
  const rows = drafts.flatMap((draft) => draft.row ?? []);
  const results = drafts.flatMap((draft) => draft.result ?? []);
  const members = drafts.flatMap((draft) => draft.members);
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

function* slices<T>(list: readonly T[]): Generator<T[]> {
  for (let start = 0; start < list.length; start += ROWS_PER_INSERT)
    yield list.slice(start, start + ROWS_PER_INSERT);
}
