// Proves the exchange of keys with real processes that die after each step on the disk: the data opens with exactly one
// of the old and the new key, and everything is there.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRaw } from '../db/sqlite/raw.ts';
import { keychainFile, readKeychain } from './keychain.ts';
import { databaseFile, openKeyedStore } from './open-keyed.ts';
import { rotateDatabase, rotateRoot } from './rotate.ts';
import { parseSecret, plainSecret } from './secret-text.ts';
import { addNotes, notesIn, noteMigrations as migrations } from './test-aids.ts';

const TEXTS = Array.from({ length: 300 }, (_, n) => `note ${n} ${'x'.repeat(200)}`);
const OLD = new Uint8Array(32).fill(1);

let directory: string;
let dataDir: string;
let secretFile: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'chartfold-rotate-'));
  dataDir = join(directory, 'data');
  secretFile = join(directory, 'secret');
});
afterEach(() => rmSync(directory, { recursive: true }));

async function begin(): Promise<void> {
  rmSync(dataDir, { recursive: true, force: true });
  mkdirSync(dataDir, { mode: 0o700 });
  writeFileSync(secretFile, plainSecret([OLD]));
  const { store } = await openKeyedStore({ dataDir, roots: [OLD], migrations });
  await addNotes(store.db, TEXTS);
  await store.close();
}

const rootsKept = () => {
  const secret = parseSecret(readFileSync(secretFile, 'utf8'));
  return 'roots' in secret ? secret.roots : [];
};

/** Exchanges in a process of its own, which dies after the n-th step. @returns whether it came so far */
async function dieAfter(what: 'root' | 'database', n: number): Promise<boolean> {
  const program = join(import.meta.dirname, 'kill.fixture.ts');
  const child = spawn(process.execPath, [program, what, dataDir, secretFile, String(n)], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  expect(signal === 'SIGKILL' || code === 0).toBe(true);
  return signal === 'SIGKILL';
}

const opening = (roots: readonly Uint8Array[]) => {
  try {
    return readKeychain(keychainFile(dataDir), roots).keychain;
  } catch {
    return null; // Not with these.
  }
};

const opensWith = (keyHex: string) => {
  try {
    openRaw(databaseFile(dataDir), keyHex).close();
    return true;
  } catch {
    return false; // Not with this one.
  }
};

async function expectAllThere(): Promise<void> {
  const { store, keychain } = await openKeyedStore({ dataDir, roots: rootsKept(), migrations });
  expect(await notesIn(store.db)).toEqual(TEXTS);
  expect(await store.integrity()).toEqual([]);
  await store.close();
  expect(keychain.nextDatabase).toBeNull();
  expect(readdirSync(dataDir).filter((name) => name.includes('.next'))).toEqual([]);
}

describe('an exchange that dies after each step', () => {
  it('of the root key leaves a keychain that opens with exactly one of old and new', async () => {
    const outcomes = new Set<string>();
    let n = 1;
    for (; ; n += 1) {
      await begin();
      const died = await dieAfter('root', n);
      const opened = rootsKept().map((root) => opening([root]) !== null);
      expect(opened.filter(Boolean), `step ${n}`).toHaveLength(1);
      outcomes.add(opening([OLD]) ? 'old' : 'new');
      await expectAllThere();
      if (!died) break;
    }
    expect(n).toBeGreaterThan(12);
    expect(outcomes).toEqual(new Set(['old', 'new']));
    expect(opening([OLD])).toBeNull();
  }, 120_000);

  it('of the database’s key leaves a database that opens with exactly one of old and new', async () => {
    const outcomes = new Set<string>();
    let n = 1;
    for (; ; n += 1) {
      await begin();
      const old = opening([OLD])?.database ?? '';
      mkdirSync(join(dataDir, 'before-upgrade'));
      writeFileSync(join(dataDir, 'before-upgrade', 'a.sqlite'), 'opens with the old key');
      const died = await dieAfter('database', n);
      const { database, nextDatabase } = opening([OLD]) ?? { database: '', nextDatabase: null };
      const keys = [...new Set([old, database, nextDatabase ?? old])];
      expect(keys.filter(opensWith), `step ${n}`).toHaveLength(1);
      outcomes.add(opensWith(old) ? 'old' : 'new');
      await expectAllThere();
      // What the old key opens goes with it, whoever was cut off.
      expect(readdirSync(dataDir).includes('before-upgrade'), `step ${n}`).toBe(opensWith(old));
      if (!died) break;
    }
    expect(n).toBeGreaterThan(12);
    expect(outcomes).toEqual(new Set(['old', 'new']));
  }, 120_000);
});

describe('an exchange', () => {
  it('of the root key keeps the data’s keys, and of the database’s key the others', async () => {
    await begin();
    const before = opening([OLD]);
    const saved: (readonly Uint8Array[])[] = [];
    await rotateRoot({ dataDir, roots: [OLD], save: (roots) => void saved.push(roots) });
    const [fresh] = saved.at(-1) ?? [];
    if (!fresh) throw new Error('no root key was saved');
    expect(saved).toEqual([[fresh, OLD], [fresh]]);
    expect(opening([fresh])).toEqual(before);
    await rotateDatabase({ dataDir, roots: [fresh], migrations });
    const after = opening([fresh]);
    expect(after?.database).not.toBe(before?.database);
    expect({ ...after, database: '' }).toEqual({ ...before, database: '' });
  });

  it('of the database’s key takes the copies with it that open with the old one', async () => {
    await begin();
    const more = { ...migrations, '2000-01-02-more-1': { up: async () => undefined } };
    const { store } = await openKeyedStore({ dataDir, roots: [OLD], migrations: more });
    await store.close();
    expect(readdirSync(dataDir)).toContain('before-upgrade');
    await rotateDatabase({ dataDir, roots: [OLD], migrations: more });
    expect(readdirSync(dataDir).sort()).toEqual(['chartfold.sqlite', 'keys']);
  });

  it('whose new root key cannot be kept changes nothing', async () => {
    await begin();
    const before = readFileSync(keychainFile(dataDir));
    const save = () => Promise.reject(new Error('read-only'));
    await expect(rotateRoot({ dataDir, roots: [OLD], save })).rejects.toThrow('read-only');
    expect(readFileSync(keychainFile(dataDir)).equals(before)).toBe(true);
  });
});
