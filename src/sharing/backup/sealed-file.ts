// Owns the form of a backup file: a header, then chunks of 1 MiB, each sealed by AES-256-GCM with its number and whether it
// is the last in its nonce (the STREAM construction, Hoang, Reyhanitabar, Rogaway, Vizár 2015). A chunk that was changed,
// exchanged, left out or cut off is found and named. What lies in the chunks is contents.ts's business.

import { createCipheriv, createDecipheriv, hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { closeSync, fstatSync, fsyncSync, openSync, readSync } from 'node:fs';
import { writeWhole } from '../../platform/durable.ts';
import { ChartfoldError } from '../../platform/errors.ts';
import { deriveKey } from '../../platform/seal.ts';

const MAGIC = Buffer.from('Chartfold backup');
const VERSION = 1;
const SALT_BYTES = 32;
const CHECK_BYTES = 16;
const HASH_BYTES = 32;
const AUTHENTIC_BYTES = MAGIC.length + 1 + SALT_BYTES + CHECK_BYTES;
const HEADER_BYTES = AUTHENTIC_BYTES + HASH_BYTES;
const CHUNK_BYTES = 1 << 20;
const TAG_BYTES = 16;

/** Writes the pieces one after the other, sealed; durable when it returns. */
export function writeSealed(file: string, recovery: Uint8Array, pieces: Iterable<Buffer>): void {
  const salt = randomBytes(SALT_BYTES);
  const { key, check } = keysOf(recovery, salt);
  const authentic = Buffer.concat([MAGIC, Buffer.of(VERSION), salt, check]);
  const header = Buffer.concat([authentic, hash('sha256', authentic, 'buffer')]);
  const handle = openSync(file, 'wx', 0o600);
  const writeChunk = (plain: Buffer, number: number, isLast: boolean) => {
    const cipher = createCipheriv('aes-256-gcm', key, nonceOf(number, isLast)).setAAD(header);
    for (const part of [cipher.update(plain), cipher.final(), cipher.getAuthTag()])
      writeWhole(handle, part);
  };
  try {
    writeWhole(handle, header);
    let number = 0;
    // The last one is known when nothing comes after it.
    let held: Buffer | undefined;
    for (const chunk of inChunks(pieces)) {
      if (held) writeChunk(held, number++, false);
      held = chunk;
    }
    writeChunk(held ?? Buffer.alloc(0), number, true);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/**
 * Reads what was sealed, a chunk at a time.
 * @throws backup.not_one, backup.newer, backup.other_kit, backup.damaged naming the place
 */
export function* readSealed(file: string, recovery: Uint8Array): Generator<Buffer> {
  const handle = openSync(file, 'r');
  try {
    const header = readAt(handle, 0, HEADER_BYTES);
    const key = keyFor(header, recovery);
    const size = fstatSync(handle).size - HEADER_BYTES;
    const chunks = Math.max(1, Math.ceil(size / (CHUNK_BYTES + TAG_BYTES)));
    for (let number = 0; number < chunks; number += 1) {
      const at = HEADER_BYTES + number * (CHUNK_BYTES + TAG_BYTES);
      const sealed = readAt(handle, at, CHUNK_BYTES + TAG_BYTES);
      const isLast = number === chunks - 1;
      const plain = openChunk(key, header, sealed, number, isLast);
      if (plain) yield plain;
      else {
        const isCut = isLast && openChunk(key, header, sealed, number, false) !== null;
        const what = isCut ? 'the file is cut off after it' : 'changed, exchanged or cut off';
        throw damaged(`chunk ${number + 1} of ${chunks}: ${what}`);
      }
    }
  } finally {
    closeSync(handle);
  }
}

function keyFor(header: Buffer, recovery: Uint8Array): Uint8Array {
  if (!header.subarray(0, MAGIC.length).equals(MAGIC)) throw new ChartfoldError('backup.not_one');
  if (header.length < HEADER_BYTES) throw damaged('the header is cut off');
  const authentic = header.subarray(0, AUTHENTIC_BYTES);
  if (!hash('sha256', authentic, 'buffer').equals(header.subarray(AUTHENTIC_BYTES)))
    throw damaged('the header');
  if (header[MAGIC.length] !== VERSION) throw new ChartfoldError('backup.newer');
  const salt = header.subarray(MAGIC.length + 1, MAGIC.length + 1 + SALT_BYTES);
  const { key, check } = keysOf(recovery, salt);
  if (!timingSafeEqual(check, authentic.subarray(-CHECK_BYTES)))
    throw new ChartfoldError('backup.other_kit');
  return key;
}

/** The key of one file, and a value by which a wrong recovery key is told from a damaged file. */
function keysOf(recovery: Uint8Array, salt: Uint8Array) {
  return {
    key: deriveKey(recovery, 'backup', salt),
    check: deriveKey(recovery, 'backup-check', salt).subarray(0, CHECK_BYTES),
  };
}

function nonceOf(number: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32BE(number, 7);
  nonce.writeUInt8(isLast ? 1 : 0, 11);
  return nonce;
}

/** @returns null where it is not what was sealed as that chunk */
function openChunk(
  key: Uint8Array,
  header: Buffer,
  sealed: Buffer,
  number: number,
  isLast: boolean,
): Buffer | null {
  if (sealed.length < TAG_BYTES) return null;
  const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(number, isLast), {
    authTagLength: TAG_BYTES,
  })
    .setAAD(header)
    .setAuthTag(sealed.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()]);
  } catch {
    return null; // The tag is another's.
  }
}

/**
 * The same bytes in chunks of one size, the last one shorter. A chunk is good until the one after the next is asked for:
 * two buffers are enough for a backup of any size.
 */
function* inChunks(pieces: Iterable<Buffer>): Generator<Buffer> {
  const [one, other] = [Buffer.alloc(CHUNK_BYTES), Buffer.alloc(CHUNK_BYTES)];
  let chunk = one;
  let filled = 0;
  for (const piece of pieces) {
    for (let at = 0; at < piece.length; ) {
      if (filled === CHUNK_BYTES) {
        yield chunk;
        chunk = chunk === one ? other : one;
        filled = 0;
      }
      const copied = piece.copy(chunk, filled, at);
      at += copied;
      filled += copied;
    }
  }
  if (filled > 0) yield chunk.subarray(0, filled);
}

function readAt(handle: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let got = 0;
  while (got < length) {
    const read = readSync(handle, bytes, got, length - got, position + got);
    if (read === 0) break;
    got += read;
  }
  return bytes.subarray(0, got);
}

function damaged(detail: string): ChartfoldError {
  return new ChartfoldError('backup.damaged', { detail });
}
