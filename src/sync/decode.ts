// Owns making text of an answer's bytes: pure. Exactly the characters that were sent, or an error: a replacement
// character in a record would be a change that nobody sees.

import { ChartfoldError } from '../platform/errors.ts';

/**
 * The text of a body by the charset of its Content-Type, without a byte order mark; UTF-8 where none is said, as
 * JSON is by RFC 8259 section 8.1.
 * @throws `fhir.undecodable` when the charset is not known, or the bytes are not in it
 */
export function decodeBody(body: ArrayBuffer | Uint8Array, contentType: string | null): string {
  const charset = CHARSET.exec(contentType ?? '')?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(charset, { fatal: true }).decode(body);
  } catch (cause) {
    throw new ChartfoldError('fhir.undecodable', { cause });
  }
}

const CHARSET = /;\s*charset\s*=\s*"?([^\s";]+)/i;
