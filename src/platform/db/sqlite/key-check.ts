// Owns a value beside the database by which its key is known again. To the cipher a wrong key and a damaged first page
// look alike; this tells them apart.

import { hkdfSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

/** The file that holds the value: one line, of no use to whoever has not the key. */
export function keyCheckFile(databaseFile: string): string {
  return `${databaseFile}.key-check`;
}

/** Whether this is the key that the database was last opened with; false where that was not noted. */
export function isNotedKey(databaseFile: string, keyHex: string): boolean {
  try {
    return readFileSync(keyCheckFile(databaseFile), 'utf8').trim() === checkOf(keyHex);
  } catch {
    return false; // None there: a database from before there was one, or copied alone.
  }
}

/** Notes the key that has just opened the database. */
export function noteKey(databaseFile: string, keyHex: string): void {
  if (isNotedKey(databaseFile, keyHex)) return;
  writeFileSync(keyCheckFile(databaseFile), `${checkOf(keyHex)}\n`, { mode: 0o600 });
}

/** HKDF-SHA-256 (RFC 5869): says nothing of the key, nor of anything else derived from it. */
function checkOf(keyHex: string): string {
  const key = Buffer.from(keyHex, 'hex');
  const check = hkdfSync('sha256', key, new Uint8Array(), 'chartfold/1/key-check', 32);
  return Buffer.from(check).toString('hex');
}
