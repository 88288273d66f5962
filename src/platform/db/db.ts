// Owns the type of the database as the program sees it: one table map that each folder's tables.ts adds to.
// It names no table and no dialect itself.

import type { Kysely, Transaction as KyselyTransaction } from 'kysely';

/**
 * Every table of the program. A folder adds its own from its `tables.ts`:
 * `declare module '../platform/db/db.ts' { interface Tables { resource: ResourceTable } }`.
 * Times are ISO 8601 UTC text, booleans 0 or 1, JSON text, so that rows look alike in every dialect.
 */
// biome-ignore lint: an empty interface is what declaration merging needs
export interface Tables {}

/**
 * The query builder over the whole store. Also what a transaction is passed as, where either will do.
 * There is one connection: within a transaction use only the transaction, since waiting for `db`
 * there never ends.
 */
export type Db = Kysely<Tables>;

/** The query builder inside one transaction. */
export type Transaction = KyselyTransaction<Tables>;

/** An open store: the query builder, and its end. */
export type Store = {
  readonly db: Db;
  /** From now on what takes the disk long is done beside the main loop, where that can be: for a server that stays. */
  workBeside(): void;
  /** Waits for the statement under way, writes the log back and closes the file. */
  close(): Promise<void>;
  /** What is damaged, in the database's own words; empty when nothing is. */
  integrity(): Promise<string[]>;
};
