// Owns taking the white space out from between the tokens of a JSON text, and nothing else: numbers,
// escapes, key order and duplicate keys stay as they came. For one-line formats such as NDJSON.

import { skipSpace, skipString, startOfText } from './json-scan.ts';

/**
 * The tokens of a JSON text as they came, with nothing between them. Never holds a line break, since
 * inside a string JSON allows none.
 *
 * @throws JsonScanError when a string does not end
 */
export function joinTokens(text: string): string {
  const parts: string[] = [];
  let from = startOfText(text);
  let i = from;
  while (i < text.length) {
    const c = text.charCodeAt(i);
    if (c === 0x22) {
      i = skipString(text, i);
    } else if (c <= 0x20) {
      parts.push(text.slice(from, i));
      from = skipSpace(text, i);
      // A character below the space that is no JSON white space is kept, so that nothing is lost.
      i = from === i ? i + 1 : from;
    } else {
      i += 1;
    }
  }
  parts.push(text.slice(from));
  return parts.join('');
}
