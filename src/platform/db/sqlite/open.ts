// Owns the opening of the encrypted SQLite file: key, cipher, pragmas, and the guards that keep a
// mistake from leaving plaintext on disk. It knows no table.

import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import Database from 'better-sqlite3-multiple-ciphers';
import { Kysely } from 'kysely';
import { ChartfoldError } from '../../errors.ts';
import type { Store, Tables } from '../db.ts';
import { copyBeforeUpgrade } from '../before-upgrade.ts';
import { type Migrations, migrateToLatest } from '../migrate.ts';
import { asStoreError } from '../store-error.ts';
import { mustWait } from '../waits.ts';
import { faultsIn, useKey } from './raw.ts';
import { dialectOf } from './dialect.ts';
import { logOf } from './log.ts';
import { statementsOf } from './statements.ts';
import { type WriteBack, writeBackBeside } from './write-back.ts';

/**
 * Opens the store, makes it when it is not there, and brings its tables up to date.
 *
 * @param options.file path of the database, or `:memory:` for a store that ends with the process
 * @param options.keyHex 256-bit key as 64 lower-case hexadecimal characters
 * @throws store.bad_key_format, store.not_encrypted, store.upgrade_failed, store.corrupt (a wrong key looks like it), store.newer,
 * store.disk_full, store.not_writable
 */
export async function openStore(options: Options): Promise<Store> {
  try {
    return await open(options);
  } catch (error) {
    throw asStoreError(error, options.file);
  }
}

type Options = {
  file: string;
  keyHex: string;
  /** Null to look at a store as it is. */
  migrations: Migrations | null;
};

async function open({ file, keyHex, migrations }: Options): Promise<Store> {
  // Before any file is made.
  if (!/^[0-9a-f]{64}$/.test(keyHex)) throw new ChartfoldError('store.bad_key_format');
  const inMemory = file === ':memory:';
  if (migrations && !inMemory) refusePlaintext(file);
  const raw = openEncrypted(file, keyHex, inMemory);
  // Gone through once, page after page: more of them in memory would be of no use.
  if (migrations === null) raw.pragma('cache_size=-4000');
  let beside: WriteBack | null = null;
  const log = logOf(raw, inMemory ? null : file);
  const { database, ended } = statementsOf(raw, async () => {
    beside?.committed();
    if (mustWait()) await log.saved().catch(rethrownAsStoreError);
  });
  const db = new Kysely<Tables>({ dialect: dialectOf(database, ended) });
  try {
    if (migrations) {
      await migrateToLatest(db, migrations, (lastMigration) => {
        if (inMemory) return null;
        raw.pragma('wal_checkpoint(TRUNCATE)');
        return copyBeforeUpgrade(file, lastMigration);
      });
    }
    if (migrations && !inMemory) {
      raw.pragma('wal_checkpoint(TRUNCATE)');
      refusePlaintext(file);
    }
  } catch (error) {
    raw.close();
    throw error;
  }
  return {
    db,
    workBeside: () => {
      if (inMemory) return;
      // Who has the one connection is alone with the store.
      beside ??= writeBackBeside(raw, log, { file, keyHex }, (work) =>
        db.connection().execute(work),
      );
    },
    close: async () => {
      await beside?.close();
      // The query builder closes only what it has used; closing twice does no harm.
      await db.destroy();
      raw.close();
      await log.close();
    },
    integrity: async () => faultsIn(raw),
  };
}

function openEncrypted(file: string, keyHex: string, inMemory: boolean): Database.Database {
  const raw = new Database(file);
  try {
    if (!inMemory) useKey(raw, keyHex);
    raw.pragma('page_size=8192');
    // The first read of the file: a wrong key shows here, as damage.
    raw.prepare('select count(*) from sqlite_master').get();
    raw.pragma('journal_mode=WAL');
    // A rotated refresh token must survive a power cut, so each commit waits for the disk: not here, but beside the loop.
    raw.pragma('synchronous=NORMAL');
    raw.pragma('foreign_keys=ON');
    raw.pragma('temp_store=MEMORY');
    raw.pragma('busy_timeout=5000');
    raw.pragma('cache_size=-32000');
    return raw;
  } catch (error) {
    raw.close();
    throw error;
  }
}

const plaintextMagic = 'SQLite format 3\0';

function refusePlaintext(file: string): void {
  if (!existsSync(file)) return;
  const head = Buffer.alloc(plaintextMagic.length);
  const handle = openSync(file, 'r');
  try {
    const read = readSync(handle, head, 0, head.length, 0);
    if (head.subarray(0, read).toString('latin1') === plaintextMagic) {
      throw new ChartfoldError('store.not_encrypted');
    }
  } finally {
    closeSync(handle);
  }
}

function rethrownAsStoreError(error: unknown): never {
  throw asStoreError(error);
}
