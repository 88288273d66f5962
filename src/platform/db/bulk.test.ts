// Proves that rows are written and values looked for in any number, as the query builder would do it, and that much at
// once does not hold the loop up.

import fc from 'fast-check';
import type { Kysely } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { among, bulkTransaction, insertRows } from './bulk.ts';
import type { Db, Store, Transaction } from './db.ts';
import { openStore } from './sqlite/open.ts';

type Row = { n: number; text: string | null; bytes: Uint8Array };

let store: Store;
beforeAll(async () => {
  store = await openStore({
    file: ':memory:',
    keyHex: 'b7'.repeat(32),
    migrations: {
      '2000-01-01-bulk-1': {
        up: (db) =>
          db.schema
            .createTable('bulk')
            .addColumn('n', 'integer', (c) => c.primaryKey())
            .addColumn('text', 'text')
            .addColumn('bytes', 'blob')
            .execute(),
      },
    },
  });
});
afterAll(() => store.close());

const table = () => store.db as unknown as Kysely<{ bulk: Row }>;
const insert = insertRows as unknown as (
  trx: Transaction,
  name: 'bulk',
  rows: readonly Row[],
  refine?: (of: never) => never,
) => Promise<void>;
const write = (rows: readonly Row[]) =>
  (store.db as Db).transaction().execute((trx) => insert(trx, 'bulk', rows));
const row = (n: number): Row => ({
  n,
  text: n % 3 ? `text ${n}` : null,
  bytes: Buffer.from([n % 256]),
});

describe('rows', () => {
  it.each([0, 1, 3, 4, 15, 63, 64, 65, 200, 213])(
    '%i of them are all written, each in its place',
    async (count) => {
      await table().deleteFrom('bulk').execute();
      const rows = Array.from({ length: count }, (_, n) => row(n));
      await write(rows);
      expect(await table().selectFrom('bulk').selectAll().orderBy('n').execute()).toEqual(rows);
    },
  );

  it('one of which can’t be written leave none, and say why', async () => {
    await table().deleteFrom('bulk').execute();
    await expect(write([row(1), row(2), row(1)])).rejects.toThrow(/UNIQUE/);
    await expect(write([row(1), { n: 2 } as Row])).rejects.toThrow();
    expect(await table().selectFrom('bulk').selectAll().execute()).toEqual([]);
  });
});

describe('values to look for', () => {
  it('are found whatever they hold', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.string({ unit: 'grapheme' })), async (texts) => {
        await table().deleteFrom('bulk').execute();
        await write(texts.map((text, n) => ({ ...row(n), text })));
        const wanted = texts.filter((_, n) => n % 2 === 0);
        const found = await table()
          .selectFrom('bulk')
          .select('text')
          .where('text', 'in', among(wanted))
          .orderBy('n')
          .execute();
        expect(found.map(({ text }) => text)).toEqual(wanted);
      }),
      { numRuns: 40 },
    );
  });
});

it('transactions that wait for one another share no turn of the loop', async () => {
  let turn = 0;
  let isOver = false;
  const count = () => {
    turn += 1;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  const ends: number[] = [];
  const begins: number[] = [];
  const one = () =>
    bulkTransaction(store.db, async (trx) => {
      begins.push(turn);
      await insert(trx, 'bulk', []);
      ends.push(turn);
    });
  await table().deleteFrom('bulk').execute();
  await Promise.all([one(), one(), one()]);
  isOver = true;
  expect(begins.slice(1).map((at, n) => at > (ends[n] ?? at))).toEqual([true, true]);
});
