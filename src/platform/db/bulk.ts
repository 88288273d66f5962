// Owns writing much that can be had again: transactions that do not each wait for the disk.

import { sql } from 'kysely';
import type { Db, Transaction } from './db.ts';

/**
 * A transaction that survives the end of the process at once, and the end of the machine from the next ordinary
 * transaction on: each of those waits for the disk, and for all that was written before it. Where the machine loses
 * power sooner, the store is as it was before this one or an earlier one of its kind, whole. For what is fetched or made
 * again then: pages of a sync with their cursor, the chart.
 * @see https://www.sqlite.org/pragma.html#pragma_synchronous
 */
export function bulkTransaction<T>(db: Db, work: (trx: Transaction) => Promise<T>): Promise<T> {
  return db.connection().execute(async (one) => {
    await sql`pragma synchronous = normal`.execute(one);
    try {
      return await one.transaction().execute(work);
    } finally {
      await sql`pragma synchronous = full`.execute(one);
    }
  });
}
