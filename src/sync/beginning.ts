// Owns what the beginning of a page tells while the rest is on its way: the link to the next page, which servers write
// before the entries. Pure, and quick enough for the main thread.

import { linksBeforeEntries, nextLink } from '../fhir/bundle.ts';
import { unpackBody } from '../platform/content-coding.ts';

/** What some kilobytes unpack to, and no more: it is looked through on the main thread. */
const MOST_BYTES = 256 * 1024;

/** The link to the next page that stands in some first bytes of a body; null where none is seen there. */
export function nextLinkIn(bytes: Buffer, headers: Headers): string | null {
  try {
    const plain = unpackBody(bytes, headers.get('content-encoding'), MOST_BYTES);
    return nextLink(linksBeforeEntries(plain.toString('utf8')));
  } catch {
    // It is no page, as far as can be seen: that is told when all of it is read.
    return null;
  }
}
