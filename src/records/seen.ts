// Owns which resources a run has seen: noted by number with each chunk, a few bytes for each, and read to tell how many
// a question has brought, and at the run's end what the portal reports no longer. Pure but for its statements.

import type { Db, Transaction } from '../platform/db/db.ts';
import { ownTurn } from '../platform/own-turn.ts';
import type { RunId, SourceId } from './types.ts';

/** Of a chunk each: of 200 numbers. */
const rowsPerTurn = 200;

/** Numbers of resources, of which only the membership counts. */
export type NumberSet = { has(number: number): boolean };

/** Notes what a chunk has seen, in its transaction. */
export async function noteSeen(
  trx: Transaction,
  run: RunId,
  numbers: readonly number[],
): Promise<void> {
  if (numbers.length === 0) return;
  await trx
    .insertInto('sync_seen')
    .values({ run_id: run, numbers: packNumbers(numbers) })
    .execute();
}

/** Everything that a run has seen so far. */
export async function seenBy(db: Db, run: RunId): Promise<NumberSet> {
  const rows = db.selectFrom('sync_seen').select('numbers').where('run_id', '=', run).stream();
  let bits = new Uint32Array(1_024);
  let read = 0;
  for await (const row of rows) {
    if (read % rowsPerTurn === 0) await ownTurn();
    read += 1;
    const numbers = unpackNumbers(row.numbers);
    const words = ((numbers.at(-1) ?? 0) >>> 5) + 1;
    if (words > bits.length) {
      const more = new Uint32Array(Math.max(words, 2 * bits.length));
      more.set(bits);
      bits = more;
    }
    for (const number of numbers)
      bits[number >>> 5] = (bits[number >>> 5] ?? 0) | (1 << (number & 31));
  }
  return { has: (number) => ((bits[number >>> 5] ?? 0) & (1 << (number & 31))) !== 0 };
}

/** How many resources of a type a run that has not ended has seen so far, of those that the question reported last. */
export async function countSeen(
  db: Db,
  of: { run: RunId; source: SourceId; question: string; type: string },
): Promise<number> {
  const seen = await seenBy(db, of.run);
  const rows = db
    .selectFrom('resource')
    .select('number')
    .where('source_id', '=', of.source)
    .where('type', '=', of.type)
    .where('seen_by', '=', of.question)
    .stream();
  let count = 0;
  let read = 0;
  for await (const { number } of rows) {
    if (read % rowsPerTurn === 0) await ownTurn();
    read += 1;
    if (seen.has(number)) count += 1;
  }
  return count;
}

/** Ascending, each as the distance from the one before, seven bits to a byte, the lowest first. */
export function packNumbers(numbers: readonly number[]): Uint8Array {
  const bytes: number[] = [];
  let before = 0;
  for (const number of [...new Set(numbers)].sort((a, b) => a - b)) {
    let distance = number - before;
    before = number;
    for (; distance >= 0x80; distance = Math.floor(distance / 0x80))
      bytes.push((distance % 0x80) | 0x80);
    bytes.push(distance);
  }
  return Uint8Array.from(bytes);
}

/** What `packNumbers` packed, ascending. */
export function unpackNumbers(bytes: Uint8Array): number[] {
  const numbers: number[] = [];
  let before = 0;
  let distance = 0;
  let place = 1;
  for (const byte of bytes) {
    distance += (byte & 0x7f) * place;
    place *= 0x80;
    if (byte & 0x80) continue;
    before += distance;
    numbers.push(before);
    distance = 0;
    place = 1;
  }
  return numbers;
}
