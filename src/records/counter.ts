// Owns the one counter that versions and notices are numbered by: the order of numbers is the order of commits.

import type { Db, Transaction } from '../platform/db/db.ts';

/** Takes n numbers; the counter's row is the lock that keeps them in order of commit. @returns the first */
export async function drawNumbers(trx: Transaction, n: number): Promise<number> {
  const row = await trx
    .updateTable('record_counter')
    .set((counter) => ({ last_seq: counter('last_seq', '+', n) }))
    .where('id', '=', 1)
    .returning('last_seq')
    .executeTakeFirstOrThrow();
  return row.last_seq - n + 1;
}

/** The last number that was taken. */
export async function lastNumber(db: Db): Promise<number> {
  const row = await db.selectFrom('record_counter').select('last_seq').executeTakeFirstOrThrow();
  return row.last_seq;
}
