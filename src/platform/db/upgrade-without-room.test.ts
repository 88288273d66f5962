// Proves what a full disk does to a store that is to be brought to a new form: it is told, the old file stays byte for byte,
// and the same upgrade is done when there is room again.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SmallDisk, smallDisk } from '../../../e2e/support/small-disk.ts';
import { appliedMigrations, type Migrations } from './migrate.ts';
import { openStore } from './sqlite/open.ts';

const keyHex = 'a3'.repeat(32);
const MB = 1 << 20;
const old: Migrations = {
  '2000-01-01-a-1': {
    up: async (db) => {
      await db.schema.createTable('note').addColumn('text', 'blob').execute();
      for (let n = 0; n < 10; n += 1)
        await sql`insert into note values (randomblob(100000))`.execute(db);
    },
  },
};
const grown: Migrations = {
  ...old,
  '2000-01-02-a-2': {
    up: async (db) => {
      for (let n = 0; n < 5; n += 1)
        await sql`insert into note select text from note limit 10`.execute(db);
    },
  },
};

let disk: SmallDisk;
let file: string;
beforeEach(() => {
  disk = smallDisk(20);
  file = join(disk.path, 'store.sqlite');
});
afterEach(() => disk.remove());

const open = (migrations: Migrations | null) => openStore({ file, keyHex, migrations });

/** What is whole and how much of it: looked at without bringing it to any form. */
async function held() {
  const store = await open(null);
  try {
    const { rows } = await sql<{ n: number }>`select count(*) as n from note`.execute(store.db);
    return {
      faults: await store.integrity(),
      migrations: await appliedMigrations(store.db),
      notes: rows[0]?.n,
    };
  } finally {
    await store.close();
  }
}

describe('a store that is brought to a new form on a full disk', () => {
  it.for([
    ['for the copy before it', 0.5 * MB, []],
    ['in the middle of it', 3 * MB, ['2000-01-01-a-1.sqlite']],
  ] as const)('without room %s is as it was, byte for byte', async ([, room, copies], context) => {
    disk.needed(context);
    await (await open(old)).close();
    const before = readFileSync(file);
    disk.fillBut(room);
    await expect(open(grown)).rejects.toMatchObject({ code: 'store.disk_full' });
    expect(readdirSync(join(disk.path, 'before-upgrade'))).toEqual(copies);
    expect(readdirSync(disk.path).sort()).toEqual(['before-upgrade', 'filler', 'store.sqlite']);
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(await held()).toEqual({ faults: [], migrations: Object.keys(old), notes: 10 });
    disk.free();
    await (await open(grown)).close();
    expect(await held()).toEqual({ faults: [], migrations: Object.keys(grown), notes: 60 });
  });
});
