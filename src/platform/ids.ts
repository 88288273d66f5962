// Owns random and derived identifiers. They say nothing about whom or what they name; an ordered one says when it was
// made.

import { createHash, randomBytes, randomFillSync } from 'node:crypto';

/** A random opaque id of 128 bits: 22 characters of base64url. */
export function newId(): string {
  return randomBytes(16).toString('base64url');
}

/**
 * An opaque id of 128 bits that begins with the time of its making, 48 bits of milliseconds: ids made together lie
 * together in an index, where random ones would each change a page of it. 22 characters of base64url, whose alphabet is
 * in no order: the ids do not sort by time.
 */
export function newOrderedId(): string {
  if (used === supply.length) {
    randomFillSync(supply);
    used = 0;
  }
  const bytes = supply.subarray(used, used + idBytes);
  used += idBytes;
  bytes.writeUIntBE(Date.now(), 0, 6);
  return bytes.toString('base64url');
}

const idBytes = 16;
/** Random bytes are drawn for many ids at once: each drawing takes as long as making several ids. */
const supply = Buffer.alloc(256 * idBytes);
let used = supply.length;

/** A random secret of 256 bits: 43 characters of base64url. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** SHA-256 as base64url; for secrets of full entropy that are looked up by their hash. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
