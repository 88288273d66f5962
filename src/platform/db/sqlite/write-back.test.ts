// Proves that a log is written back beside the writer, loses nothing, and is gone when the store is closed.

import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { bulkTransaction } from '../bulk.ts';
import type { Store } from '../db.ts';
import type { Migrations } from '../migrate.ts';
import { openStore } from './open.ts';

const MB = 1 << 20;
const migrations: Migrations = {
  '2000-01-01-a-1': {
    up: (db) => db.schema.createTable('note').addColumn('text', 'blob').execute(),
  },
};

let dir: string;
let file: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'chartfold-write-back-'));
  file = join(dir, 'store.sqlite');
});
afterEach(() => rmSync(dir, { recursive: true }));

const open = () => openStore({ file, keyHex: 'c4'.repeat(32), migrations });
const write = ({ db }: Store, bytes: number) =>
  bulkTransaction(db, (trx) => sql`insert into note values (randomblob(${bytes}))`.execute(trx));
const held = async ({ db }: Store) =>
  (
    await sql<{ n: number; bytes: number }>`
      select count(*) as n, sum(length(text)) as bytes from note`.execute(db)
  ).rows[0];

it('a log that has grown is written back while the store is written to, and nothing is lost', async () => {
  const store = await open();
  store.workBeside();
  // Less than what the writer would write back itself, which is 64 MB.
  for (let n = 0; n < 48; n += 1) await write(store, MB);
  await expect.poll(() => statSync(file).size).toBeGreaterThan(8 * MB);
  expect(await held(store)).toEqual({ n: 48, bytes: 48 * MB });
  await store.close();
  expect(existsSync(`${file}-wal`)).toBe(false);

  const again = await open();
  expect(await held(again)).toEqual({ n: 48, bytes: 48 * MB });
  expect(await again.integrity()).toEqual([]);
  await again.close();
});

it('a log begins anew though its writer never stops', async () => {
  const store = await open();
  store.workBeside();
  let longest = 0;
  for (let n = 0; n < 160; n += 1) {
    // It waits for the disk, as the thread does: so neither leaves the other behind.
    await sql`insert into note values (randomblob(${MB}))`.execute(store.db);
    longest = Math.max(longest, statSync(`${file}-wal`).size);
  }
  // The writer would let it grow to 64 MB, and begin it anew itself.
  expect(longest).toBeLessThan(56 * MB);
  expect(await held(store)).toEqual({ n: 160, bytes: 160 * MB });
  expect(await store.integrity()).toEqual([]);
  await store.close();
});

it('a store that does not stay is written back by its writer alone', async () => {
  const store = await open();
  for (let n = 0; n < 16; n += 1) await write(store, MB);
  expect(statSync(file).size).toBeGreaterThan(4 * MB);
  await store.close();
});

it('one in memory has no log, and closes as ever', async () => {
  const store = await openStore({ file: ':memory:', keyHex: 'c4'.repeat(32), migrations });
  store.workBeside();
  await write(store, MB);
  await store.close();
});
