// Proves that what is written waits for the disk and that the loop does not, and that a log that begins anew loses nothing
// wherever the power is cut.

import fs, { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bulkTransaction } from '../bulk.ts';
import type { Db, Store } from '../db.ts';
import { openStore } from './open.ts';
import { logOf } from './log.ts';
import { faultsIn, openRaw } from './raw.ts';

const keyHex = 'd5'.repeat(32);
const real = fs.fdatasync;
let dir: string;
let file: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'chartfold-log-'));
  file = join(dir, 'store.sqlite');
});
afterEach(() => {
  diskIs(real);
  rmSync(dir, { recursive: true });
});

/** Another disk from here on: waiting for it is what a test can see of it. */
function diskIs(wait: (handle: number, done: (error: Error | null) => void) => void): void {
  fs.fdatasync = wait as typeof fs.fdatasync;
  syncBuiltinESMExports();
}

describe('what is written', () => {
  let store: Store;
  let waits: number;
  beforeEach(async () => {
    const migrations = {
      '2000-01-01-a-1': {
        up: (db: Db) => db.schema.createTable('note').addColumn('text', 'text').execute(),
      },
    };
    store = await openStore({ file, keyHex, migrations });
    waits = 0;
    diskIs((handle, done) => {
      waits += 1;
      real(handle, done);
    });
  });
  afterEach(() => store.close());

  const write = (db: Db) => sql`insert into note values ('x')`.execute(db);
  const read = (db: Db) => sql`select * from note`.execute(db);
  const waited = async (work: () => Promise<unknown>) => {
    const before = waits;
    await work();
    return waits - before;
  };

  it('waits once for each statement by itself and for each transaction, and reading never does', async () => {
    const { db } = store;
    expect(await waited(() => write(db))).toBe(1);
    const twice = () =>
      db.transaction().execute(async (trx) => {
        await write(trx);
        await write(trx);
        expect(waits).toBe(1);
      });
    expect(await waited(twice)).toBe(1);
    expect(await waited(() => read(db))).toBe(0);
    expect(await waited(() => db.transaction().execute((trx) => read(trx)))).toBe(0);
    const undone = () =>
      db.transaction().execute(async (trx) => {
        await write(trx);
        throw new Error('undo');
      });
    expect(await waited(() => undone().catch(() => read(db)))).toBe(0);
    const returning = () => sql`insert into note values ('y') returning text`.execute(db);
    expect(await waited(returning)).toBe(1);
  });

  it('does not wait where it can be had again', async () => {
    expect(await waited(() => bulkTransaction(store.db, write))).toBe(0);
    expect(await waited(() => write(store.db))).toBe(1);
  });

  it('waits where work that can be had again has begun it and is over', async () => {
    let later: Promise<unknown> = Promise.resolve();
    const begun = () =>
      bulkTransaction(store.db, async (trx) => {
        // As a job is that is put in a transaction: it gets the connection after it.
        later = write(store.db);
        await write(trx);
      });
    const both = async () => {
      await begun();
      await later;
    };
    expect(await waited(both)).toBe(1);
  });

  it('is not said to be written before the disk has it, and the loop goes on meanwhile', async () => {
    const { promise: asked, resolve: ask } = Promise.withResolvers<() => void>();
    diskIs((_handle, done) => ask(() => done(null)));
    let isWritten = false;
    const written = write(store.db).then(() => {
      isWritten = true;
    });
    const reach = await asked;
    for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
    expect(isWritten).toBe(false);
    reach();
    await written;
  });

  it('is told as not written where the disk refuses', async () => {
    diskIs((_handle, done) => done(Object.assign(new Error('no room'), { code: 'ENOSPC' })));
    await expect(write(store.db)).rejects.toMatchObject({ code: 'store.disk_full' });
    await expect(store.db.transaction().execute(write)).rejects.toMatchObject({
      code: 'store.disk_full',
    });
  });
});

describe('a log that begins anew', () => {
  const headerBytes = 32;
  const frameBytes = 24 + 8192;

  it('is whole wherever the power is cut', async () => {
    const writer = openRaw(file, keyHex);
    writer.pragma('page_size=8192');
    writer.pragma('journal_mode=WAL');
    writer.exec('create table note (n integer, filler blob)');
    const insert = writer.prepare('insert into note values (?, randomblob(3000))');
    for (let n = 0; n < 50; n += 1) insert.run(n);
    writer.pragma('wal_checkpoint(PASSIVE)');
    copyFileSync(file, join(dir, 'base'));
    const before = readFileSync(`${file}-wal`);
    const log = logOf(writer, file);
    await log.beginAnew();
    const after = readFileSync(`${file}-wal`);

    expect(after.length).toBe(before.length);
    expect(after.subarray(0, headerBytes)).not.toEqual(before.subarray(0, headerBytes));
    const end = headerBytes + frameBytes;
    expect(after.subarray(end).equals(before.subarray(end))).toBe(true);
    for (const header of [before, after])
      for (const frame of [before, after, Buffer.alloc(after.length)])
        expect(heldAfterCut([header, frame, before])).toEqual({ rows: 50, faults: [] });
    await log.close();
    writer.close();
  });

  /** The store as it is found when of each part of the log the one or the other had reached the disk. */
  function heldAfterCut([header, frame, rest]: [Buffer, Buffer, Buffer]): object {
    const cut = join(dir, 'cut');
    for (const suffix of ['-wal', '-shm']) rmSync(`${cut}${suffix}`, { force: true });
    copyFileSync(join(dir, 'base'), cut);
    const end = headerBytes + frameBytes;
    writeFileSync(
      `${cut}-wal`,
      Buffer.concat([
        header.subarray(0, headerBytes),
        frame.subarray(headerBytes, end),
        rest.subarray(end),
      ]),
    );
    const found = openRaw(cut, keyHex);
    const { rows } = found.prepare('select count(*) as rows from note').get() as { rows: number };
    const faults = faultsIn(found);
    found.close();
    return { rows, faults };
  }
});
