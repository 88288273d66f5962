// Owns the statements that the query builder runs: kept compiled, their errors told as the store's, and the end of what
// has written.

import type Database from 'better-sqlite3-multiple-ciphers';
import type { SqliteDatabase, SqliteStatement } from 'kysely';
import { asStoreError } from '../store-error.ts';

const statementsKept = 200;

export type Statements = {
  readonly database: SqliteDatabase;
  /** To be called after each statement. */
  ended(): Promise<void> | undefined;
};

/**
 * The database with its compiled statements kept by their text, the oldest let go first: the query
 * builder prepares anew for each call, and a bulk insert's text is long. None is handed out while it
 * is being read from: the query builder lends its one connection to one reader at a time.
 * @param committed what belongs to the end of each transaction that may have written, and of a statement by itself
 */
export function statementsOf(raw: Database.Database, committed: () => Promise<void>): Statements {
  const kept = new Map<string, SqliteStatement>();
  let hasWritten = false;
  const statementOf = (sql: string): SqliteStatement => {
    if (sql === 'rollback')
      return rollback(raw, () => {
        hasWritten = false;
      });
    const statement = raw.prepare(sql);
    return forBuilder(statement, () => {
      hasWritten ||= !statement.readonly;
    });
  };
  const prepare = (sql: string): SqliteStatement => {
    const statement = kept.get(sql) ?? statementOf(sql);
    kept.delete(sql);
    kept.set(sql, statement);
    if (kept.size > statementsKept) {
      const oldest = kept.keys().next().value;
      if (oldest !== undefined) kept.delete(oldest);
    }
    return statement;
  };
  return {
    database: {
      close: () => {
        kept.clear();
        raw.close();
      },
      prepare: (sql) => told(() => prepare(sql)),
    },
    ended() {
      if (!hasWritten || raw.inTransaction) return;
      hasWritten = false;
      return committed();
    },
  };
}

/**
 * SQLite ends a transaction itself where the disk is full (https://www.sqlite.org/lang_transaction.html), and would
 * refuse the builder's own rollback: the error that is told must be the first.
 */
function rollback(raw: Database.Database, ran: () => void): SqliteStatement {
  const statement = forBuilder(raw.prepare('rollback'), ran);
  const done = { changes: 0, lastInsertRowid: 0 };
  return { ...statement, run: (of) => (raw.inTransaction ? statement.run(of) : done) };
}

function forBuilder(statement: Database.Statement, ran: () => void): SqliteStatement {
  const run = <T>(work: () => T): T => {
    ran();
    return told(work);
  };
  return {
    reader: statement.reader,
    all: (parameters) => run(() => statement.all(parameters)),
    run: (parameters) => run(() => statement.run(parameters)),
    iterate: (parameters) => statement.iterate(parameters),
  };
}

function told<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw asStoreError(error);
  }
}
