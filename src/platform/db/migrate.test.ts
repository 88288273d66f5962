// Proves that migrations run once, in order, all or none.

import { type Kysely, sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import type { Store } from './db.ts';
import { mergeMigrations, type Migrations, migrateToLatest } from './migrate.ts';
import { openStore } from './sqlite/open.ts';

const makeOne: Migrations = {
  '2000-01-01-a-1': {
    up: async (db) => void (await sql`create table one (n integer)`.execute(db)),
  },
};

async function openEmpty(): Promise<Store> {
  return openStore({ file: ':memory:', keyHex: '0f'.repeat(32), migrations: {} });
}

async function tablesOf(store: Store): Promise<string[]> {
  return (await store.db.introspection.getTables()).map((table) => table.name).sort();
}

describe('migrateToLatest', () => {
  it('runs what is new in the order of names, and nothing twice', async () => {
    const store = await openEmpty();
    const ran: string[] = [];
    const note = (name: string) => ({ up: async () => void ran.push(name) });
    await migrateToLatest(store.db, { 'b-2': note('b-2'), 'a-1': note('a-1') });
    await migrateToLatest(store.db, { 'a-1': note('a-1'), 'b-2': note('b-2'), 'c-3': note('c-3') });
    expect(ran).toEqual(['a-1', 'b-2', 'c-3']);
    await store.close();
  });

  it('leaves the store as it was when one fails, the earlier ones of the run too', async () => {
    const store = await openEmpty();
    const failing: Migrations = {
      ...makeOne,
      '2000-01-02-b-1': {
        up: async (db) => {
          await sql`create table two (n integer)`.execute(db);
          throw new Error('half way');
        },
      },
    };
    await expect(migrateToLatest(store.db, failing)).rejects.toThrow('half way');
    expect(await tablesOf(store)).toEqual([]);
    await migrateToLatest(store.db, makeOne);
    expect(await tablesOf(store)).toEqual(['one']);
    await store.close();
  });

  it('takes a folder’s migration that sorts before one already run', async () => {
    const store = await openEmpty();
    await migrateToLatest(store.db, { 'z-1': { up: async () => {} } });
    await migrateToLatest(store.db, { 'z-1': { up: async () => {} }, ...makeOne });
    expect(await tablesOf(store)).toEqual(['one']);
    await store.close();
  });

  it('refuses a store with a migration that it does not know', async () => {
    const store = await openEmpty();
    await migrateToLatest(store.db, makeOne);
    await expect(migrateToLatest(store.db, {})).rejects.toMatchObject({ code: 'store.newer' });
    const rows = (store.db as unknown as Kysely<{ one: { n: number } }>).selectFrom('one');
    expect(await rows.selectAll().execute()).toEqual([]);
    await store.close();
  });
});

describe('mergeMigrations', () => {
  it('refuses one name in two folders', () => {
    expect(() => mergeMigrations(makeOne, makeOne)).toThrow('2000-01-01-a-1');
  });
});
