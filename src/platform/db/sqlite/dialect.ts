// Owns what the program must know of SQLite, and the small differences to the query builder's own dialect.
// It opens nothing: that is open.ts.

import { type DialectAdapter, SqliteAdapter, SqliteDialect } from 'kysely';
import type { DbDialect } from '../dialect.ts';

export const sqliteDialect: DbDialect = {
  name: 'sqlite',
  // SQLITE_MAX_VARIABLE_NUMBER since 3.32: https://www.sqlite.org/limits.html#max_variable_number
  maxParameters: 32_766,
  supportsManyProcesses: false,
};

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
