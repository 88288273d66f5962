// Owns restoring a backup into an empty data directory. Nothing counts before the database has its name: a restore that
// was cut off is done again.

import { existsSync, readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { openRaw, removeDatabase } from '../../platform/db/sqlite/raw.ts';
import { renameDurably } from '../../platform/durable.ts';
import { ChartfoldError } from '../../platform/errors.ts';
import {
  beginKeychain,
  databaseFile,
  firstKeychainFile,
} from '../../platform/keychain/open-keyed.ts';
import { type Manifest, openBackup } from './contents.ts';

/** Refuses a data directory that holds anything but its lock and what a restore left that was cut off. */
export function refuseFullDataDir(dataDir: string): void {
  const own = ['run', basename(restoringFile(dataDir)), basename(firstKeychainFile(dataDir))];
  const others = existsSync(dataDir)
    ? readdirSync(dataDir).filter((name) => !own.includes(name))
    : [];
  if (others.length > 0) throw new ChartfoldError('store.not_empty', { detail: dataDir });
}

/**
 * Puts a backup's database and keys into the data directory, wrapped by the root key of this machine. Nobody is signed
 * in to what is restored.
 * @param recovery the key of the recovery kit
 * @throws backup.damaged, backup.other_kit, backup.not_one, store.not_empty
 */
export function restoreBackup(options: {
  file: string;
  recovery: Uint8Array;
  dataDir: string;
  root: Uint8Array;
}): Manifest {
  const { file, recovery, dataDir, root } = options;
  refuseFullDataDir(dataDir);
  if (!existsSync(file)) throw new ChartfoldError('backup.not_found', { detail: file });
  const restoring = restoringFile(dataDir);
  removeDatabase(restoring);
  try {
    const { manifest, keychain } = openBackup(file, recovery, restoring);
    signEverybodyOut(restoring, keychain.database);
    beginKeychain(dataDir, keychain, root);
    renameDurably(restoring, databaseFile(dataDir));
    return manifest;
  } finally {
    removeDatabase(restoring);
  }
}

/** What was ended since the backup was made, because it was in wrong hands, must not live again. */
function signEverybodyOut(database: string, keyHex: string): void {
  const raw = openRaw(database, keyHex);
  try {
    for (const table of ['session', 'sign_in_link', 'sign_in_challenge'])
      raw.prepare(`delete from ${table}`).run();
    raw.pragma('wal_checkpoint(TRUNCATE)');
  } finally {
    raw.close();
  }
}

function restoringFile(dataDir: string): string {
  return `${databaseFile(dataDir)}.restoring`;
}
