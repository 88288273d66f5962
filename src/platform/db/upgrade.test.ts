// Proves what becomes of a store when its tables are brought to a new form: a copy of before, and where it fails the old
// file byte for byte.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Kysely, sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Migrations } from './migrate.ts';
import { openStore } from './sqlite/open.ts';

const keyHex = 'a3'.repeat(32);
const first: Migrations = {
  '2000-01-01-a-1': {
    up: (db) => db.schema.createTable('note').addColumn('text', 'text').execute(),
  },
};
const failing: Migrations = {
  ...first,
  '2000-01-02-a-2': {
    up: async (db) => {
      await sql`insert into note select zeroblob(100000) from note`.execute(db);
      await db.schema.createTable('other').addColumn('n', 'integer').execute();
    },
  },
  '2000-01-03-a-3': { up: () => Promise.reject(new Error('half way')) },
};
const adding = (...names: string[]): Migrations => ({
  ...first,
  ...Object.fromEntries(names.map((name) => [name, { up: async () => undefined }])),
});

let dir: string;
let file: string;
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'chartfold-upgrade-'));
  file = join(dir, 'store.sqlite');
  const store = await open(first);
  const notes = store.db as unknown as Kysely<{ note: { text: string } }>;
  for (let n = 0; n < 50; n += 1)
    await notes
      .insertInto('note')
      .values({ text: `${n} ${'x'.repeat(1_000)}` })
      .execute();
  await store.close();
});
afterEach(() => rmSync(dir, { recursive: true }));

const open = (migrations: Migrations, of = file) => openStore({ file: of, keyHex, migrations });
const copies = () => readdirSync(join(dir, 'before-upgrade')).sort();

async function rowsOf(of: string, migrations: Migrations): Promise<number> {
  const store = await open(migrations, of);
  try {
    const { rows } = await sql<{ n: number }>`select count(*) as n from note`.execute(store.db);
    return rows[0]?.n ?? 0;
  } finally {
    await store.close();
  }
}

describe('a store that is brought to a new form', () => {
  it('is copied before, under its key, for its user alone', async () => {
    const before = readFileSync(file);
    await (await open(adding('2000-01-02-a-2'))).close();
    expect(copies()).toEqual(['2000-01-01-a-1.sqlite']);
    const copy = join(dir, 'before-upgrade', '2000-01-01-a-1.sqlite');
    expect(readFileSync(copy).equals(before)).toBe(true);
    expect(statSync(join(dir, 'before-upgrade')).mode & 0o777).toBe(0o700);
    expect(await rowsOf(copy, first)).toBe(50);
  });

  it('is not copied when it is new, nor when nothing has to be done', async () => {
    await (await open(first)).close();
    expect(readdirSync(dir)).toEqual(['store.sqlite']);
  });

  it('keeps the last two copies', async () => {
    const names = ['2000-01-02-a-2', '2000-01-03-a-3', '2000-01-04-a-4'];
    for (const n of [1, 2, 3]) await (await open(adding(...names.slice(0, n)))).close();
    expect(copies()).toEqual(['2000-01-02-a-2.sqlite', '2000-01-03-a-3.sqlite']);
  });

  it('is as it was, byte for byte, where that fails, and says which step and where the copy is', async () => {
    const before = readFileSync(file);
    await expect(open(failing)).rejects.toMatchObject({
      code: 'store.upgrade_failed',
      detail: `2000-01-03-a-3; a copy is kept at ${join(dir, 'before-upgrade', '2000-01-01-a-1.sqlite')}`,
    });
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(readdirSync(dir).sort()).toEqual(['before-upgrade', 'store.sqlite']);
    expect(await rowsOf(file, first)).toBe(50);
  });

  it('by a process that is killed after each step has its rows, in the old form or in the new', async () => {
    const whole = readFileSync(file);
    const program = join(import.meta.dirname, 'upgrade.fixture.ts');
    const counts: number[] = [];
    for (let ended = false, n = 1; !ended; n += 1) {
      for (const name of readdirSync(dir)) rmSync(join(dir, name), { recursive: true });
      writeFileSync(file, whole);
      const child = spawn(process.execPath, [program, file, keyHex, String(n)], {
        stdio: 'inherit',
      });
      const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
      expect(signal === 'SIGKILL' || code === 0).toBe(true);
      ended = code === 0;
      const store = await openStore({ file, keyHex, migrations: null });
      expect(await store.integrity(), `step ${n}`).toEqual([]);
      await store.close();
      counts.push(await rowsOf(file, adding('2000-01-02-a-2', '2000-01-03-a-3')));
    }
    // Eight statements, and the copy before them.
    expect(counts.length).toBeGreaterThan(10);
    expect(new Set(counts)).toEqual(new Set([50, 370]));
  }, 60_000);
});
