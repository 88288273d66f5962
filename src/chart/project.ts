// Owns making the chart from the raw records: reads a person's versions in order, writes rows, remembers how
// far it came in the same transaction. What it writes can be dropped and made again.

import { bulkTransaction } from '../platform/db/bulk.ts';
import type { Db, Transaction } from '../platform/db/db.ts';
import { ownTurn } from '../platform/own-turn.ts';
import { versionsSince } from '../records/feed.ts';
import { type Draft, draftsOf } from './drafts.ts';
import { writeAndJoin } from './resolve.ts';

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
    const drafts = await draftsOf(personId, versions);
    await ownTurn();
    await bulkTransaction(db, async (trx) => {
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
