// Owns the form in which two texts of a resource are compared: do they say the same. Pure, and
// without recursion, so that a deeply nested text costs memory and not the stack.

import {
  isArrayAt,
  isObjectAt,
  isStringAt,
  JsonScanError,
  readString,
  skipSpace,
  skipString,
  skipValue,
  startOfText,
} from './json-scan.ts';

/**
 * The canonical form of a JSON text: keys sorted, white space gone, strings in one spelling. Numbers
 * stay as they were written, since 565.60 and 565.6 differ in precision; duplicate keys stay, in
 * their order. Equal forms mean that the texts say the same.
 *
 * @param volatilePaths members to leave out, dotted from the root, such as `meta.lastUpdated`;
 * arrays on the way add nothing to a path; with `?` behind it, of an address only what follows its `?`, such as
 * `content.attachment.url?` for one that is signed anew for each answer
 * @returns undefined when the text is no JSON
 */
export function canonicalForm(
  text: string,
  volatilePaths: readonly string[] = [],
): string | undefined {
  try {
    const start = startOfText(text);
    const end = skipValue(text, start);
    if (skipSpace(text, end) < text.length) return undefined;
    return build(text, start, new Set(volatilePaths));
  } catch (error) {
    if (error instanceof JsonScanError) return undefined;
    throw error;
  }
}

/** An object or array that is being read. */
type Frame = {
  readonly isObject: boolean;
  readonly path: string;
  /** Sorting key of each part: the member's name in an object. */
  readonly keys: string[];
  readonly parts: string[];
  /** The member being read; in an array the empty text. */
  key: string;
  /** Something was left out: what is empty for that reason alone is left out too. */
  hasLost: boolean;
};

// The text is known to be JSON here, so that places are stepped over and not checked again.
function build(text: string, start: number, volatile: ReadonlySet<string>): string {
  const open: Frame[] = [];
  let i = start;
  for (;;) {
    let done: string | undefined;
    if (isObjectAt(text, i) || isArrayAt(text, i)) {
      const frame = newFrame(isObjectAt(text, i), open.at(-1));
      i = skipSpace(text, i + 1);
      if (text[i] === '}' || text[i] === ']') {
        i += 1;
        done = frame.isObject ? '{}' : '[]';
      } else {
        open.push(frame);
      }
    } else {
      const end = skipValue(text, i);
      done = isStringAt(text, i) ? spell(readString(text, i, end)) : text.slice(i, end);
      i = end;
    }
    while (done !== undefined) {
      const frame = open.at(-1);
      if (!frame) return done;
      add(frame, done, volatile);
      i = skipSpace(text, i);
      const isMore = text[i] === ',';
      i = isMore ? skipSpace(text, i + 1) : i + 1;
      if (isMore) break;
      open.pop();
      done = close(frame);
    }
    const frame = open.at(-1);
    if (frame?.isObject) i = readKey(text, i, frame);
  }
}

function newFrame(isObject: boolean, parent: Frame | undefined): Frame {
  const path = parent ? memberPath(parent) : '';
  return { isObject, path, keys: [], parts: [], key: '', hasLost: false };
}

function memberPath(frame: Frame): string {
  if (!frame.isObject) return frame.path;
  return frame.path === '' ? frame.key : `${frame.path}.${frame.key}`;
}

function readKey(text: string, at: number, frame: Frame): number {
  const end = skipString(text, at);
  frame.key = readString(text, at, end);
  return skipSpace(text, skipSpace(text, end) + 1);
}

function add(frame: Frame, part: string, volatile: ReadonlySet<string>): void {
  const isVolatile = frame.isObject && volatile.size > 0 && volatile.has(memberPath(frame));
  if (isVolatile || part === nothingLeft) {
    frame.hasLost = true;
    return;
  }
  const isSigned = frame.isObject && volatile.size > 0 && volatile.has(`${memberPath(frame)}?`);
  frame.keys.push(frame.key);
  frame.parts.push(isSigned ? part.replace(/[?#].*"$/s, '"') : part);
}

/** Stands for an object that only held what was left out: `meta` with nothing but `lastUpdated`. */
const nothingLeft = '';

function close(frame: Frame): string {
  if (frame.hasLost && frame.parts.length === 0) return nothingLeft;
  if (!frame.isObject) return `[${list(frame.parts)}]`;
  const order = frame.keys.map((_, index) => index);
  // Stable: duplicates of a key keep their order.
  order.sort((a, b) => compare(frame.keys[a] ?? '', frame.keys[b] ?? ''));
  const members = order.map((index) => `${spell(frame.keys[index] ?? '')}:${frame.parts[index]}`);
  return `{${list(members)}}`;
}

/** A long part is not copied, as `join` would: what is nested would be, once for each level that it lies in. */
function list(parts: readonly string[]): string {
  const isShort = parts.every((part) => part.length < longPart);
  return isShort ? parts.join(',') : parts.reduce((all, part) => `${all},${part}`);
}

const longPart = 1_000;

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function spell(decoded: string): string {
  return JSON.stringify(decoded);
}
