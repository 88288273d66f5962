// Owns opening a data directory's keychain and, by it, the database: at the first start, of a store from before there was
// a keychain, and after an exchange of keys that was cut off.

import { randomBytes } from 'node:crypto';
import { existsSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Store } from '../db/db.ts';
import type { Migrations } from '../db/migrate.ts';
import { upgradeCopies } from '../db/before-upgrade.ts';
import { openStore } from '../db/sqlite/open.ts';
import { removeDatabase } from '../db/sqlite/raw.ts';
import { renameDurably } from '../durable.ts';
import { ChartfoldError, isChartfoldError } from '../errors.ts';
import { deriveKeys } from '../seal.ts';
import {
  type Keychain,
  keychainFile,
  newKeychain,
  readKeychain,
  writeKeychain,
} from './keychain.ts';

export type KeyedStore = {
  readonly store: Store;
  readonly keychain: Keychain;
  /** The root key that opened it, of those that were given. */
  readonly root: Uint8Array;
};

/** Where the database of a data directory lies. */
export function databaseFile(dataDir: string): string {
  return join(dataDir, 'chartfold.sqlite');
}

/** Whether there is a database: an empty file is none. */
export function isStoreThere(databaseFile: string): boolean {
  try {
    return (statSync(databaseFile, { throwIfNoEntry: false })?.size ?? 0) > 0;
  } catch {
    return true; // Its folder cannot be entered, which is said when it is opened.
  }
}

/** Where its copy under a new key is made. */
export function nextDatabaseFile(dataDir: string): string {
  return `${databaseFile(dataDir)}.next`;
}

/**
 * Opens the store of a data directory, or begins one, and settles what an exchange of keys left open.
 * @param roots the root keys that may fit; a new store takes the first
 * @throws store.wrong_key, and whatever `openStore` throws
 */
export async function openKeyedStore(options: {
  dataDir: string;
  roots: readonly Uint8Array[];
  migrations: Migrations;
}): Promise<KeyedStore> {
  const { dataDir, roots, migrations } = options;
  const file = databaseFile(dataDir);
  const found = findKeychain(dataDir, roots);
  const opened = await openWithEither(file, found, migrations);
  settle(dataDir, found, opened.keychain);
  return { ...opened, root: found.root };
}

/** Where a keychain was found. A first one counts only when the database is there, or it would remember a lost record. */
type Found = {
  readonly keychain: Keychain;
  readonly root: Uint8Array;
  readonly from: 'file' | 'first' | 'derived';
};

function findKeychain(dataDir: string, roots: readonly Uint8Array[]): Found {
  const file = keychainFile(dataDir);
  if (existsSync(file)) return { ...readKeychain(file, roots), from: 'file' };
  const [root] = roots;
  if (!root) throw new ChartfoldError('store.bad_key_format');
  const first = firstKeychainFile(dataDir);
  if (isStoreThere(databaseFile(dataDir))) {
    if (existsSync(first)) return { ...readKeychain(first, roots), from: 'first' };
    const recovery = new Uint8Array(randomBytes(32));
    const keychain = { ...deriveKeys(root), nextDatabase: null, recovery };
    return { keychain, root, from: 'derived' };
  }
  const keychain = newKeychain();
  beginKeychain(dataDir, keychain, root);
  return { keychain, root, from: 'first' };
}

/** Where the keychain of a new store lies until its database is there. */
export function firstKeychainFile(dataDir: string): string {
  return `${keychainFile(dataDir)}.first`;
}

/** Writes the keychain of a store whose database comes next; it counts when that is there. */
export function beginKeychain(dataDir: string, keychain: Keychain, root: Uint8Array): void {
  writeKeychain(firstKeychainFile(dataDir), keychain, root);
}

async function openWithEither(
  file: string,
  { keychain, from }: Found,
  migrations: Migrations,
): Promise<Pick<KeyedStore, 'store' | 'keychain'>> {
  const { database, nextDatabase, ...others } = keychain;
  const keys = nextDatabase === null ? [database] : [database, nextDatabase];
  for (const keyHex of keys) {
    try {
      const store = await openStore({ file, keyHex, migrations });
      return { store, keychain: { ...others, database: keyHex, nextDatabase: null } };
    } catch (error) {
      // To the cipher a wrong key and a damaged first page look alike. What the keychain says is right; what is derived
      // from the root key was never written down, and the root key may be another's.
      if (!isChartfoldError(error, 'store.corrupt')) throw error;
      if (from === 'derived' && isUnreadable(error))
        throw new ChartfoldError('store.wrong_key', { detail: file, cause: error });
      if (keyHex === keys.at(-1) || !isUnreadable(error)) throw error;
    }
  }
  throw new ChartfoldError('store.corrupt', { detail: file });
}

function isUnreadable({ cause }: ChartfoldError): boolean {
  return (cause as NodeJS.ErrnoException | undefined)?.code === 'SQLITE_NOTADB';
}

function settle(dataDir: string, found: Found, keychain: Keychain): void {
  const file = keychainFile(dataDir);
  // What opens with the old key alone goes before that key is forgotten, or nothing would tell that it is there.
  if (found.keychain.nextDatabase === keychain.database)
    rmSync(upgradeCopies(databaseFile(dataDir)), { recursive: true, force: true });
  if (found.from === 'first') renameDurably(firstKeychainFile(dataDir), file);
  if (found.from === 'derived' || found.keychain.nextDatabase !== null)
    writeKeychain(file, keychain, found.root);
  // Of an exchange that was cut off before its end.
  removeDatabase(nextDatabaseFile(dataDir));
  // By it the key was known again before there was a keychain.
  if (found.from === 'derived') rmSync(`${databaseFile(dataDir)}.key-check`, { force: true });
}
