// Proves the encrypted SQLite store: what lies on disk, and which keys and files are refused.

import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3-multiple-ciphers';
import type { Kysely } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Db } from '../db.ts';
import type { Migrations } from '../migrate.ts';
import { openStore } from './open.ts';

const key = 'a3'.repeat(32);
const sentinel = 'Sentinel-Hypercholesterolemia';

const migrations: Migrations = {
  '2000-01-01-test-1': {
    up: async (db) => {
      await db.schema.createTable('note').addColumn('text', 'text').execute();
    },
  },
};

let dir: string;
let file: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'chartfold-store-'));
  file = join(dir, 'chartfold.db');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function open(keyHex = key, of: Migrations = migrations) {
  return openStore({ file, keyHex, migrations: of });
}

function notes(db: Db): Kysely<{ note: { text: string } }> {
  return db as unknown as Kysely<{ note: { text: string } }>;
}

async function write(db: Db, text: string): Promise<void> {
  await notes(db).insertInto('note').values({ text }).execute();
}

async function read(db: Db): Promise<string[]> {
  return (await notes(db).selectFrom('note').select('text').execute()).map((row) => row.text);
}

/** Flips a bit of the file, or flips it back. */
function flip(at: number): void {
  const bytes = readFileSync(file);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  writeFileSync(file, bytes);
}

describe('the files on disk', () => {
  it('hold no plaintext, neither the database nor its write-ahead log', async () => {
    const store = await open();
    await write(store.db, sentinel);
    const log = readFileSync(`${file}-wal`);
    expect(log.length).toBeGreaterThan(0);
    expect(log.includes(sentinel)).toBe(false);
    await store.close();
    const bytes = readFileSync(file);
    expect(bytes.length).toBeGreaterThan(0);
    expect(bytes.includes(sentinel)).toBe(false);
    expect(bytes.includes('note')).toBe(false);
    expect(bytes.subarray(0, 15).toString('latin1')).not.toBe('SQLite format 3');
  });

  it('give back what was written when opened again with the same key', async () => {
    const first = await open();
    await write(first.db, sentinel);
    await first.close();
    const second = await open();
    expect(await read(second.db)).toEqual([sentinel]);
    expect(await second.integrity()).toEqual([]);
    await second.close();
  });
});

describe('a key', () => {
  it.each(['', 'abc', 'g'.repeat(64), `${'a'.repeat(63)}'`, 'A3'.repeat(32), 'a3'.repeat(33)])(
    'of the wrong form (%j) is refused before any file is made',
    async (bad) => {
      await expect(open(bad)).rejects.toMatchObject({ code: 'store.bad_key_format' });
      expect(() => statSync(file)).toThrow();
    },
  );

  it('that is not the one of the file is refused, and the file stays as it was', async () => {
    const store = await open();
    await write(store.db, sentinel);
    await store.close();
    const before = readFileSync(file);
    await expect(open('b4'.repeat(32))).rejects.toMatchObject({ code: 'store.corrupt' });
    expect(readFileSync(file).equals(before)).toBe(true);
  });
});

describe('a file', () => {
  it('in plaintext is refused', async () => {
    const plain = new Database(file);
    plain.exec('create table note (text text)');
    plain.close();
    await expect(open()).rejects.toMatchObject({ code: 'store.not_encrypted' });
  });

  it('with one flipped byte is reported as damaged', async () => {
    const store = await open();
    for (let n = 0; n < 200; n += 1) await write(store.db, `${sentinel} ${'x'.repeat(500)}`);
    await store.close();
    flip(Math.floor(statSync(file).size / 2));
    const damaged = await open();
    await expect(read(damaged.db)).rejects.toMatchObject({ code: 'store.corrupt' });
    expect(await damaged.integrity()).not.toEqual([]);
    await damaged.close();
  });

  it.each([17, 40, 100, 4000, 8100, 8200])(
    'with byte %i of its first pages flipped is reported as damaged',
    async (at) => {
      const store = await open();
      for (let n = 0; n < 20; n += 1) await write(store.db, `${sentinel} ${'x'.repeat(500)}`);
      await store.close();
      flip(at);
      const reading = async () => {
        const damaged = await open();
        await read(damaged.db).finally(() => damaged.close());
      };
      await expect(reading()).rejects.toMatchObject({ code: 'store.corrupt' });
    },
  );

  it('written by a newer program is refused by name of what is not known', async () => {
    const newer = { ...migrations, '2099-01-01-test-2': { up: async () => {} } };
    await (await open(key, newer)).close();
    await expect(open()).rejects.toMatchObject({
      code: 'store.newer',
      detail: '2099-01-01-test-2',
    });
  });
});

describe('the query builder over it', () => {
  it('keeps other work out of a transaction that is under way', async () => {
    const store = await open();
    const order: string[] = [];
    const slow = store.db.transaction().execute(async (trx) => {
      await write(trx, 'first');
      await write(trx, 'second');
      order.push('transaction');
    });
    const other = write(store.db, 'third').then(() => order.push('other'));
    await Promise.all([slow, other]);
    expect(order).toEqual(['transaction', 'other']);
    expect(await read(store.db)).toEqual(['first', 'second', 'third']);
    await store.close();
  });
});
