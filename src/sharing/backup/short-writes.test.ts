// Proves that a file system which takes fewer bytes at a time than it is given loses none of a backup.

import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newKeychain } from '../../platform/keychain/keychain.ts';
import { openBackup, writeBackup } from './contents.ts';

const directory = fs.mkdtempSync(join(tmpdir(), 'chartfold-short-'));
const { writeSync } = fs;
beforeAll(() => {
  fs.writeSync = ((handle: number, bytes: Uint8Array, offset: number) =>
    writeSync(handle, bytes, offset, Math.min(50, bytes.length - offset))) as typeof fs.writeSync;
  syncBuiltinESMExports();
});
afterAll(() => {
  fs.writeSync = writeSync;
  syncBuiltinESMExports();
  fs.rmSync(directory, { recursive: true });
});

it('a backup comes back whole', () => {
  const database = join(directory, 'database');
  const bytes = randomBytes(20_000);
  fs.writeFileSync(database, bytes);
  const keychain = newKeychain();
  const manifest = {
    format: 1 as const,
    program: '1',
    madeAt: '2026-11-25T12:00:00.000Z',
    migrations: [],
    counts: {},
    versions: '',
    audit: { seq: 0, mac: '' },
  };
  const [file, restored] = [join(directory, 'a.backup'), join(directory, 'restored')];
  writeBackup(file, { manifest, keychain, databaseFile: database });
  expect(openBackup(file, keychain.recovery, restored)).toEqual({ manifest, keychain });
  expect(fs.readFileSync(restored).equals(bytes)).toBe(true);
});
