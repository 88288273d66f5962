// Owns writing much: many rows by one statement; and, for what can be had again, transactions that do not each wait for
// the disk.

import {
  CompiledQuery,
  type Insertable,
  type InsertQueryBuilder,
  type InsertResult,
  sql,
} from 'kysely';
import type { Db, Tables, Transaction } from './db.ts';

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

/** A dialect binds so many values to one statement (SQLite: 32,766). */
const valuesPerStatement = 12_000;

/**
 * Inserts rows by as few statements as there can be. The query builder makes a tree of every value, which takes longer
 * than the insert itself: so it makes each statement once, and the values are given to it again and again.
 * @param rows all with the same columns, in the same order
 * @param refine what else belongs to the statement; the same for the same table, whatever the rows are
 */
export async function insertRows<Table extends keyof Tables & string>(
  trx: Transaction,
  table: Table,
  rows: readonly Insertable<Tables[Table]>[],
  refine: (insert: Insert<Table>) => Insert<Table> = (insert) => insert,
): Promise<void> {
  const columns = Object.keys(rows[0] ?? {}) as (keyof Insertable<Tables[Table]>)[];
  const most = Math.floor(valuesPerStatement / columns.length);
  for (let at = 0; at < rows.length; at += most) {
    const some = rows.slice(at, at + most);
    const shape = `${table} ${columns.join(' ')} ${some.length}`;
    const text = statements.get(shape) ?? refine(insertOf(trx, table, some)).compile().sql;
    statements.delete(shape);
    statements.set(shape, text);
    if (statements.size > statementsKept) statements.delete(statements.keys().next().value ?? '');
    const values = some.flatMap((row) => columns.map((column) => row[column]));
    await trx.executeQuery(CompiledQuery.raw(text, values));
  }
}

function insertOf<Table extends keyof Tables & string>(
  trx: Transaction,
  table: Table,
  rows: readonly object[],
): Insert<Table> {
  return (trx.insertInto(table) as Insert<Table>).values(rows as never);
}

type Insert<Table extends keyof Tables & string> = InsertQueryBuilder<Tables, Table, InsertResult>;

/** Texts by table, columns and number of rows; the oldest is let go first. */
const statements = new Map<string, string>();
const statementsKept = 100;
