// Owns how a resource's exact text is packed for the store and unpacked again. Pure.

import { hash } from 'node:crypto';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { attachmentsIn, hasAttachments } from '../fhir/attachments.ts';
import { ownTurn } from '../platform/own-turn.ts';
import type { BodyEncoding, Incoming, Prepared } from './types.ts';

/** Packed in one turn of the loop: about a millisecond of work at 2 kB each, several where the machine is busy. */
const perTurn = 50;
/** Below this a frame's header eats what compression saves. */
const smallestCompressed = 256;
const zstdLevel3 = { params: { [constants.ZSTD_c_compressionLevel]: 3 } };

/**
 * Hashes and compresses resources, outside any transaction. Gives way to other work every 50.
 * The synchronous compressor on purpose: the asynchronous one costs six times the time for texts
 * of this size (10,000 of 1.5 kB: 0.25 s against 1.6 s), nearly all of it in its own set-up.
 */
export async function prepare(resources: readonly Incoming[]): Promise<Prepared[]> {
  const prepared: Prepared[] = [];
  for (const [index, resource] of resources.entries()) {
    if (index % perTurn === 0) await ownTurn();
    prepared.push(prepareOne(resource));
  }
  return prepared;
}

/** Hashes and compresses one resource, and finds its attachments. */
export function prepareOne({ raw, ...resource }: Incoming): Prepared {
  const packed = { ...resource, ...packText(raw) };
  if (!hasAttachments(resource.type)) return packed;
  const attachments = attachmentsIn(resource.type, parsed(raw));
  return attachments.length === 0 ? packed : { ...packed, attachments };
}

/** What can't be parsed is stored all the same, and has no attachments. */
function parsed(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    return undefined;
  }
}

/** SHA-256 of a text's UTF-8, hex. */
export function textHash(text: string): string {
  return hash('sha256', text, 'hex');
}

/** A text as the body table keeps it. */
export function packText(text: string): Pick<Prepared, 'rawHash' | 'encoding' | 'bytes'> {
  const plain = Buffer.from(text, 'utf8');
  const rawHash = hash('sha256', plain, 'hex');
  if (plain.length >= smallestCompressed) {
    const packed = zstdCompressSync(plain, zstdLevel3);
    if (packed.length < plain.length) return { rawHash, encoding: 'zstd', bytes: packed };
  }
  return { rawHash, encoding: 'raw', bytes: plain };
}

/** The exact text of a body row. */
export function unpackText(body: { encoding: BodyEncoding; bytes: Uint8Array }): string {
  const plain = body.encoding === 'zstd' ? zstdDecompressSync(body.bytes) : body.bytes;
  return Buffer.from(plain.buffer, plain.byteOffset, plain.byteLength).toString('utf8');
}
