// Owns undoing what a server has packed a body with (RFC 9110 section 8.4.1): as it comes, or at once in a thread.

import { pipeline, type Readable } from 'node:stream';
import {
  brotliDecompressSync,
  constants,
  createBrotliDecompress,
  createGunzip,
  gunzipSync,
} from 'node:zlib';
import { ChartfoldError } from './errors.ts';

/** What is asked for in Accept-Encoding. Not `deflate`, by which servers mean two forms. */
export const CODINGS_TAKEN = 'gzip, br';

/** Each piece costs a way through the thread pool and a turn of the main loop: of the usual 16 KB there are too many. */
const PIECE_BYTES = 256 * 1024;

/** A body that ends inside gives what there is of it: servers leave ends out, and what JSON it is says whether it is whole. */
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
    br: {
      stream: () => createBrotliDecompress(BROTLI),
      sync: brotliDecompressSync,
      options: BROTLI,
    },
  }),
);

/**
 * A body as it was before it was packed, while it comes.
 * @param coding the header Content-Encoding; an unknown one is left as it is, and so are several, which nobody asks for:
 *   a chain of them would cost what its sender likes
 */
export function unpacking(body: Readable, coding: string | null): Readable {
  const known = codingIn(coding);
  // What fails is thrown where it is read.
  return known ? pipeline(body, known.stream(), () => undefined) : body;
}

/**
 * A whole body as it was before it was packed.
 * @param coding as above
 * @param maxBytes of what it unpacks to
 * @param options.mustBeWhole whether one that ends inside is damaged: for files, which do not say where they end
 * @throws `net.too_large`; `net.unreachable` when it was damaged on its way
 */
export function unpackBody(
  body: Buffer,
  coding: string | null,
  maxBytes: number,
  { mustBeWhole = false } = {},
): Buffer {
  const known = codingIn(coding);
  if (!known || body.length === 0) return body;
  const options = mustBeWhole ? { chunkSize: PIECE_BYTES } : known.options;
  try {
    return known.sync(body, { ...options, maxOutputLength: maxBytes });
  } catch (cause) {
    const { code } = cause as { code?: string };
    const isTooLarge = code === 'ERR_BUFFER_TOO_LARGE';
    throw new ChartfoldError(isTooLarge ? 'net.too_large' : 'net.unreachable', { cause });
  }
}

function codingIn(header: string | null) {
  return CODINGS.get((header ?? '').trim().toLowerCase());
}
