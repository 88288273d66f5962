// Owns reading the past of one record: what became known of it and when, what each version changed in plain words, and
// the raw difference between two neighbours.

import type { Sight } from '../../access/policy.ts';
import type { Db } from '../../platform/db/db.ts';
import { ChartfoldError } from '../../platform/errors.ts';
import { ownTurn } from '../../platform/own-turn.ts';
import { type Difference, diff, differences, parseExact } from '../../fhir/json-diff.ts';
import { eventsOf, type RecordEvent, versionTexts } from '../../records/history.ts';
import { rawOf, readResource } from '../../records/read.ts';
import type { Source, StoredResource } from '../../records/types.ts';
import { describe } from '../describe/describe.ts';
import type { Kind } from '../describe/described.ts';
import { isSeen } from '../sight.ts';
import { type FieldDifference, fieldDifferences } from './differences.ts';

export type HistoryEvent = RecordEvent & {
  /** What a version says otherwise than the one before; of the first one, and of a notice, none. */
  readonly differences: readonly FieldDifference[];
};

/** A place that differs; a long value is cut. */
export type RawDifference = Difference & {
  /** The portal changes this in each answer, so it does not count as a change. */
  readonly isVolatile: boolean;
};

/** What became known of a record, latest first. @throws `record.not_found` where it may not be seen */
export async function readHistoryOf(
  db: Db,
  personId: string,
  resourceId: string,
  sight: Sight,
  page: { before: number | null; limit: number },
): Promise<{ kind: Kind; source: Source; events: HistoryEvent[]; next: number | null }> {
  const { resource, kind } = await seenResource(db, personId, resourceId, sight);
  const before = page.before ?? Number.MAX_SAFE_INTEGER;
  const found = await eventsOf(db, resourceId, { before, limit: page.limit + 1 });
  const shown = found.slice(0, page.limit);
  const events: HistoryEvent[] = [];
  for (const { seq: _, ...event } of shown)
    events.push({ ...event, differences: await changedIn(db, resource, event.versionNo, sight) });
  const next = found.length > page.limit ? (shown.at(-1)?.seq ?? null) : null;
  return { kind, source: resource.source, events, next };
}

/**
 * What differs between the text of a version and the one before it; nothing for the first.
 * @param volatilePathsOf the paths that do not count as a change, as `canonicalForm` has them
 * @throws `record.not_found` where it may not be seen, or has no such version
 */
export async function readRawDifference(
  db: Db,
  { personId, resourceId, version }: { personId: string; resourceId: string; version: number },
  sight: Sight,
  volatilePathsOf: (source: Source) => Promise<readonly string[]>,
): Promise<{ kind: Kind; differences: RawDifference[]; more: number }> {
  const { resource, kind } = await seenResource(db, personId, resourceId, sight);
  const texts = await versionTexts(db, resourceId, [version - 1, version]);
  const isSeenWhole = texts.every(({ text }) => isTextSeen(resource.type, text, sight));
  if (texts.at(-1)?.versionNo !== version || !isSeenWhole)
    throw new ChartfoldError('record.not_found');
  const [before, after] = texts.map(({ text }) => parseExact(text));
  const found = before === undefined || after === undefined ? [] : differences(diff(before, after));
  const volatile = new Set(await volatilePathsOf(resource.source));
  return {
    kind,
    differences: found.slice(0, mostPlaces).map((one) => ({
      ...one,
      before: cut(one.before),
      after: cut(one.after),
      isVolatile: isVolatile(one, volatile),
    })),
    more: Math.max(0, found.length - mostPlaces),
  };
}

/** What differs between two versions of a record; nothing where one was of a kind that may not be seen. */
export async function differencesBetween(
  db: Db,
  { id, type }: { readonly id: string; readonly type: string },
  versions: readonly [number, number],
  sight: Sight,
): Promise<FieldDifference[]> {
  // One record's text may be megabytes.
  await ownTurn();
  const texts = await versionTexts(db, id, versions);
  const described = texts.map(({ text }) => describe(type, text));
  const isWhole = described.length === 2 && described.every((d) => isKindSeen(d?.kind, sight));
  return isWhole ? fieldDifferences(described[0], described[1]) : [];
}

/** Beyond these a person reads the texts themselves. */
const mostPlaces = 500;
const longestValue = 2_000;

async function seenResource(
  db: Db,
  personId: string,
  resourceId: string,
  sight: Sight,
): Promise<{ resource: StoredResource; kind: Kind }> {
  const resource = await readResource(db, resourceId, personId);
  const kind = describe(resource.type, await rawOf(db, resource.currentSeq))?.kind;
  if (!isKindSeen(kind, sight)) throw new ChartfoldError('record.not_found');
  return { resource, kind: kind ?? 'other' };
}

async function changedIn(
  db: Db,
  resource: StoredResource,
  version: number | null,
  sight: Sight,
): Promise<FieldDifference[]> {
  if (version === null || version === 1) return [];
  return differencesBetween(db, resource, [version - 1, version], sight);
}

function isTextSeen(type: string, text: string, sight: Sight): boolean {
  return sight === 'all' || isKindSeen(describe(type, text)?.kind, sight);
}

function isKindSeen(kind: Kind | undefined, sight: Sight): boolean {
  return sight === 'all' || (kind !== undefined && isSeen(sight, kind));
}

function isVolatile({ path, before, after }: Difference, volatile: ReadonlySet<string>): boolean {
  const place = path.replace(/\[\d+\]/g, '');
  const within = place.split('.').map((_, n, steps) => steps.slice(0, n + 1).join('.'));
  if (within.some((one) => volatile.has(one))) return true;
  // Of a signed address only what follows its `?` is volatile.
  const address = (text: string | null) => text?.replace(/[?#].*"$/s, '"');
  if (volatile.has(`${place}?`) && address(before) === address(after)) return true;
  // What came or went whole, such as `meta` with nothing but `lastUpdated` in it.
  return (before === null || after === null) && holdsOnly(place, before ?? after, volatile);
}

function holdsOnly(place: string, text: string | null, volatile: ReadonlySet<string>): boolean {
  const value: unknown = JSON.parse(text ?? 'null');
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const keys = Object.keys(value);
  return keys.length > 0 && keys.every((key) => volatile.has(`${place}.${key}`));
}

function cut(value: string | null): string | null {
  if (value === null || value.length <= longestValue) return value;
  return `${value.slice(0, longestValue)} … (${value.length} characters)`;
}
