// Owns how exact texts are packed for the store, some to a pack, and unpacked again. Pure.

import { hash } from 'node:crypto';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { attachmentsIn, hasAttachments } from '../fhir/attachments.ts';
import { ownTurn } from '../platform/own-turn.ts';
import type { Incoming, Packed, Prepared, PreparedPack } from './types.ts';

/**
 * Texts to a pack at most, and their sum in characters, which only one that is larger by itself exceeds. Alike texts are
 * packed to a third of what each takes alone, and the compressor's set-up, 40 µs, comes once; whoever reads one unpacks
 * them all, in a tenth of a millisecond.
 */
const textsPerPack = 50;
const fullPack = 128 * 1024;
/** Below this a frame's header eats what compression saves. */
const smallestCompressed = 256;
const zstdLevel3 = { params: { [constants.ZSTD_c_compressionLevel]: 3 } };
const lengthBytes = 4;

/** Packs resources, outside any transaction. Gives way to other work after each pack, which takes a millisecond. */
export async function prepare(resources: readonly Incoming[]): Promise<PreparedPack[]> {
  const packs: PreparedPack[] = [];
  for (const some of slices(resources)) {
    await ownTurn();
    packs.push(prepareOne(some));
  }
  return packs;
}

/** Packs resources at once: for a thread that has nothing else to do. */
export function prepareNow(resources: readonly Incoming[]): PreparedPack[] {
  return [...slices(resources)].map(prepareOne);
}

/** SHA-256 of a text's UTF-8, hex. */
export function textHash(text: string): string {
  return hash('sha256', text, 'hex');
}

/** Some texts as the body table keeps them. Where it is more than one, their lengths stand before them. */
export function packTexts(texts: readonly Buffer[]): Packed {
  const plain = texts.length === 1 && texts[0] ? texts[0] : withLengths(texts);
  if (plain.length >= smallestCompressed) {
    const bytes = zstdCompressSync(plain, zstdLevel3);
    if (bytes.length < plain.length) return { count: texts.length, encoding: 'zstd', bytes };
  }
  return { count: texts.length, encoding: 'raw', bytes: plain };
}

/** The exact bytes of each text of a pack, in their order: UTF-8. */
export function unpackTexts({ count, encoding, bytes }: Packed): Buffer[] {
  const given = encoding === 'zstd' ? zstdDecompressSync(bytes) : bytes;
  const plain = Buffer.from(given.buffer, given.byteOffset, given.byteLength);
  if (count === 1) return [plain];
  let at = count * lengthBytes;
  return Array.from({ length: count }, (_, n) => {
    const start = at;
    at += plain.readUInt32LE(n * lengthBytes);
    return plain.subarray(start, at);
  });
}

function withLengths(texts: readonly Buffer[]): Buffer {
  const lengths = Buffer.alloc(texts.length * lengthBytes);
  for (const [n, text] of texts.entries()) lengths.writeUInt32LE(text.length, n * lengthBytes);
  return Buffer.concat([lengths, ...texts]);
}

function prepareOne(resources: readonly Incoming[]): PreparedPack {
  const texts = resources.map(({ raw }) => Buffer.from(raw, 'utf8'));
  return { resources: resources.map(describeOne), ...packTexts(texts) };
}

function describeOne({ raw, ...resource }: Incoming): Prepared {
  const prepared = { ...resource, rawHash: textHash(raw) };
  if (!hasAttachments(resource.type)) return prepared;
  const attachments = attachmentsIn(resource.type, parsed(raw));
  return attachments.length === 0 ? prepared : { ...prepared, attachments };
}

/** What can't be parsed is stored all the same, and has no attachments. */
function parsed(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    return undefined;
  }
}

function* slices(resources: readonly Incoming[]): Generator<Incoming[]> {
  let some: Incoming[] = [];
  let size = 0;
  for (const resource of resources) {
    if (
      some.length === textsPerPack ||
      (some.length > 0 && size + resource.raw.length > fullPack)
    ) {
      yield some;
      some = [];
      size = 0;
    }
    some.push(resource);
    size += resource.raw.length;
  }
  if (some.length > 0) yield some;
}
