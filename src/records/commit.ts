// Owns the only door by which resources enter the store (laws L1, L2): a page or an import, in
// chunks of at most 200 a transaction; counts, cursor and outcome go with the last chunk. In a transaction
// nothing is hashed, packed or compared: body.ts comes before all of it, and each chunk is judged before its own.

import type { Selectable } from 'kysely';
import { isoTime } from '../platform/clock.ts';
import { bulkTransaction } from '../platform/db/bulk.ts';
import type { Db, Tables, Transaction } from '../platform/db/db.ts';
import { newTurns, ownTurn } from '../platform/own-turn.ts';
import { type ChunkContext, judgeChunk, newChunkContext, writeChunk } from './chunk.ts';
import { countHalfPage } from './half-page.ts';
import { addCounts, countsOf, noCounts, questionRow, setAsideOf, tallyColumns } from './runs.ts';
import { countSetAside, sumSetAside } from './set-aside.ts';
import type {
  CommitImport,
  CommitPage,
  Counts,
  PreparedPack,
  SetAside,
  SourceId,
} from './types.ts';

/** Law L2: as many as one transaction may hold up the main loop for. */
const chunkSize = 200;

/**
 * Stores a page of a question. A page of which some chunks were stored before the process ended is
 * given again with the same number: it counts as if it had been stored at once.
 *
 * @returns what the page held; received = new + changed + unchanged
 * @throws Error when the question is unknown, or when this page or a later one is already counted
 */
export async function commitPage(db: Db, page: CommitPage): Promise<Counts> {
  const before = await questionRow(db, page.run, page.question);
  if (before.last_page !== null && page.page <= before.last_page) {
    throw new Error(`Page ${page.page} of this question is already committed`);
  }
  const context = newChunkContext({
    source: page.source,
    volatilePaths: page.volatilePaths,
    receivedAt: isoTime(page.now),
    stamp: { run: page.run, question: page.question, page: page.page },
    isResumed: before.partial_page === page.page,
  });
  await inChunks({ db, transact: bulkTransaction }, page.packs, context, async (trx, isLast) => {
    if (isLast) await tally(trx, page, context);
    else await markPartial(trx, page);
    if (isLast) await page.afterwards?.(trx);
  });
  return withSetAside(context.counts, page.setAside);
}

/** Stores resources that came from files, in the same chunks as a page; on the disk when it returns: nobody asks again. */
export async function commitImport(db: Db, batch: CommitImport): Promise<Counts> {
  const context = newChunkContext({
    source: batch.source,
    volatilePaths: batch.volatilePaths,
    receivedAt: isoTime(batch.now),
    stamp: { run: batch.importId, question: null, page: null },
    isResumed: false,
  });
  await inChunks(
    { db, transact: durableTransaction },
    batch.packs,
    context,
    async (trx, isLast) => {
      if (isLast) await batch.afterwards?.(trx);
    },
  );
  return context.counts;
}

/** Chunk by chunk. Nobody else writes resources of the source between the look at a chunk and its transaction. */
async function inChunks(
  { db, transact }: { db: Db; transact: typeof bulkTransaction },
  packs: readonly PreparedPack[],
  context: ChunkContext,
  close: (trx: Transaction, isLast: boolean) => Promise<void>,
): Promise<void> {
  const chunks = chunksOf(packs);
  for (const [n, chunk] of chunks.entries()) {
    await ownTurn();
    await sourceTurns.take(context.source, async () => {
      const judged = await judgeChunk(db, context, chunk);
      await transact(db, async (trx) => {
        await writeChunk(trx, context, judged);
        await close(trx, n === chunks.length - 1);
        // The end of the transaction writes every page of the file that it has changed.
        await ownTurn();
      });
    });
  }
}

const sourceTurns = newTurns<SourceId>();

/** Packs of at most 200 resources together; one empty chunk where there is nothing, since a page is closed with its last. */
function chunksOf(packs: readonly PreparedPack[]): PreparedPack[][] {
  let last: PreparedPack[] = [];
  let size = 0;
  const chunks = [last];
  for (const pack of packs) {
    if (size > 0 && size + pack.count > chunkSize) {
      last = [];
      size = 0;
      chunks.push(last);
    }
    last.push(pack);
    size += pack.count;
  }
  return chunks;
}

function durableTransaction<T>(db: Db, work: (trx: Transaction) => Promise<T>): Promise<T> {
  return db.transaction().execute(work);
}

async function markPartial(trx: Transaction, page: CommitPage): Promise<void> {
  await trx
    .updateTable('sync_question')
    .set({ partial_page: page.page })
    .where('run_id', '=', page.run)
    .where('key', '=', page.question)
    .execute();
}

async function tally(trx: Transaction, page: CommitPage, context: ChunkContext): Promise<void> {
  const row = await questionRow(trx, page.run, page.question);
  const counts = withSetAside(context.counts, page.setAside);
  // Another page may have come in the place of the one that was cut off.
  const neverCameAgain = context.isResumed
    ? await countHalfPage(trx, row, context.replays)
    : noCounts;
  await trx
    .updateTable('sync_question')
    .set({
      ...tallyColumns([counts, neverCameAgain].reduce(addCounts, countsOf(row))),
      set_aside_why: JSON.stringify(countSetAside([...setAsideOf(row), ...page.setAside])),
      ...closing(page, row),
      pages: row.pages + 1,
      last_page: page.page,
      partial_page: null,
      next: page.finish.next,
      started_at: row.started_at ?? isoTime(page.now),
    })
    .where('run_id', '=', page.run)
    .where('key', '=', page.question)
    .execute();
}

function closing(page: CommitPage, row: Selectable<Tables['sync_question']>) {
  const { outcome, code, detail } = page.finish;
  return {
    outcome: outcome ?? ('asking' as const),
    ended_at: outcome ? isoTime(page.now) : null,
    code: code ?? row.code,
    detail: detail ?? row.detail,
  };
}

function withSetAside(counts: Counts, setAside: readonly SetAside[]): Counts {
  return { ...counts, setAside: sumSetAside(setAside) };
}
