// Owns the file `keys` of a data directory: the data's own keys, wrapped by a key derived from the root key. So the root
// key is exchanged without touching the data, and the data's keys without touching the root key.

import { hash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeDurably } from '../durable.ts';
import { ChartfoldError, isChartfoldError } from '../errors.ts';
import { createSealer, type DataKeys, deriveKey, type Sealed } from '../seal.ts';

/** Everything that must not be lost with the data. */
export type Keychain = DataKeys & {
  /** While the database's key is being exchanged: the one that is to come; the database has this or the other. */
  readonly nextDatabase: string | null;
  /** Seals the backups; printed, it is the recovery kit. */
  readonly recovery: Uint8Array;
};

const CONTEXT = 'keychain/1';
const bytes = z.base64url().transform((text) => new Uint8Array(Buffer.from(text, 'base64url')));
const pageKey = z.string().regex(/^[0-9a-f]{64}$/);
const fileForm = z.strictObject({
  format: z.literal(1),
  wrapped: z.string(),
  /** Of `wrapped`: a damaged file is told from a wrong root key by it. */
  sha256: z.string(),
});
const keychainForm = z.strictObject({
  database: pageKey,
  nextDatabase: pageKey.nullable(),
  seal: bytes,
  audit: bytes,
  checkpoint: bytes,
  recovery: bytes,
});

/** Where the keychain of a data directory lies. */
export function keychainFile(dataDir: string): string {
  return join(dataDir, 'keys');
}

/** Random keys for a new store. */
export function newKeychain(): Keychain {
  const random = () => new Uint8Array(randomBytes(32));
  return {
    database: newPageKey(),
    nextDatabase: null,
    seal: random(),
    audit: random(),
    checkpoint: random(),
    recovery: random(),
  };
}

export function newPageKey(): string {
  return randomBytes(32).toString('hex');
}

/**
 * Reads a keychain with the root key that fits.
 * @throws store.corrupt naming the file where it is damaged, store.wrong_key where none of the root keys opens it
 */
export function readKeychain(
  file: string,
  roots: readonly Uint8Array[],
): { keychain: Keychain; root: Uint8Array } {
  const wrapped = wrappedIn(file);
  for (const root of roots) {
    try {
      return { keychain: parseKeychain(sealerOf(root).open(wrapped, CONTEXT)), root };
    } catch (error) {
      if (!isChartfoldError(error, 'seal.broken')) throw error;
    }
  }
  throw new ChartfoldError('store.wrong_key', { detail: file });
}

/** Replaces the keychain, whole or not at all. */
export function writeKeychain(file: string, keychain: Keychain, root: Uint8Array): void {
  const wrapped = sealerOf(root).seal(keychainText(keychain), CONTEXT);
  const content = { format: 1, wrapped, sha256: hash('sha256', wrapped, 'hex') };
  writeDurably(file, `${JSON.stringify(content)}\n`);
}

/** The keys as text. Whoever has it can read everything. */
export function keychainText({ database, nextDatabase, ...keys }: Keychain): string {
  const encoded = Object.entries(keys).map(([name, key]) => [
    name,
    Buffer.from(key).toString('base64url'),
  ]);
  return JSON.stringify({ database, nextDatabase, ...Object.fromEntries(encoded) });
}

/** Reads what `keychainText` wrote. */
export function parseKeychain(text: string): Keychain {
  return keychainForm.parse(JSON.parse(text));
}

function wrappedIn(file: string): Sealed {
  try {
    const { wrapped, sha256 } = fileForm.parse(JSON.parse(readFileSync(file, 'utf8')));
    if (hash('sha256', wrapped, 'hex') !== sha256) throw new Error('the hash is another');
    return wrapped as Sealed;
  } catch (cause) {
    throw new ChartfoldError('store.corrupt', { detail: file, cause });
  }
}

function sealerOf(root: Uint8Array) {
  return createSealer(deriveKey(root, 'keychain'));
}
