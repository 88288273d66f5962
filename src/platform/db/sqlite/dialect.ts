// Owns the small differences to the query builder's own dialect of SQLite.
// It opens nothing: that is open.ts.

import {
  type CompiledQuery,
  type DatabaseConnection,
  type DialectAdapter,
  type Driver,
  SqliteAdapter,
  type SqliteDatabase,
  SqliteDialect,
  SqliteDriver,
} from 'kysely';

/**
 * The query builder's SQLite dialect, with migrations inside a transaction, and with an end of each statement that may
 * take time.
 * @param ended called after each statement, which is over when it resolves
 */
export function dialectOf(
  database: SqliteDatabase,
  ended: () => Promise<void> | undefined,
): SqliteDialect {
  return new TransactionalDialect(database, ended);
}

class TransactionalDialect extends SqliteDialect {
  readonly #driver: () => Driver;

  constructor(database: SqliteDatabase, ended: () => Promise<void> | undefined) {
    super({ database });
    this.#driver = () => new AwaitingDriver(database, ended);
  }

  override createDriver(): Driver {
    return this.#driver();
  }

  override createAdapter(): DialectAdapter {
    return new TransactionalAdapter();
  }
}

class TransactionalAdapter extends SqliteAdapter {
  // SQLite rolls schema changes back like any other (https://www.sqlite.org/lang_transaction.html).
  // The query builder says otherwise, and would leave half of a failed migration behind.
  override get supportsTransactionalDdl(): true {
    return true;
  }
}

class AwaitingDriver extends SqliteDriver {
  readonly #ended: () => Promise<void> | undefined;
  #connection: DatabaseConnection | undefined;

  constructor(database: SqliteDatabase, ended: () => Promise<void> | undefined) {
    super({ database });
    this.#ended = ended;
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    this.#connection ??= awaiting(await super.acquireConnection(), this.#ended);
    return this.#connection;
  }
}

function awaiting(
  inner: DatabaseConnection,
  ended: () => Promise<void> | undefined,
): DatabaseConnection {
  return {
    async executeQuery<Row>(query: CompiledQuery) {
      const result = await inner.executeQuery<Row>(query);
      await ended();
      return result;
    },
    streamQuery: (query, chunkSize) => inner.streamQuery(query, chunkSize),
  };
}
