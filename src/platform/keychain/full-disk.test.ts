// Proves what a full disk does to an exchange of the database's key: it is told, nothing is lost, and it works when there is
// room again.

import { readdirSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { smallDisk } from '../../../e2e/support/small-disk.ts';
import { keychainFile, readKeychain } from './keychain.ts';
import { openKeyedStore } from './open-keyed.ts';
import { rotateDatabase } from './rotate.ts';
import { addNotes, notesIn, noteMigrations as migrations } from './test-aids.ts';

const ROOT = new Uint8Array(32).fill(1);
const disk = smallDisk(4);
afterAll(() => disk.remove());

describe('an exchange of the database’s key on a full disk', () => {
  it('is told, changes nothing, and works when there is room', async (context) => {
    disk.needed(context);
    const { path } = disk;
    const texts = Array.from({ length: 400 }, (_, n) => `${n} ${'x'.repeat(2_000)}`);
    const open = () => openKeyedStore({ dataDir: path, roots: [ROOT], migrations });
    const { store, keychain } = await open();
    await addNotes(store.db, texts);
    await store.close();
    disk.fillBut(1_000_000);
    const before = readdirSync(path).sort();
    const rotating = () => rotateDatabase({ dataDir: path, roots: [ROOT], migrations });
    await expect(rotating()).rejects.toMatchObject({ code: 'store.disk_full' });
    expect(readdirSync(path).sort()).toEqual(before);
    expect(readKeychain(keychainFile(path), [ROOT]).keychain).toEqual(keychain);
    disk.free();
    await rotating();
    const again = await open();
    expect(await notesIn(again.store.db)).toEqual(texts);
    expect(again.keychain.database).not.toBe(keychain.database);
    await again.store.close();
  });
});
