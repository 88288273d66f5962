// Owns a keyed connection to the encrypted file, bare: cipher and key, and the copies that are made through one. The store
// itself is open.ts.

import { closeSync, copyFileSync, openSync, rmSync } from 'node:fs';
import Database from 'better-sqlite3-multiple-ciphers';
import { syncPath } from '../../durable.ts';
import { ChartfoldError } from '../../errors.ts';
import { asStoreError } from '../store-error.ts';

/** Rows by table. */
export type Counts = Readonly<Record<string, number>>;

/** Opens a file with its key; the first read shows whether it fits. The caller closes it. */
export function openRaw(file: string, keyHex: string): Database.Database {
  const raw = new Database(file);
  try {
    useKey(raw, keyHex);
    raw.prepare('select count(*) from sqlite_master').get();
    return raw;
  } catch (error) {
    raw.close();
    throw error;
  }
}

/** Says cipher and key, before anything is read. */
export function useKey(raw: Database.Database, keyHex: string): void {
  // An empty key leaves the file in plaintext, a malformed one is taken as a passphrase: both silently.
  if (!/^[0-9a-f]{64}$/.test(keyHex)) throw new ChartfoldError('store.bad_key_format');
  raw.pragma("cipher='aegis'");
  raw.pragma(`key="raw:${keyHex}"`);
}

/**
 * Copies a database that nobody writes to, under another key, and checks the copy.
 * @throws store.corrupt where the copy does not hold what the file holds; store.disk_full, store.not_writable
 */
export function copyWithKey(from: string, to: string, keyHex: string, newKeyHex: string): void {
  removeDatabase(to);
  try {
    const counts = withRaw(from, keyHex, (raw) => {
      raw.pragma('wal_checkpoint(TRUNCATE)');
      return countRows(raw);
    });
    copyFileSync(from, to);
    withRaw(to, keyHex, (raw) => {
      // A file in WAL mode can't be given another key.
      raw.pragma('journal_mode=DELETE');
      raw.pragma(`rekey="raw:${newKeyHex}"`);
    });
    withRaw(to, newKeyHex, (raw) => {
      const faults = faultsIn(raw);
      if (faults.length > 0 || JSON.stringify(countRows(raw)) !== JSON.stringify(counts))
        throw new ChartfoldError('store.corrupt', { detail: faults[0] ?? 'rows are missing' });
    });
    syncPath(to);
  } catch (error) {
    removeDatabase(to);
    throw asStoreError(error, to);
  }
}

/**
 * Writes a consistent copy of a database in use, under the same key.
 * @throws store.disk_full, store.not_writable, store.corrupt
 */
export function copyInUse(from: string, to: string, keyHex: string): void {
  removeDatabase(to);
  // Made beforehand, so that it is never anybody else's to read.
  closeSync(openSync(to, 'wx', 0o600));
  try {
    withRaw(from, keyHex, (raw) => {
      raw.pragma('busy_timeout=5000');
      raw.prepare('vacuum into ?').run(to);
    });
  } catch (error) {
    removeDatabase(to);
    throw asStoreError(error, to);
  }
}

/** What is damaged, in the database's own words; empty when nothing is. */
export function faultsIn(raw: Database.Database): string[] {
  try {
    const rows = raw.prepare<[], { integrity_check: string }>('pragma integrity_check').all();
    const faults = rows.map((row) => row.integrity_check).filter((text) => text !== 'ok');
    const orphans = raw.prepare<[], { table: string }>('pragma foreign_key_check').all();
    return [...faults, ...orphans.map((row) => `${row.table}: a row points to nothing`)];
  } catch (error) {
    const told = asStoreError(error);
    if (told === error) throw error;
    return [error instanceof Error ? error.message : String(error)];
  }
}

/** Every table with its number of rows, in the order of names. */
export function countRows(raw: Database.Database): Counts {
  const names = raw
    .prepare<[], { name: string }>(
      "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' order by name",
    )
    .all();
  return Object.fromEntries(
    names.map(({ name }) => {
      const row = raw.prepare<[], { n: number }>(`select count(*) as n from "${name}"`).get();
      return [name, row?.n ?? 0];
    }),
  );
}

/** Removes a database with what SQLite keeps beside it. */
export function removeDatabase(file: string): void {
  for (const end of ['', '-wal', '-shm', '-journal']) rmSync(`${file}${end}`, { force: true });
}

function withRaw<T>(file: string, keyHex: string, use: (raw: Database.Database) => T): T {
  const raw = openRaw(file, keyHex);
  try {
    return use(raw);
  } finally {
    raw.close();
  }
}
