// Owns walking JSON text without building values: where each value starts and ends, and whether the
// text is JSON at all (RFC 8259). One pass, no recursion, so depth costs memory and not the stack.
// It knows nothing of FHIR.

/** Why a text could not be walked. `truncated`: it is JSON as far as it goes, and ends inside. */
export type ScanFault = 'not-json' | 'truncated';

/** Thrown by the functions here, with the place in the text. */
export class JsonScanError extends Error {
  readonly fault: ScanFault;
  readonly at: number;

  constructor(fault: ScanFault, at: number) {
    super(`${fault} at character ${at}`);
    this.name = 'JsonScanError';
    this.fault = fault;
    this.at = at;
  }
}

/** The first character at or after `at` that is no white space; the text's length when there is none. */
export function skipSpace(text: string, at: number): number {
  let i = at;
  for (;;) {
    const c = text.charCodeAt(i);
    if (c !== SPACE && c !== LINE_FEED && c !== RETURN && c !== TAB) return i;
    i += 1;
  }
}

/** Steps over a byte order mark and white space at the start of a text. */
export function startOfText(text: string): number {
  return skipSpace(text, text.charCodeAt(0) === BYTE_ORDER_MARK ? 1 : 0);
}

/**
 * The end of the value that starts at `at` (one past its last character).
 *
 * @throws JsonScanError
 */
export function skipValue(text: string, at: number): number {
  const c = text.charCodeAt(at);
  if (c === QUOTE) return skipString(text, at);
  if (c === OPEN_OBJECT || c === OPEN_ARRAY) return skipNested(text, at);
  return skipScalar(text, at);
}

/**
 * Visits the members of the object that starts at `at`. Duplicate keys are visited each time.
 *
 * @param member gets the decoded key and where its value starts; says where the value ends
 * @returns the end of the object
 * @throws JsonScanError
 */
export function walkObject(
  text: string,
  at: number,
  member: (key: string, start: number) => number,
): number {
  let i = skipSpace(text, at + 1);
  if (text.charCodeAt(i) === CLOSE_OBJECT) return i + 1;
  for (;;) {
    if (text.charCodeAt(i) !== QUOTE) throw fault(text, i);
    const keyEnd = skipString(text, i);
    const key = readString(text, i, keyEnd);
    i = skipSpace(text, skipColon(text, keyEnd));
    i = skipSpace(text, member(key, i));
    const c = text.charCodeAt(i);
    if (c === CLOSE_OBJECT) return i + 1;
    if (c !== COMMA) throw fault(text, i);
    i = skipSpace(text, i + 1);
  }
}

/**
 * Visits the items of the array that starts at `at`.
 *
 * @param item gets where an item starts; says where it ends
 * @returns the end of the array
 * @throws JsonScanError
 */
export function walkArray(text: string, at: number, item: (start: number) => number): number {
  let i = skipSpace(text, at + 1);
  if (text.charCodeAt(i) === CLOSE_ARRAY) return i + 1;
  for (;;) {
    i = skipSpace(text, item(i));
    const c = text.charCodeAt(i);
    if (c === CLOSE_ARRAY) return i + 1;
    if (c !== COMMA) throw fault(text, i);
    i = skipSpace(text, i + 1);
  }
}

/** Whether the value at `at` is an object, an array, a string. */
export function isObjectAt(text: string, at: number): boolean {
  return text.charCodeAt(at) === OPEN_OBJECT;
}
export function isArrayAt(text: string, at: number): boolean {
  return text.charCodeAt(at) === OPEN_ARRAY;
}
export function isStringAt(text: string, at: number): boolean {
  return text.charCodeAt(at) === QUOTE;
}

/** The string token between two places, decoded. */
export function readString(text: string, start: number, end: number): string {
  const inner = text.slice(start + 1, end - 1);
  return inner.includes('\\') ? (JSON.parse(text.slice(start, end)) as string) : inner;
}

/** The end of the string token that starts at `at`. @throws JsonScanError */
export function skipString(text: string, at: number): number {
  let i = at + 1;
  for (;;) {
    const c = text.charCodeAt(i);
    if (c === QUOTE) return i + 1;
    if (c === BACKSLASH) i = skipEscape(text, i);
    else if (c >= SPACE) i += 1;
    // A control character, or NaN past the end of the text.
    else throw fault(text, i);
  }
}

const TAB = 0x09;
const LINE_FEED = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const PLUS = 0x2b;
const COMMA = 0x2c;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const LETTER_U = 0x75;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const BYTE_ORDER_MARK = 0xfeff;

/** Skips an object or array with all that is in it; the open ones stand on a stack of our own. */
function skipNested(text: string, at: number): number {
  // True for an object, false for an array, from the outermost to the innermost.
  const open: boolean[] = [];
  let i = at;
  for (;;) {
    // At the start of a value.
    let c = text.charCodeAt(i);
    if (c === OPEN_OBJECT) {
      i = skipSpace(text, i + 1);
      if (text.charCodeAt(i) !== CLOSE_OBJECT) {
        open.push(true);
        i = skipKey(text, i);
        continue;
      }
      i += 1;
    } else if (c === OPEN_ARRAY) {
      i = skipSpace(text, i + 1);
      if (text.charCodeAt(i) !== CLOSE_ARRAY) {
        open.push(false);
        continue;
      }
      i += 1;
    } else {
      i = c === QUOTE ? skipString(text, i) : skipScalar(text, i);
    }
    // Past the end of a value: close what closes, then step to the next value.
    for (;;) {
      if (open.length === 0) return i;
      const inObject = open[open.length - 1];
      i = skipSpace(text, i);
      c = text.charCodeAt(i);
      if (c === COMMA) {
        i = skipSpace(text, i + 1);
        if (inObject) i = skipKey(text, i);
        break;
      }
      if (c !== (inObject ? CLOSE_OBJECT : CLOSE_ARRAY)) throw fault(text, i);
      open.pop();
      i += 1;
    }
  }
}

/** From a key's quote to the start of its value. */
function skipKey(text: string, at: number): number {
  if (text.charCodeAt(at) !== QUOTE) throw fault(text, at);
  return skipSpace(text, skipColon(text, skipString(text, at)));
}

function skipColon(text: string, at: number): number {
  const i = skipSpace(text, at);
  if (text.charCodeAt(i) !== COLON) throw fault(text, i);
  return i + 1;
}

function skipEscape(text: string, at: number): number {
  const c = text.charCodeAt(at + 1);
  if (c !== LETTER_U) {
    if (!simpleEscapes.has(c)) throw fault(text, at + 1);
    return at + 2;
  }
  for (let i = at + 2; i < at + 6; i += 1) {
    if (!isHexDigit(text.charCodeAt(i))) throw fault(text, i);
  }
  return at + 6;
}

const simpleEscapes = new Set([...'"\\/bfnrt'].map((letter) => letter.charCodeAt(0)));

function isHexDigit(c: number): boolean {
  return isDigit(c) || ((c | 0x20) >= 0x61 && (c | 0x20) <= 0x66);
}

function isDigit(c: number): boolean {
  return c >= ZERO && c <= ZERO + 9;
}

function skipScalar(text: string, at: number): number {
  const c = text.charCodeAt(at);
  if (c === MINUS || isDigit(c)) return skipNumber(text, at);
  if (c === 0x74) return skipWord(text, at, 'true');
  if (c === 0x66) return skipWord(text, at, 'false');
  if (c === 0x6e) return skipWord(text, at, 'null');
  throw fault(text, at);
}

function skipWord(text: string, at: number, word: string): number {
  if (text.startsWith(word, at)) return at + word.length;
  const rest = text.slice(at, at + word.length);
  throw word.startsWith(rest) ? new JsonScanError('truncated', text.length) : fault(text, at);
}

function skipNumber(text: string, at: number): number {
  let i = text.charCodeAt(at) === MINUS ? at + 1 : at;
  i = text.charCodeAt(i) === ZERO ? i + 1 : skipDigits(text, i);
  if (text.charCodeAt(i) === DOT) i = skipDigits(text, i + 1);
  if ((text.charCodeAt(i) | 0x20) === 0x65) {
    const sign = text.charCodeAt(i + 1);
    i = skipDigits(text, sign === PLUS || sign === MINUS ? i + 2 : i + 1);
  }
  return i;
}

function skipDigits(text: string, at: number): number {
  let i = at;
  while (isDigit(text.charCodeAt(i))) i += 1;
  if (i === at) throw fault(text, i);
  return i;
}

function fault(text: string, at: number): JsonScanError {
  return new JsonScanError(at >= text.length ? 'truncated' : 'not-json', at);
}
