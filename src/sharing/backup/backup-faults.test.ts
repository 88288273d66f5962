// Proves what is said where a backup can't be written or found: a full disk, a place that is no folder, a file that is not
// there. The full disk is a file system of its own, which only the administrator of a Linux machine can mount.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrations } from '../../../e2e/support/program.ts';
import type { Keychain } from '../../platform/keychain/keychain.ts';
import { openKeyedStore } from '../../platform/keychain/open-keyed.ts';
import { tasks } from './tasks.ts';

const directory = mkdtempSync(join(tmpdir(), 'chartfold-backup-faults-'));
const dataDir = join(directory, 'data');
const disk = join(directory, 'disk');
let isMounted = false;
let keychain: Keychain;

beforeAll(async () => {
  mkdirSync(dataDir, { mode: 0o700 });
  mkdirSync(disk);
  isMounted =
    spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k,mode=700', 'tmpfs', disk]).status === 0;
  const roots = [new Uint8Array(32).fill(1)];
  const opened = await openKeyedStore({ dataDir, roots, migrations });
  keychain = opened.keychain;
  await opened.store.close();
});
afterAll(() => {
  if (isMounted) spawnSync('umount', [disk]);
  rmSync(directory, { recursive: true });
});

const make = (file: string) =>
  tasks.make({ dataDir, keychain, file, madeAt: '2026-11-25T12:00:00.000Z', program: '1' });
const nothingIsLeft = () => expect(readdirSync(join(dataDir, 'run'))).toEqual([]);

describe('a backup', () => {
  it('onto a full disk says that it is full, and leaves no half', async ({ skip }) => {
    skip(!isMounted, 'a small disk can be mounted by the administrator of a Linux machine alone');
    await expect(make(join(disk, 'a.backup'))).rejects.toMatchObject({ code: 'store.disk_full' });
    expect(readdirSync(disk)).toEqual([]);
    nothingIsLeft();
  });

  it.each(['', 'below'])('into what is no folder says where (%j)', async (below) => {
    const file = join(directory, 'file');
    writeFileSync(file, '');
    await expect(make(join(file, below, 'a.backup'))).rejects.toMatchObject({
      code: 'output.not_written',
      detail: expect.stringContaining(join(file, below)),
    });
    nothingIsLeft();
  });

  it('that is not there is told as that when it is to be proven', async () => {
    for (const file of [join(directory, 'nothing'), join(directory, 'file', 'below'), directory])
      await expect(tasks.prove({ dataDir, keychain, file })).rejects.toMatchObject({
        code: 'backup.not_found',
        detail: file,
      });
    nothingIsLeft();
  });
});
