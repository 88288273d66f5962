// Owns finding a secret wherever it stands: in text, in bytes, packed, and in the ways that programs write one text within
// another. It says where and what kind, never the secret itself.

import { isUtf8 } from 'node:buffer';
import {
  brotliDecompressSync,
  gunzipSync,
  inflateRawSync,
  inflateSync,
  zstdDecompressSync,
} from 'node:zlib';

export type Secret = { readonly kind: string; readonly value: string | Uint8Array };
export type Place = { readonly name: string; readonly bytes: Uint8Array };
export type Find = { readonly place: string; readonly kind: string };
export type Scanner = {
  /** Each kind once for each place. */
  scan(places: Iterable<Place>): Find[];
  /** How many pieces of secrets are looked for. */
  readonly pieces: number;
};

/**
 * A long secret is looked for by its parts of this many characters, so that one cut off, or broken into lines as PEM is,
 * is found by what is left of it.
 */
const PIECE = 24;
/** Anything shorter would be found by chance. */
const SHORTEST = 12;
const MOST_UNPACKED = 64 << 20;

/** @throws Error for a secret that is too short to be told from other text */
export function scannerFor(secrets: readonly Secret[]): Scanner {
  const kinds = new Map<string, string>();
  for (const { kind, value } of secrets) {
    const plain = Buffer.from(value);
    if (plain.length < SHORTEST) throw new Error(`${kind}: too short to be looked for`);
    for (const form of formsOf(plain))
      for (const piece of piecesOf(form)) kinds.set(piece.toString('latin1'), kind);
  }
  const look = lookFor(kinds);
  return {
    pieces: kinds.size,
    scan(places) {
      const finds: Find[] = [];
      for (const { name, bytes } of places) {
        const found = new Set(unpacked(Buffer.from(bytes)).flatMap((layer) => [...look(layer)]));
        finds.push(...[...found].map((kind) => ({ place: name, kind })));
      }
      return finds;
    },
  };
}

/** How a value may stand in other text. */
function formsOf(plain: Buffer): Buffer[] {
  const text = plain.toString('utf8');
  const isText = Buffer.from(text).equals(plain);
  const hex = plain.toString('hex');
  const written = isText ? [encodeURIComponent(text), JSON.stringify(text).slice(1, -1)] : [];
  const encoded = [0, 1, 2].flatMap((before) => base64At(plain, before));
  const texts = [hex, hex.toUpperCase(), ...encoded, ...written];
  return [plain, ...texts.map((one) => Buffer.from(one))].filter((f) => f.length >= SHORTEST);
}

/** The value's base64 where it begins so many bytes into a larger whole, without what its neighbours take part in. */
function base64At(plain: Buffer, before: number): string[] {
  const shifted = Buffer.concat([Buffer.alloc(before), plain]);
  const from = Math.ceil((before * 8) / 6);
  const to = Math.floor((shifted.length * 8) / 6);
  return [
    shifted.toString('base64').slice(from, to),
    shifted.toString('base64url').slice(from, to),
  ];
}

function piecesOf(form: Buffer): Buffer[] {
  if (form.length <= PIECE) return [form];
  const starts = Array.from({ length: Math.floor(form.length / PIECE) }, (_, n) => n * PIECE);
  return [...starts, form.length - PIECE].map((at) => form.subarray(at, at + PIECE));
}

/** All pieces at once: by their first four bytes, and those by a table of bits that most text never meets. */
function lookFor(kinds: ReadonlyMap<string, string>): (bytes: Buffer) => Set<string> {
  const table = new Uint8Array(1 << 21);
  const byHead = new Map<number, { piece: Buffer; kind: string }[]>();
  const slotOf = (head: number) => Math.imul(head, 0x9e3779b1) >>> 8;
  for (const [latin1, kind] of kinds) {
    const piece = Buffer.from(latin1, 'latin1');
    const head = piece.readInt32BE(0);
    const slot = slotOf(head);
    table[slot >>> 3] = (table[slot >>> 3] ?? 0) | (1 << (slot & 7));
    byHead.set(head, [...(byHead.get(head) ?? []), { piece, kind }]);
  }
  return (bytes) => {
    const found = new Set<string>();
    let head = 0;
    for (let at = 0; at < bytes.length; at += 1) {
      head = (head << 8) | (bytes[at] as number);
      const slot = slotOf(head);
      if (((table[slot >>> 3] as number) & (1 << (slot & 7))) === 0) continue;
      for (const { piece, kind } of byHead.get(head) ?? []) {
        const from = at - 3;
        if (piece.compare(bytes, from, Math.min(from + piece.length, bytes.length)) === 0)
          found.add(kind);
      }
    }
    return found;
  };
}

const unpackers = [
  gunzipSync,
  inflateSync,
  inflateRawSync,
  brotliDecompressSync,
  zstdDecompressSync,
] as const;

/** Bytes as they are, and what they hold where they are packed, twice over at most. */
function unpacked(bytes: Buffer, depth = 2): Buffer[] {
  // No packed bytes are text, and trying costs more than looking.
  if (depth === 0 || bytes.length === 0 || isUtf8(bytes)) return [bytes];
  const inner = unpackers.flatMap((unpack) => {
    try {
      return [unpack(bytes, { maxOutputLength: MOST_UNPACKED })];
    } catch {
      return []; // Not packed this way.
    }
  });
  return [bytes, ...inner.flatMap((one) => unpacked(one, depth - 1))];
}
