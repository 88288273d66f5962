// Proves that a full disk and one that may not be written are told as such, with real files and a real database.

import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Kysely, sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockDataDir } from './lock.ts';
import type { Migrations } from './migrate.ts';
import { openStore } from './sqlite/open.ts';

const migrations: Migrations = {
  '2000-01-01-test-1': {
    up: (db) => db.schema.createTable('note').addColumn('text', 'text').execute(),
  },
};
const mine = { pid: process.pid, address: 'http://localhost:4200' };
/** A device of Linux that takes no byte, as a full disk. */
const FULL = '/dev/full';
/** An account without rights, for where the tests run as root, whom no mode stops. */
const NOBODY = 65_534;

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'chartfold-disk-'));
});
afterEach(() => {
  chmodSync(dir, 0o700);
  rmSync(dir, { recursive: true });
});

const open = (file: string) => openStore({ file, keyHex: 'a3'.repeat(32), migrations });

/** Begins the work while nothing may be written below `dir`. */
function whileReadOnly<T>(work: () => T): T {
  chmodSync(dir, 0o555);
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(NOBODY);
  try {
    return work();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

const expectRefused = (work: () => unknown, what: object) =>
  expect(work).toThrow(expect.objectContaining(what));

const WINDOWS = 'Windows knows no such permissions';

describe('a data directory that may not be written', () => {
  it('is told as such, by its name, when it is locked', async ({ skip }) => {
    skip(process.platform === 'win32', WINDOWS);
    expectRefused(() => whileReadOnly(() => lockDataDir(dir, mine)), {
      code: 'store.not_writable',
      detail: `${dir}: EACCES`,
    });
    chmodSync(dir, 0o700);
    mkdirSync(join(dir, 'run'), { mode: 0o555 });
    expectRefused(() => whileReadOnly(() => lockDataDir(dir, mine)), {
      code: 'store.not_writable',
    });
  });

  it('is told as such, by the file, when the store is made', async ({ skip }) => {
    skip(process.platform === 'win32', WINDOWS);
    const file = join(dir, 'store.sqlite');
    await expect(whileReadOnly(() => open(file))).rejects.toMatchObject({
      code: 'store.not_writable',
      detail: `${file}: SQLITE_CANTOPEN`,
    });
  });
});

describe('a full disk', () => {
  it('is told when the directory is locked, and nothing stays locked', async ({ skip }) => {
    skip(!existsSync(FULL), `this system has no ${FULL}`);
    mkdirSync(join(dir, 'run'));
    const holder = join(dir, 'run', 'holder.json');
    symlinkSync(FULL, holder);
    expectRefused(() => lockDataDir(dir, mine), {
      code: 'store.disk_full',
      detail: `${dir}: ENOSPC`,
    });
    rmSync(holder);
    lockDataDir(dir, mine).release();
  });

  it('in the middle of a transaction is what is told, and what was stored before is kept', async () => {
    const store = await open(join(dir, 'store.sqlite'));
    const notes = store.db as unknown as Kysely<{ note: { text: string } }>;
    const write = (db: typeof notes, text: string) =>
      db.insertInto('note').values({ text }).execute();
    await write(notes, 'before');
    await sql`pragma max_page_count = 20`.execute(store.db);
    const filling = notes.transaction().execute(async (trx) => {
      for (;;) await write(trx, 'x'.repeat(100_000));
    });
    await expect(filling).rejects.toMatchObject({ code: 'store.disk_full', detail: 'SQLITE_FULL' });
    await write(notes, 'after');
    expect(await notes.selectFrom('note').select('text').execute()).toEqual([
      { text: 'before' },
      { text: 'after' },
    ]);
    await store.close();
  });
});
