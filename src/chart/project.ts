// Owns making the chart from the raw records: reads a person's versions in order, writes rows, remembers how
// far it came in the same transaction. What it writes can be dropped and made again.

import { among, bulkTransaction, insertRows } from '../platform/db/bulk.ts';
import type { Db, Transaction } from '../platform/db/db.ts';
import { newTurns, ownTurn } from '../platform/own-turn.ts';
import { versionsSince } from '../records/feed.ts';
import { packsOf } from '../records/texts.ts';
import { type Draft, draftsOf } from './drafts.ts';
import { writeAndJoin } from './resolve.ts';

/** The queue of projection jobs; `key` is the person's id. */
export const CHART_QUEUE = 'chart';
/** Versions that are read and described at once. */
const BATCH = 1_000;
/** Each of its rows changes some pages of the indices that nothing else does: in a large chart a few megabytes in all. */
const rowsPerTransaction = 250;

/** Brings a person's chart up to date. @returns how many versions were read */
export function projectPerson(db: Db, personId: string, signal?: AbortSignal): Promise<number> {
  return people.take(personId, () => project(db, personId, signal));
}

/** Drops a person's chart and makes it again from the raw records. */
export function rebuildPerson(db: Db, personId: string): Promise<number> {
  return people.take(personId, async () => {
    await forget(db, personId);
    return project(db, personId);
  });
}

/** Drops a person's chart. */
export function forgetPerson(db: Db, personId: string): Promise<void> {
  return people.take(personId, () => forget(db, personId));
}

/**
 * One at a time for each person: a projection under way while the chart is dropped would write how far it had
 * come, and what lies before would be missing.
 */
const people = newTurns<string>();

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
    const packs = await packsOf(
      db,
      versions.map(({ seq }) => seq),
    );
    const drafts = await draftsOf(personId, versions, packs);
    for (let at = 0; at < drafts.length; at += rowsPerTransaction) {
      signal?.throwIfAborted();
      await write(db, personId, drafts.slice(at, at + rowsPerTransaction));
    }
    read += versions.length;
  }
  return read;
}

/** Writes some drafts, and with them how far the chart has come: to the last of them. */
async function write(db: Db, personId: string, drafts: readonly Draft[]): Promise<void> {
  const position = drafts.at(-1)?.position ?? 0;
  await bulkTransaction(db, async (trx) => {
    const written = drafts.map((draft) => draft.written);
    await writeAndJoin(trx, personId, written, (known) =>
      writeDrafts(trx, personId, drafts, known),
    );
    await trx
      .insertInto('chart_state')
      .values({ person_id: personId, position })
      .onConflict((c) => c.column('person_id').doUpdateSet({ position }))
      .execute();
    // The end of the transaction writes every page that it has changed.
    await ownTurn();
  });
}

async function forget(db: Db, personId: string): Promise<void> {
  await db.transaction().execute(async (trx) => {
    for (const table of ['chart_row', 'chart_result', 'chart_member', 'chart_state'] as const) {
      await trx.deleteFrom(table).where('person_id', '=', personId).execute();
    }
  });
}

async function writeDrafts(
  trx: Transaction,
  personId: string,
  drafts: readonly Draft[],
  known: readonly string[],
): Promise<void> {
  if (known.length > 0) await forgetSome(trx, personId, known);
  const rows = drafts.flatMap((draft) => draft.row ?? []);
  const results = drafts.flatMap((draft) => draft.result ?? []);
  const members = drafts.flatMap((draft) => draft.members);
  await ownTurn();
  await insertRows(trx, 'chart_row', rows);
  await ownTurn();
  await insertRows(trx, 'chart_result', results);
  await insertRows(trx, 'chart_member', members, (insert) =>
    insert.onConflict((conflict) => conflict.doNothing()),
  );
  await ownTurn();
}

async function forgetSome(
  trx: Transaction,
  personId: string,
  resources: readonly string[],
): Promise<void> {
  for (const [table, column] of NAMED_BY)
    await trx
      .deleteFrom(table)
      .where('person_id', '=', personId)
      .where(column as 'resource_id', 'in', among(resources))
      .execute();
}

const NAMED_BY = [
  ['chart_row', 'resource_id'],
  ['chart_result', 'resource_id'],
  ['chart_member', 'panel_id'],
] as const;
