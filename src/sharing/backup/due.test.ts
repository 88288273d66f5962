// Proves when a backup is due: by the last one that was proven and lies in the instance's own folder.

import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { migrations } from '../../../e2e/support/program.ts';
import { createAudit } from '../../access/audit.ts';
import { type Clock, isoTime } from '../../platform/clock.ts';
import { type KeyedStore, openKeyedStore } from '../../platform/keychain/open-keyed.ts';
import { silentLog } from '../../platform/log.ts';
import { createBackups } from './backups.ts';

const HOUR_MS = 3_600_000;
const START = Date.UTC(2026, 10, 25, 12);

let directory: string;
let folder: string;
let opened: KeyedStore;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'chartfold-due-'));
  folder = join(directory, 'backups');
  const dataDir = join(directory, 'data');
  mkdirSync(dataDir, { mode: 0o700 });
  const roots = [new Uint8Array(32).fill(1)];
  opened = await openKeyedStore({ dataDir, roots, migrations });
});
afterEach(async () => {
  await opened.store.close();
  rmSync(directory, { recursive: true });
});

/** A backup that the list holds, made so many hours before the start. */
async function listed(name: string, hoursAgo: number, fault: string | null = null): Promise<void> {
  const made_at = isoTime(START - hoursAgo * HOUR_MS);
  const proven_at = fault === null ? made_at : null;
  await opened.store.db
    .insertInto('backup')
    .values({ name, made_at, bytes: 1, proven_at, fault })
    .execute();
}

/** Whether one was made at the first look after the start. */
async function isOneMade(): Promise<boolean> {
  const { store, keychain } = opened;
  let now = START;
  let waits = 0;
  const { promise: looked, resolve } = Promise.withResolvers<void>();
  const clock: Clock = {
    now: () => now,
    wait: async (ms, signal) => {
      now += ms;
      waits += 1;
      if (waits === 1) return;
      resolve();
      await new Promise((_, reject) =>
        signal?.addEventListener('abort', () => reject(signal.reason)),
      );
    },
  };
  const config = {
    dataDir: join(directory, 'data'),
    backup: { folder, every: 24, keep: 14 },
  };
  const audit = createAudit({ db: store.db, clock, log: silentLog, key: keychain.audit });
  const made = createBackups({
    ...{ db: store.db, clock, log: silentLog, audit, config, keychain },
    program: '1',
  });
  made.start();
  await looked;
  await made.stop();
  return readdirSync(directory).includes('backups') && readdirSync(folder).length > 0;
}

it('is none after a proven one in its own folder', async () => {
  await listed('own.backup', 20);
  expect(await isOneMade()).toBe(false);
});

it('is one when the own one is a day old, whatever was put elsewhere since', async () => {
  await listed('own.backup', 30);
  await listed('/mnt/usb/other.backup', 1);
  expect(await isOneMade()).toBe(true);
});

it('is one when the last one could not be proven', async () => {
  await listed('own.backup', 30);
  await listed('broken.backup', 1, 'backup.damaged');
  expect(await isOneMade()).toBe(true);
});
