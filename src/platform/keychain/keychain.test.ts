// Proves the keychain: which root key opens it, what a changed bit of it is taken for, and how a store from before there was
// one comes by it. And the secret's file, open and locked.

import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore } from '../db/sqlite/open.ts';
import { deriveKeys } from '../seal.ts';
import { keychainFile, newKeychain, readKeychain, writeKeychain } from './keychain.ts';
import { databaseFile, openKeyedStore } from './open-keyed.ts';
import { lockedSecret, parseSecret, plainSecret } from './secret-text.ts';
import { addNotes, notesIn, noteMigrations as migrations } from './test-aids.ts';

const ROOT = new Uint8Array(32).fill(1);
const OTHER = new Uint8Array(32).fill(2);

let dataDir: string;
let file: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'chartfold-keychain-'));
  file = keychainFile(dataDir);
});
afterEach(() => rmSync(dataDir, { recursive: true }));

const code = (value: string) => expect.objectContaining({ code: value });
const open = (...roots: Uint8Array[]) => openKeyedStore({ dataDir, roots, migrations });

describe('a keychain', () => {
  it('comes back with its root key, among others, and with none else', () => {
    const keychain = newKeychain();
    writeKeychain(file, keychain, ROOT);
    expect(readKeychain(file, [OTHER, ROOT])).toEqual({ keychain, root: ROOT });
    expect(() => readKeychain(file, [OTHER])).toThrow(code('store.wrong_key'));
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('shows none of its keys', () => {
    const keychain = newKeychain();
    writeKeychain(file, keychain, ROOT);
    const text = readFileSync(file, 'utf8');
    expect(text).not.toContain(keychain.database);
    expect(text).not.toContain(Buffer.from(keychain.recovery).toString('base64url'));
  });

  it('with any bit changed is damaged by name, or the same; never a wrong key', () => {
    const keychain = newKeychain();
    writeKeychain(file, keychain, ROOT);
    const whole = readFileSync(file);
    let damaged = 0;
    for (let bit = 0; bit < whole.length * 8; bit += 1) {
      const changed = Buffer.from(whole);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      writeFileSync(file, changed);
      try {
        expect(readKeychain(file, [ROOT]).keychain).toEqual(keychain);
      } catch (error) {
        expect(error).toMatchObject({ code: 'store.corrupt', detail: file });
        damaged += 1;
      }
    }
    // All but white space at the end.
    expect(damaged).toBeGreaterThan((whole.length - 1) * 8);
  });

  it('cut short to any length is damaged', () => {
    writeKeychain(file, newKeychain(), ROOT);
    const whole = readFileSync(file);
    for (let length = 0; length < whole.length - 1; length += 1) {
      writeFileSync(file, whole.subarray(0, length));
      expect(() => readKeychain(file, [ROOT])).toThrow(code('store.corrupt'));
    }
  });
});

describe('a data directory', () => {
  it('begins with keys of its own, which another root key does not open', async () => {
    const first = await open(ROOT);
    await addNotes(first.store.db, ['one']);
    await first.store.close();
    expect(first.keychain.database).not.toBe(deriveKeys(ROOT).database);
    await expect(open(OTHER)).rejects.toMatchObject({ code: 'store.wrong_key' });
    const again = await open(ROOT);
    expect(again.keychain).toEqual(first.keychain);
    expect(await notesIn(again.store.db)).toEqual(['one']);
    await again.store.close();
  });

  it('whose start was cut off before its keychain had its name goes on with it', async () => {
    const first = await open(ROOT);
    await addNotes(first.store.db, ['one']);
    await first.store.close();
    writeFileSync(`${file}.first`, readFileSync(file));
    rmSync(file);
    const again = await open(ROOT);
    expect(await notesIn(again.store.db)).toEqual(['one']);
    await again.store.close();
    expect(readKeychain(file, [ROOT]).keychain).toEqual(first.keychain);
  });

  it('from before there was a keychain keeps its keys and its rows', async () => {
    const derived = deriveKeys(ROOT);
    const options = { file: databaseFile(dataDir), keyHex: derived.database, migrations };
    const before = await openStore(options);
    await addNotes(before.db, ['one']);
    await before.close();
    writeFileSync(`${options.file}.key-check`, '');
    await expect(open(OTHER)).rejects.toMatchObject({ code: 'store.wrong_key' });
    for (let times = 0; times < 2; times += 1) {
      const { store, keychain } = await open(ROOT);
      expect(keychain).toMatchObject(derived);
      expect(await notesIn(store.db)).toEqual(['one']);
      await store.close();
    }
    expect(() => statSync(`${options.file}.key-check`)).toThrow();
  });

  it('with the keychain of another is refused as damaged', async () => {
    await (await open(ROOT)).store.close();
    writeKeychain(file, newKeychain(), ROOT);
    await expect(open(ROOT)).rejects.toMatchObject({ code: 'store.corrupt' });
  });
});

describe('a secret', () => {
  it('locked by a passphrase opens with it alone, however it was typed', async () => {
    const text = await lockedSecret([ROOT, OTHER], 'a caf\u00e9 by the sea');
    expect(text).not.toContain(Buffer.from(ROOT).toString('hex'));
    const locked = parseSecret(text);
    if ('roots' in locked) throw new Error('it is open');
    expect((await locked.unlock('a cafe\u0301 by the sea')).roots.map((r) => [...r])).toEqual(
      [ROOT, OTHER].map((root) => [...root]),
    );
    await expect(locked.unlock('a cafe by the sea')).rejects.toMatchObject({
      code: 'keys.wrong_passphrase',
    });
  });

  it('stays locked by the same passphrase when it is written with another root key', async () => {
    const locked = parseSecret(await lockedSecret([ROOT], 'correct horse battery'));
    if ('roots' in locked) throw new Error('it is open');
    const text = await (await locked.unlock('correct horse battery')).textOf([OTHER]);
    const again = parseSecret(text);
    if ('roots' in again) throw new Error('it is open');
    const { roots } = await again.unlock('correct horse battery');
    expect(roots.map((root) => [...root])).toEqual([[...OTHER]]);
  });

  it('takes no short passphrase', async () => {
    await expect(lockedSecret([ROOT], 'short')).rejects.toMatchObject({
      code: 'keys.weak_passphrase',
    });
  });

  it.each(['', 'ab', '{}', '{', `${plainSecret([ROOT, OTHER])}${'ab'.repeat(32)}`])(
    'of another form is refused: “%s”',
    (text) => {
      expect(() => parseSecret(text)).toThrow(code('store.bad_key_format'));
    },
  );

  it('does not open when its seal was moved to other parameters', async () => {
    const content = JSON.parse(await lockedSecret([ROOT], 'correct horse battery')) as {
      argon2id: { passes: number };
    };
    content.argon2id.passes = 1;
    const locked = parseSecret(JSON.stringify(content));
    if ('roots' in locked) throw new Error('it is open');
    await expect(locked.unlock('correct horse battery')).rejects.toMatchObject({
      code: 'keys.wrong_passphrase',
    });
  });
});
