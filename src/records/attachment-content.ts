// Owns the content of attachments that came by themselves: kept in chunks under its keyed hash, read chunk by chunk,
// swept away when nothing refers to it. The hash is made before, off the main thread: `nameOfContent`.

import { createHmac } from 'node:crypto';
import { isoTime } from '../platform/clock.ts';
import { bulkTransaction } from '../platform/db/bulk.ts';
import type { Db, Transaction } from '../platform/db/db.ts';
import { ownTurn } from '../platform/own-turn.ts';
import type { AttachmentKey, RunId } from './types.ts';

/** Of a chunk; the last one may be shorter. Never changed: a content that was cut off goes on by these numbers. */
export const chunkBytes = 256 * 1024;
/** Law L2: a transaction holds a megabyte at most. */
const chunksPerTransaction = 4;

/** Content ready to be kept. */
export type PreparedContent = {
  /** By `nameOfContent`. */
  readonly id: string;
  readonly bytes: Uint8Array;
  /** What it is by its answer; null where that said nothing. */
  readonly type: string | null;
};

export type KeepAttachment = {
  readonly run: RunId;
  readonly question: string;
  readonly at: AttachmentKey;
  readonly content: PreparedContent;
  readonly now: number;
};

/** The key of the names of contents. */
export async function contentKey(db: Db): Promise<Uint8Array> {
  const { key } = await db
    .selectFrom('attachment_key')
    .select('key')
    .where('id', '=', 1)
    .executeTakeFirstOrThrow();
  return key;
}

/** What content is called: HMAC-SHA-256, hex, so that equal files are one and the name tells nothing of the file. */
export function nameOfContent(key: Uint8Array, bytes: Uint8Array): string {
  return createHmac('sha256', key).update(bytes).digest('hex');
}

/**
 * Keeps the content of an attachment and counts it in its question: new, changed against the version before, or the
 * same. Cut off anywhere, it is done again from the beginning and writes nothing twice.
 */
export async function keepAttachment(db: Db, keep: KeepAttachment): Promise<void> {
  const { id, bytes } = keep.content;
  await bulkTransaction(db, (trx) => beginContent(trx, keep));
  const { is_whole } = await db
    .selectFrom('attachment_content')
    .select('is_whole')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  const step = chunkBytes * chunksPerTransaction;
  for (let from = 0; is_whole === 0 && from < bytes.length; from += step) {
    await ownTurn();
    await bulkTransaction(db, (trx) => writeChunks(trx, keep.content, from, from + step));
  }
  await bulkTransaction(db, (trx) => finishContent(trx, keep));
}

/** The bytes from one place to before another, in pieces. Whether they may be read is the caller's to know. */
export async function* readContent(
  db: Db,
  id: string,
  range: { from: number; to: number },
): AsyncGenerator<Uint8Array> {
  for (let n = Math.floor(range.from / chunkBytes); n * chunkBytes < range.to; n += 1) {
    const chunk = await db
      .selectFrom('attachment_chunk')
      .select('bytes')
      .where('content_id', '=', id)
      .where('n', '=', n)
      .executeTakeFirstOrThrow(() => new Error('A part of the content is missing'));
    const start = n * chunkBytes;
    yield chunk.bytes.subarray(
      Math.max(0, range.from - start),
      Math.min(chunk.bytes.length, range.to - start),
    );
  }
}

/** Every content that is whole, with what is wrong with it, if anything. */
export async function* verifyContents(db: Db): AsyncGenerator<{ id: string; what: string | null }> {
  const key = await contentKey(db);
  const kept = await db
    .selectFrom('attachment as a')
    .leftJoin('attachment_content as c', 'c.id', 'a.content_id')
    .select(['a.content_id as id', 'c.bytes', 'c.is_whole'])
    .distinct()
    .where('a.state', '=', 'kept')
    .where('a.comes', '=', 'reference')
    .execute();
  for (const { id, bytes, is_whole } of kept) {
    if (id === null || bytes === null || is_whole !== 1)
      yield { id: id ?? '', what: 'its content is missing' };
    else yield { id, what: await faultOf(db, key, id, bytes) };
  }
}

/** Deletes contents that no attachment refers to, some chunks at a time. @returns whether there may be more */
export async function sweepContents(trx: Transaction): Promise<boolean> {
  const lost = trx
    .selectFrom('attachment_content as c')
    .select('c.id')
    .where((eb) =>
      eb.not(
        eb.exists(
          eb.selectFrom('attachment as a').select('a.n').whereRef('a.content_id', '=', 'c.id'),
        ),
      ),
    );
  const chunks = await trx
    .selectFrom('attachment_chunk')
    .select(['content_id', 'n'])
    .where('content_id', 'in', lost)
    .limit(chunksPerTransaction * 4)
    .execute();
  for (const { content_id, n } of chunks)
    await trx
      .deleteFrom('attachment_chunk')
      .where('content_id', '=', content_id)
      .where('n', '=', n)
      .execute();
  if (chunks.length > 0) return true;
  await trx.deleteFrom('attachment_content').where('id', 'in', lost).execute();
  return false;
}

async function faultOf(db: Db, key: Uint8Array, id: string, bytes: number): Promise<string | null> {
  const digest = createHmac('sha256', key);
  try {
    for await (const piece of readContent(db, id, { from: 0, to: bytes })) digest.update(piece);
  } catch {
    return 'a part of its content is missing'; // Whatever the store says of it.
  }
  return digest.digest('hex') === id ? null : 'its content is not what was received';
}

/** The reference comes first, so that what is being written is never swept away. */
async function beginContent(trx: Transaction, { at, content }: KeepAttachment): Promise<void> {
  await trx
    .insertInto('attachment_content')
    .values({ id: content.id, bytes: content.bytes.length, is_whole: 0 })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await trx
    .updateTable('attachment')
    .set({ content_id: content.id })
    .where('version_seq', '=', at.seq)
    .where('n', '=', at.n)
    .execute();
}

async function writeChunks(
  trx: Transaction,
  { id, bytes }: PreparedContent,
  from: number,
  to: number,
): Promise<void> {
  for (let at = from; at < Math.min(to, bytes.length); at += chunkBytes)
    await trx
      .insertInto('attachment_chunk')
      .values({
        content_id: id,
        n: at / chunkBytes,
        bytes: bytes.subarray(at, at + chunkBytes),
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
}

async function finishContent(trx: Transaction, keep: KeepAttachment): Promise<void> {
  const { at, content } = keep;
  await trx
    .updateTable('attachment_content')
    .set({ is_whole: 1 })
    .where('id', '=', content.id)
    .execute();
  await trx
    .updateTable('attachment')
    .set({
      state: 'kept',
      code: null,
      http_status: null,
      next_try_at: null,
      bytes: content.bytes.length,
      kept_type: content.type,
      fetched_at: isoTime(keep.now),
    })
    .where('version_seq', '=', at.seq)
    .where('n', '=', at.n)
    .execute();
  const column = await verdictOf(trx, keep);
  await trx
    .updateTable('sync_question')
    .set((eb) => ({ received: eb('received', '+', 1), [column]: eb(column, '+', 1) }))
    .where('run_id', '=', keep.run)
    .where('key', '=', keep.question)
    .execute();
}

/** What the content is to that of the version before. */
async function verdictOf(
  trx: Transaction,
  { at, content }: KeepAttachment,
): Promise<'new_count' | 'changed' | 'unchanged'> {
  const before = await trx
    .selectFrom('attachment as a')
    .innerJoin('attachment as now', 'now.resource_id', 'a.resource_id')
    .select('a.content_id')
    .where('now.version_seq', '=', at.seq)
    .where('now.n', '=', at.n)
    .where('a.n', '=', at.n)
    .where('a.version_seq', '<', at.seq)
    .where('a.state', '=', 'kept')
    .where('a.comes', '=', 'reference')
    .orderBy('a.version_seq', 'desc')
    .executeTakeFirst();
  if (!before) return 'new_count';
  return before.content_id === content.id ? 'unchanged' : 'changed';
}
