// Owns the three long tasks over a whole database, each with a connection of its own: make a backup, prove one, verify the
// store. Run by worker.ts, so that the server answers meanwhile.

import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Store } from '../../platform/db/db.ts';
import { openStore } from '../../platform/db/sqlite/open.ts';
import { asStoreError, codeOf } from '../../platform/db/store-error.ts';
import { copyInUse } from '../../platform/db/sqlite/raw.ts';
import { renameDurably } from '../../platform/durable.ts';
import { ChartfoldError, isChartfoldError } from '../../platform/errors.ts';
import { makeFolder } from '../../platform/folders.ts';
import type { Keychain } from '../../platform/keychain/keychain.ts';
import { databaseFile } from '../../platform/keychain/open-keyed.ts';
import { type Manifest, openBackup, summaryOf, writeBackup } from './contents.ts';
import { type Verified, verifyStore } from './verify.ts';

type Common = { readonly dataDir: string; readonly keychain: Keychain };
export type MakeTask = Common & {
  readonly file: string;
  readonly madeAt: string;
  readonly program: string;
};
export type ProveTask = Common & { readonly file: string };
export type VerifyTask = Common & { readonly checkpoints: readonly string[] };

/** By name, so that a worker can be told which. */
export const tasks = { make: makeBackup, prove: proveBackup, verify };

const MAKING = '.making';

/** Makes a backup of a store in use. @returns its size in bytes */
async function makeBackup(task: MakeTask): Promise<number> {
  const { dataDir, keychain, file, madeAt, program } = task;
  return inScratch(dataDir, async (folder) => {
    prepareFolder(dirname(file));
    const copy = join(folder, 'copy.sqlite');
    copyInUse(databaseFile(dataDir), copy, keychain.database);
    const summary = await withStore(copy, keychain, ({ db }) => summaryOf(db));
    const manifest: Manifest = { format: 1, program, madeAt, ...summary };
    const temporary = `${file}${MAKING}`;
    try {
      writeBackup(temporary, { manifest, keychain, databaseFile: copy });
      renameDurably(temporary, file);
    } catch (error) {
      throw asStoreError(error, file);
    } finally {
      rmSync(temporary, { force: true });
    }
    return statSync(file).size;
  });
}

/**
 * Restores a backup into a temporary place, opens and verifies it, and compares it with what it says of itself.
 * @throws backup.not_found, backup.not_proven, store.disk_full, and what opening it throws
 */
async function proveBackup({ dataDir, keychain, file }: ProveTask): Promise<Manifest> {
  if (!isFile(file)) throw new ChartfoldError('backup.not_found', { detail: file });
  return inScratch(dataDir, async (folder) => {
    const restored = join(folder, 'restored.sqlite');
    const { manifest, keychain: own } = openInto(restored, { file, keychain });
    await withStore(restored, own, async (store) => {
      const { faults } = await verifyStore(store, own);
      const [fault] = faults;
      if (fault)
        throw new ChartfoldError('backup.not_proven', { detail: `${fault.place}: ${fault.what}` });
      const { format: _format, program: _program, madeAt: _madeAt, ...said } = manifest;
      if (JSON.stringify(await summaryOf(store.db)) !== JSON.stringify(said))
        throw new ChartfoldError('backup.not_proven', {
          detail: 'it holds other rows than it says',
        });
    });
    return manifest;
  });
}

async function verify({ dataDir, keychain, checkpoints }: VerifyTask): Promise<Verified> {
  const file = databaseFile(dataDir);
  try {
    return await withStore(file, keychain, (store) => verifyStore(store, keychain, checkpoints));
  } catch (error) {
    if (!isChartfoldError(error, 'store.corrupt')) throw error;
    const fault = { place: 'database', what: 'it can’t be opened a second time' };
    return { versions: 0, auditLines: 0, sealed: 0, attachments: 0, faults: [fault] };
  }
}

async function withStore<T>(
  file: string,
  { database }: Keychain,
  use: (store: Store) => Promise<T>,
): Promise<T> {
  const store = await openStore({ file, keyHex: database, migrations: null });
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

function openInto(restored: string, { file, keychain }: Pick<ProveTask, 'file' | 'keychain'>) {
  try {
    return openBackup(file, keychain.recovery, restored);
  } catch (error) {
    throw asStoreError(error, restored);
  }
}

function isFile(file: string): boolean {
  try {
    return statSync(file).isFile();
  } catch {
    return false; // Nor is what can't be looked at.
  }
}

/** @throws output.not_written naming the folder, store.disk_full */
function prepareFolder(folder: string): void {
  try {
    makeFolder(folder);
    removeHalves(folder);
  } catch (cause) {
    const known = asStoreError(cause, folder);
    if (isChartfoldError(known, 'store.disk_full')) throw known;
    const detail = `${folder}: ${codeOf(cause) ?? 'unknown'}`;
    throw new ChartfoldError('output.not_written', { detail, cause });
  }
}

/** What processes left that were killed while they wrote a backup. */
function removeHalves(folder: string): void {
  for (const name of readdirSync(folder).filter((entry) => entry.endsWith(`.backup${MAKING}`)))
    rmSync(join(folder, name));
}

/** A folder of this task alone, of this user alone; one that a killed process left is removed with it. */
async function inScratch<T>(dataDir: string, use: (folder: string) => Promise<T>): Promise<T> {
  const run = join(dataDir, 'run');
  if (!existsSync(run)) mkdirSync(run, { mode: 0o700 });
  for (const name of readdirSync(run).filter((entry) => entry.startsWith('backup-')))
    rmSync(join(run, name), { recursive: true });
  const folder = mkdtempSync(join(run, 'backup-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
