// Owns much at once: many values to look for, many rows to write by few statements; and, for what can be had again,
// transactions that do not each wait for the disk.

import {
  CompiledQuery,
  type Insertable,
  type InsertQueryBuilder,
  type InsertResult,
  type RawBuilder,
  sql,
} from 'kysely';
import { ownTurn } from '../own-turn.ts';
import type { Db, Tables, Transaction } from './db.ts';
import { withoutWaiting } from './waits.ts';

/**
 * A transaction that survives the end of the process at once, and the end of the machine from the next ordinary
 * transaction on: each of those waits for the disk, and for all that was written before it. Where the machine loses
 * power sooner, the store is as it was before this one or an earlier one of its kind, whole. For what is fetched or made
 * again then: pages of a sync with their cursor, the chart.
 */
export function bulkTransaction<T>(db: Db, work: (trx: Transaction) => Promise<T>): Promise<T> {
  return db.connection().execute(async (one) => {
    // Else it would begin in the turn in which the transaction before it ended, and the loop would stand still for both.
    await ownTurn();
    return await withoutWaiting(() => one.transaction().execute(work));
  });
}

/**
 * Many values to look for, as one: `where('id', 'in', among(ids))`. A list of its own length each time would be a
 * statement of its own each time, made by the query builder value for value.
 * @see https://www.sqlite.org/json1.html#jeach
 */
export function among<Value extends string | number>(values: readonly Value[]): RawBuilder<Value> {
  return sql<Value>`(select value from json_each(${JSON.stringify(values)}))`;
}

/** Few sizes, so that there are few statements: one of hundreds of rows takes a megabyte while it is kept. */
const rowsPerStatement = [64, 16, 4, 1] as const;

/**
 * Inserts rows, many by one statement. The query builder makes a tree of every value, which takes longer
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
  let at = 0;
  for (const size of rowsPerStatement)
    for (; rows.length - at >= size; at += size) {
      const some = rows.slice(at, at + size);
      const shape = `${table} ${columns.join(' ')} ${size}`;
      const text = statements.get(shape) ?? refine(insertOf(trx, table, some)).compile().sql;
      statements.set(shape, text);
      const values = some.flatMap((row) => columns.map((column) => row[column]));
      // It would be bound as null.
      if (values.some((value) => value === undefined))
        throw new Error(`A row of ${table} lacks a column`);
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

/** Texts by table, columns and number of rows: as many as the program has inserts of many rows, four of each. */
const statements = new Map<string, string>();
