// Proves what a full disk does to a backup: it is told, no half stays, nothing that was kept is lost, and the same backup
// is made when there is room again.

import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { migrations } from '../../../e2e/support/migrations.ts';
import { type SmallDisk, smallDisk } from '../../../e2e/support/small-disk.ts';
import { createAudit } from '../../access/audit.ts';
import { systemClock } from '../../platform/clock.ts';
import { type KeyedStore, openKeyedStore } from '../../platform/keychain/open-keyed.ts';
import { silentLog } from '../../platform/log.ts';
import { observation, openScene } from '../../records/contract-aids.ts';
import { type Backups, backupStatus, createBackups } from './backups.ts';

const ROOT = new Uint8Array(32).fill(1);
const MB = 1 << 20;
const SIZE = 400;

let directory: string;
let disk: SmallDisk;
let opened: KeyedStore;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'chartfold-room-'));
  disk = smallDisk(24);
});
afterEach(async () => {
  await opened?.store.close();
  disk.remove();
  rmSync(directory, { recursive: true });
});

/** A store of about three megabytes, and its backups. */
async function storeAt(dataDir: string, folder: string): Promise<Backups> {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  opened = await openKeyedStore({ dataDir, roots: [ROOT], migrations });
  const { store, keychain } = opened;
  const { db } = store;
  const { commit } = await openScene(async () => store);
  const text = () => randomBytes(5_000).toString('base64');
  await commit(Array.from({ length: SIZE }, (_, n) => observation(`o${n}`, text())));
  const common = { db, clock: systemClock, log: silentLog };
  const audit = createAudit({ ...common, key: keychain.audit });
  const config = { dataDir, backup: { folder, every: 0, keep: 14 } };
  return createBackups({ ...common, audit, config, keychain, program: '1' });
}

async function expectWhole(backups: Backups): Promise<void> {
  expect(await backups.verify([])).toMatchObject({ faults: [], versions: SIZE });
}

describe('a backup on a full disk', () => {
  it('of its folder is told, and leaves no half of itself there', async (context) => {
    disk.needed(context);
    const folder = join(disk.path, 'backups');
    const backups = await storeAt(join(directory, 'data'), folder);
    disk.fillBut(1.5 * MB);
    await expect(backups.create()).rejects.toMatchObject({ code: 'store.disk_full' });
    expect(readdirSync(folder)).toEqual([]);
    expect(readdirSync(join(directory, 'data', 'run'))).toEqual([]);
    expect(await backupStatus(opened.store.db)).toEqual({ last: null, provenAt: null });
    await expectWhole(backups);
    disk.free();
    expect((await backups.create()).manifest.counts.resource_version).toBe(SIZE);
  });

  it('of the data is told, and leaves the store as it was', async (context) => {
    disk.needed(context);
    const [dataDir, folder] = [join(disk.path, 'data'), join(directory, 'backups')];
    const backups = await storeAt(dataDir, folder);
    disk.fillBut(1.5 * MB);
    await expect(backups.create()).rejects.toMatchObject({ code: 'store.disk_full' });
    expect(readdirSync(folder)).toEqual([]);
    expect(readdirSync(join(dataDir, 'run'))).toEqual([]);
    await expectWhole(backups);
    disk.free();
    expect((await backups.create()).manifest.counts.resource_version).toBe(SIZE);
  });

  it('that is proven there is not called damaged, and counts as proven as before', async (context) => {
    disk.needed(context);
    const backups = await storeAt(join(disk.path, 'data'), join(directory, 'backups'));
    await backups.create();
    const before = await backupStatus(opened.store.db);
    disk.fillBut(1.5 * MB);
    await expect(backups.prove()).rejects.toMatchObject({ code: 'store.disk_full' });
    expect(await backupStatus(opened.store.db)).toEqual(before);
    expect(readdirSync(join(disk.path, 'data', 'run'))).toEqual([]);
    disk.free();
    await backups.prove();
    await expectWhole(backups);
  });
});
