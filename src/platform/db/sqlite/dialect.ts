// Owns the small differences to the query builder's own dialect of SQLite.
// It opens nothing: that is open.ts.

import { type DialectAdapter, SqliteAdapter, SqliteDialect } from 'kysely';

/** The query builder's SQLite dialect, with migrations inside a transaction. */
export class TransactionalSqliteDialect extends SqliteDialect {
  override createAdapter(): DialectAdapter {
    return new TransactionalSqliteAdapter();
  }
}

class TransactionalSqliteAdapter extends SqliteAdapter {
  // SQLite rolls schema changes back like any other (https://www.sqlite.org/lang_transaction.html).
  // The query builder says otherwise, and would leave half of a failed migration behind.
  override get supportsTransactionalDdl(): true {
    return true;
  }
}
