// Owns the rule that one server process owns a data directory (law L10): an exclusive transaction
// held open on a file of its own. The operating system ends it with the process, however that ends.

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3-multiple-ciphers';
import { ChartfoldError } from '../errors.ts';
import { asStoreError, codeOf } from './store-error.ts';

/** Whoever takes a lock need not keep it: a connection that nothing refers to is closed, and its lock with it. */
const held = new Set<Database.Database>();

/** Who holds a data directory. */
type LockHolder = { readonly pid: number; readonly address: string };

/** A data directory that is ours until released. */
export type Lock = { release(): void };

/**
 * Takes the data directory for this process.
 *
 * @param dir the data directory; `run/lock.sqlite` and `run/holder.json` are made below it
 * @throws store.in_use naming the holder's process id and address; store.disk_full, store.not_writable
 */
export function lockDataDir(dir: string, holder: LockHolder): Lock {
  try {
    return take(dir, holder);
  } catch (error) {
    throw asStoreError(error, dir);
  }
}

function take(dir: string, holder: LockHolder): Lock {
  const run = join(dir, 'run');
  // Not `recursive`, which tells a read-only disk as a missing folder.
  if (!existsSync(run)) mkdirSync(run, { mode: 0o700 });
  const database = new Database(join(run, 'lock.sqlite'), { timeout: 0 });
  const file = join(run, 'holder.json');
  try {
    database.exec('begin exclusive');
    writeFileSync(file, JSON.stringify(holder), { mode: 0o600 });
  } catch (error) {
    database.close();
    if (codeOf(error) === 'SQLITE_BUSY') throw inUse(dir, error);
    throw error;
  }
  held.add(database);
  return {
    release() {
      if (!held.delete(database)) return;
      // First the name, then the lock: a next holder's name is never taken away.
      rmSync(file, { force: true });
      database.exec('rollback');
      database.close();
    },
  };
}

/** Who wrote their name beside the lock last; whether they still hold it, only taking it can tell. */
function readLockHolder(dir: string): LockHolder | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(join(dir, 'run', 'holder.json'), 'utf8'));
    if (typeof value !== 'object' || value === null) return undefined;
    const { pid, address } = value as Record<string, unknown>;
    return typeof pid === 'number' && typeof address === 'string' ? { pid, address } : undefined;
  } catch {
    // Absent, or caught in the middle of being written: the holder is not known.
    return undefined;
  }
}

function inUse(dir: string, cause: unknown): ChartfoldError {
  const other = readLockHolder(dir);
  const detail = other ? `process ${other.pid} at ${other.address}` : 'its holder is just starting';
  return new ChartfoldError('store.in_use', { detail, cause });
}
