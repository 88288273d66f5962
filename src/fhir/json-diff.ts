// Owns what differs between two JSON texts of one resource, as a tree that can be applied and as a list that can be
// read. Pure. Numbers are compared as they were written, and said to be the same value where they are.

/** A JSON value whose numbers kept their spelling: `565.60` is not `565.6`. Of duplicate keys the last counts. */
export type Json = null | boolean | string | WrittenNumber | readonly Json[] | JsonObject;
export type JsonObject = { readonly [key: string]: Json };
/** As `JSON.rawJSON` makes it, so that it is written again as it came. */
type WrittenNumber = { readonly rawJSON: string };

export type Diff =
  | { readonly kind: 'same' }
  | { readonly kind: 'replaced'; readonly before: Json; readonly after: Json }
  | { readonly kind: 'object'; readonly members: ReadonlyMap<string, Diff | Added | Removed> }
  /** What became of each item, in the order of both; a kept one is known by its id, its code or its whole text. */
  | { readonly kind: 'array'; readonly items: readonly (Kept | Added | Removed)[] };
type Added = { readonly kind: 'added'; readonly after: Json };
type Removed = { readonly kind: 'removed'; readonly before: Json };
type Kept = { readonly kind: 'kept'; readonly diff: Diff };

/** One place that differs. Values as JSON text; null where there is none. */
export type Difference = {
  /** Dotted from the root, items by their number: `component[1].valueQuantity.value`. */
  readonly path: string;
  readonly before: string | null;
  readonly after: string | null;
  /** The same number in another spelling. */
  readonly isSameValue: boolean;
};

/** Parses a JSON text; undefined where it is none, or too deep to be walked. */
export function parseExact(text: string): Json | undefined {
  try {
    return JSON.parse(text, keepSpelling as never) as Json;
  } catch {
    return undefined; // A syntax error, or more levels than the stack has.
  }
}

/** What makes `after` of `before`. The order of an object's keys is no difference. */
export function diff(before: Json, after: Json): Diff {
  return compare(before, after, 0);
}

/** Applies a difference to what it was taken from. */
export function apply(before: Json, change: Diff): Json {
  switch (change.kind) {
    case 'same':
      return before;
    case 'replaced':
      return change.after;
    case 'array':
      return applyItems(before as readonly Json[], change.items);
    case 'object':
      return applyMembers(before as JsonObject, change.members);
  }
}

/** Each place that differs, in the order of the text. */
export function differences(change: Diff): Difference[] {
  return [...listed(change, '')];
}

/** Whether two spellings of numbers, such as `565.60` and `565.6`, say the same value. */
export function isSameNumber(before: string, after: string): boolean {
  const value = decimal(before);
  return value !== null && value === decimal(after);
}

/** A JSON text in which key order and white space say nothing. */
export function writeSorted(value: Json): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    isObject(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : inner,
  );
}

/** Deeper levels are compared whole. FHIR's own resources have about ten. */
const deepest = 100;
/** Longer lists, their equal beginning and end taken away, are not put side by side: it costs their product. */
const mostPairs = 250_000;

const exact = JSON as unknown as {
  rawJSON(text: string): WrittenNumber;
  isRawJSON(value: unknown): value is WrittenNumber;
};

function keepSpelling(_key: string, value: unknown, context: { source?: string }): unknown {
  return typeof value === 'number' && context.source !== undefined
    ? exact.rawJSON(context.source)
    : value;
}

function isObject(value: unknown): value is JsonObject {
  const isComposed = typeof value === 'object' && value !== null;
  return isComposed && !Array.isArray(value) && !exact.isRawJSON(value);
}

function compare(before: Json, after: Json, depth: number): Diff {
  if (depth < deepest && isObject(before) && isObject(after))
    return compareObjects(before, after, depth);
  if (depth < deepest && Array.isArray(before) && Array.isArray(after))
    return compareArrays(before, after, depth);
  return writeSorted(before) === writeSorted(after)
    ? { kind: 'same' }
    : { kind: 'replaced', before, after };
}

function compareObjects(before: JsonObject, after: JsonObject, depth: number): Diff {
  const members = new Map<string, Diff | Added | Removed>();
  for (const [key, old] of Object.entries(before)) {
    if (!Object.hasOwn(after, key)) members.set(key, { kind: 'removed', before: old });
    else {
      const inner = compare(old, after[key] ?? null, depth + 1);
      if (inner.kind !== 'same') members.set(key, inner);
    }
  }
  for (const [key, value] of Object.entries(after))
    if (!Object.hasOwn(before, key)) members.set(key, { kind: 'added', after: value });
  return members.size === 0 ? { kind: 'same' } : { kind: 'object', members };
}

function compareArrays(before: readonly Json[], after: readonly Json[], depth: number): Diff {
  const items: (Kept | Added | Removed)[] = [];
  const keep = (a: Json, b: Json) => items.push({ kind: 'kept', diff: compare(a, b, depth + 1) });
  let [from, to] = [0, 0];
  for (const [a, b] of [...matches(before, after), [before.length, after.length] as const]) {
    const removed = before.slice(from, a);
    const added = after.slice(to, b);
    // What has no name of its own and stands in the same gap is the same item, written otherwise.
    while (removed[0] !== undefined && added[0] !== undefined && isUnnamed(removed[0], added[0]))
      keep(removed.shift() as Json, added.shift() as Json);
    for (const one of removed) items.push({ kind: 'removed', before: one });
    for (const one of added) items.push({ kind: 'added', after: one });
    const [old, now] = [before[a], after[b]];
    if (old !== undefined && now !== undefined) keep(old, now);
    [from, to] = [a + 1, b + 1];
  }
  const isSame = items.every((item) => item.kind === 'kept' && item.diff.kind === 'same');
  return isSame ? { kind: 'same' } : { kind: 'array', items };
}

function isUnnamed(a: Json, b: Json): boolean {
  return nameOf(a) === null && nameOf(b) === null;
}

/** Pairs of places that hold the same item, growing in both: the longest common sequence of their identities. */
function matches(before: readonly Json[], after: readonly Json[]): [number, number][] {
  const [a, b] = [before.map(identity), after.map(identity)];
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  const head = Array.from({ length: start }, (_, n): [number, number] => [n, n]);
  const tail = Array.from({ length: end }, (_, n): [number, number] => [
    a.length - end + n,
    b.length - end + n,
  ]);
  const middle = longestCommon(a.slice(start, a.length - end), b.slice(start, b.length - end));
  return [...head, ...middle.map(([x, y]): [number, number] => [x + start, y + start]), ...tail];
}

function longestCommon(a: readonly string[], b: readonly string[]): [number, number][] {
  if (a.length * b.length > mostPairs) return [];
  const width = b.length + 1;
  const lengths = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number) => lengths[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1)
    for (let j = b.length - 1; j >= 0; j -= 1)
      lengths[i * width + j] =
        a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const pairs: [number, number][] = [];
  for (let [i, j] = [0, 0]; i < a.length && j < b.length; ) {
    if (a[i] === b[j]) pairs.push([i++, j++]);
    else if (at(i + 1, j) >= at(i, j + 1)) i += 1;
    else j += 1;
  }
  return pairs;
}

/** What makes two items the same one: their name where they have one, else all they say. */
function identity(item: Json): string {
  return nameOf(item) ?? `whole ${writeSorted(item)}`;
}

/** The name that FHIR gives an item: its id, its code or identifier in a system, its URL, the code that it is about. */
function nameOf(item: Json): string | null {
  if (!isObject(item)) return null;
  const { id, system, code, value, url, linkId, coding }: JsonObject = item;
  if (typeof id === 'string') return `id ${id}`;
  if (typeof system === 'string' && typeof code === 'string') return `code ${system} ${code}`;
  if (typeof system === 'string' && typeof value === 'string') return `value ${system} ${value}`;
  if (typeof url === 'string') return `url ${url}`;
  if (typeof linkId === 'string') return `link ${linkId}`;
  if (Array.isArray(coding) && coding[0] !== undefined) return nameOf(coding[0] as Json);
  return code !== undefined ? nameOf(code) : null;
}

function applyItems(before: readonly Json[], items: readonly (Kept | Added | Removed)[]): Json[] {
  let from = 0;
  return items.flatMap((item) => {
    if (item.kind === 'added') return [item.after];
    const old = before[from] ?? null;
    from += 1;
    return item.kind === 'kept' ? [apply(old, item.diff)] : [];
  });
}

function applyMembers(
  before: JsonObject,
  members: ReadonlyMap<string, Diff | Added | Removed>,
): JsonObject {
  const kept = Object.entries(before).flatMap(([key, old]): [string, Json][] => {
    const change = members.get(key);
    if (change === undefined) return [[key, old]];
    return change.kind === 'removed' || change.kind === 'added' ? [] : [[key, apply(old, change)]];
  });
  const added = [...members].flatMap(([key, change]): [string, Json][] =>
    change.kind === 'added' ? [[key, change.after]] : [],
  );
  return Object.fromEntries([...kept, ...added]);
}

function* listed(change: Diff | Added | Removed, path: string): Generator<Difference> {
  switch (change.kind) {
    case 'same':
      return;
    case 'added':
      return yield { path, before: null, after: written(change.after), isSameValue: false };
    case 'removed':
      return yield { path, before: written(change.before), after: null, isSameValue: false };
    case 'replaced': {
      const { before, after } = change;
      const isSameValue =
        exact.isRawJSON(before) &&
        exact.isRawJSON(after) &&
        isSameNumber(before.rawJSON, after.rawJSON);
      return yield { path, before: written(before), after: written(after), isSameValue };
    }
    case 'object':
      for (const [key, inner] of change.members)
        yield* listed(inner, path === '' ? key : `${path}.${key}`);
      return;
    case 'array':
      yield* listedItems(change.items, path);
  }
}

/** Numbered as they stand now; what was taken away, as it stood. */
function* listedItems(
  items: readonly (Kept | Added | Removed)[],
  path: string,
): Generator<Difference> {
  let [from, to] = [0, 0];
  for (const item of items) {
    if (item.kind === 'kept') yield* listed(item.diff, `${path}[${to}]`);
    else yield* listed(item, `${path}[${item.kind === 'added' ? to : from}]`);
    if (item.kind !== 'added') from += 1;
    if (item.kind !== 'removed') to += 1;
  }
}

function written(value: Json): string {
  return JSON.stringify(value);
}

/** A number's text in one spelling: sign, digits without zeros at either end, and the power of ten. */
function decimal(text: string): string | null {
  const parts = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text);
  if (!parts) return null;
  const [, sign = '', whole = '', part = '', power = '0'] = parts;
  const digits = `${whole}${part}`.replace(/^0+/, '');
  const short = digits.replace(/0+$/, '');
  if (short === '') return '0';
  return `${sign}${short}e${Number(power) - part.length + digits.length - short.length}`;
}
