// Owns undoing what a server has packed a body with (RFC 9110 section 8.4.1): as it comes, or at once in a thread.

import { pipeline, type Readable } from 'node:stream';
import {
  brotliDecompressSync,
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  gunzipSync,
  inflateSync,
} from 'node:zlib';
import { ChartfoldError } from './errors.ts';

/** What is asked for in Accept-Encoding. Not deflate, of which some servers leave the zlib wrapper out (RFC 9110 8.4.1.2). */
export const CODINGS_TAKEN = 'gzip, br';

/** One in the other: each costs memory and time before a byte of it has come. */
const MOST_CODINGS = 5;

/** Each piece costs a way through the thread pool and a turn of the main loop: of the usual 16 KB there are too many. */
const PIECE_BYTES = 256 * 1024;

/** A body that ends inside gives what there is of it, like one that was not packed. */
const ZLIB = {
  flush: constants.Z_SYNC_FLUSH,
  finishFlush: constants.Z_SYNC_FLUSH,
  chunkSize: PIECE_BYTES,
};
const BROTLI = {
  flush: constants.BROTLI_OPERATION_FLUSH,
  finishFlush: constants.BROTLI_OPERATION_FLUSH,
  chunkSize: PIECE_BYTES,
};
const GZIP = { stream: () => createGunzip(ZLIB), sync: gunzipSync, options: ZLIB };

const CODINGS = new Map(
  Object.entries({
    gzip: GZIP,
    'x-gzip': GZIP,
    deflate: { stream: () => createInflate(ZLIB), sync: inflateSync, options: ZLIB },
    br: {
      stream: () => createBrotliDecompress(BROTLI),
      sync: brotliDecompressSync,
      options: BROTLI,
    },
  }),
);

/**
 * A body as it was before it was packed, while it comes.
 * @param coding the header Content-Encoding; an unknown one is left as it is
 * @throws `net.unreachable` when it names too many
 */
export function unpacking(body: Readable, coding: string | null): Readable {
  return codingsIn(coding).reduce<Readable>(
    // What fails is thrown where the last is read.
    (packed, { stream }) => pipeline(packed, stream(), () => undefined),
    body,
  );
}

/**
 * A whole body as it was before it was packed.
 * @param coding the header Content-Encoding; an unknown one is left as it is
 * @param maxBytes of what it unpacks to
 * @throws `net.too_large`; `net.unreachable` when it was damaged on its way, or names too many
 */
export function unpackBody(body: Buffer, coding: string | null, maxBytes: number): Buffer {
  const codings = codingsIn(coding);
  try {
    return codings.reduce<Buffer>(
      (packed, { sync, options }) => sync(packed, { ...options, maxOutputLength: maxBytes }),
      body,
    );
  } catch (cause) {
    const { code } = cause as { code?: string };
    const isTooLarge = code === 'ERR_BUFFER_TOO_LARGE';
    throw new ChartfoldError(isTooLarge ? 'net.too_large' : 'net.unreachable', { cause });
  }
}

/** The last that was done is the first to be undone. */
function codingsIn(coding: string | null) {
  const named = (coding ?? '').split(',').map((name) => name.trim().toLowerCase());
  const known = named.flatMap((name) => CODINGS.get(name) ?? []);
  if (known.length > MOST_CODINGS)
    throw new ChartfoldError('net.unreachable', { detail: `packed ${known.length} times` });
  return known.reverse();
}
