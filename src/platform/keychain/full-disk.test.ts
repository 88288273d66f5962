// Proves what a full disk does to an exchange of the database's key: it is told, nothing is lost, and it works when there is
// room again. On a file system of its own, which only the administrator of a Linux machine can mount.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { keychainFile, readKeychain } from './keychain.ts';
import { openKeyedStore } from './open-keyed.ts';
import { rotateDatabase } from './rotate.ts';
import { addNotes, notesIn, noteMigrations as migrations } from './test-aids.ts';

const ROOT = new Uint8Array(32).fill(1);
const disk = mkdtempSync(join(tmpdir(), 'chartfold-full-'));
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m,mode=700', 'tmpfs', disk]);
const isThere = mounted.status === 0;
afterAll(() => {
  if (isThere) spawnSync('umount', [disk]);
  rmSync(disk, { recursive: true, force: true });
});

describe('an exchange of the database’s key on a full disk', () => {
  it('is told, changes nothing, and works when there is room', async ({ skip }) => {
    skip(!isThere, 'a small disk can be mounted by the administrator of a Linux machine alone');
    const texts = Array.from({ length: 400 }, (_, n) => `${n} ${'x'.repeat(2_000)}`);
    const open = () => openKeyedStore({ dataDir: disk, roots: [ROOT], migrations });
    const { store, keychain } = await open();
    await addNotes(store.db, texts);
    await store.close();
    const filler = join(disk, 'filler');
    writeFileSync(filler, Buffer.alloc(2_000_000));
    const before = readdirSync(disk).sort();
    const rotating = () => rotateDatabase({ dataDir: disk, roots: [ROOT], migrations });
    await expect(rotating()).rejects.toMatchObject({ code: 'store.disk_full' });
    expect(readdirSync(disk).sort()).toEqual(before);
    expect(readKeychain(keychainFile(disk), [ROOT]).keychain).toEqual(keychain);
    rmSync(filler);
    await rotating();
    const again = await open();
    expect(await notesIn(again.store.db)).toEqual(texts);
    expect(again.keychain.database).not.toBe(keychain.database);
    await again.store.close();
  });
});
