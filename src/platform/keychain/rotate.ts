// Owns the exchange of the root key and of the database's key. Each has one commit point, a rename: before it the old key
// opens the data, after it the new one, and never both or neither. Whoever calls has the data directory to himself.

import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { copyWithKey } from '../db/sqlite/raw.ts';
import { upgradeCopies } from '../db/before-upgrade.ts';
import { renameDurably } from '../durable.ts';
import type { Migrations } from '../db/migrate.ts';
import { keychainFile, newPageKey, readKeychain, writeKeychain } from './keychain.ts';
import { databaseFile, nextDatabaseFile, openKeyedStore } from './open-keyed.ts';

/**
 * Wraps the keychain by a new root key.
 * @param options.roots the root keys that may be the present one
 * @param options.save keeps root keys where the next start finds them; called with the new one and the old, and when the
 *   keychain has been replaced with the new one alone
 */
export async function rotateRoot(options: {
  dataDir: string;
  roots: readonly Uint8Array[];
  save: (roots: readonly Uint8Array[]) => Promise<void> | void;
}): Promise<void> {
  const file = keychainFile(options.dataDir);
  const { keychain, root } = readKeychain(file, options.roots);
  const fresh = new Uint8Array(randomBytes(32));
  await options.save([fresh, root]);
  writeKeychain(file, keychain, fresh);
  await options.save([fresh]);
}

/**
 * Gives the database a new key, by a copy that is checked and then put in its place. The copies from before upgrades are
 * removed: they open with the old key.
 */
export async function rotateDatabase(options: {
  dataDir: string;
  roots: readonly Uint8Array[];
  migrations: Migrations;
}): Promise<void> {
  const { dataDir } = options;
  const { store, keychain, root } = await openKeyedStore(options);
  await store.close();
  const file = databaseFile(dataDir);
  const next = nextDatabaseFile(dataDir);
  const nextDatabase = newPageKey();
  copyWithKey(file, next, keychain.database, nextDatabase);
  writeKeychain(keychainFile(dataDir), { ...keychain, nextDatabase }, root);
  renameDurably(next, file);
  // Before the old key is forgotten: as long as there are two, the next start removes what this one could not.
  rmSync(upgradeCopies(file), { recursive: true, force: true });
  writeKeychain(keychainFile(dataDir), { ...keychain, database: nextDatabase }, root);
}
