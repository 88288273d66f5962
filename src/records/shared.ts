// Owns who may read what a source shares (organizations, practitioners, …): everyone whose records
// refer to it, directly or through another shared resource. References are kept by name, since the
// resource may come after the reference to it. Part of the commit: runs inside its transaction.

import type { Transaction } from '../platform/db/db.ts';
import type { Incoming, PersonId, SharedKey, SourceId } from './types.ts';

const rowsPerStatement = 400;

/** What one call has already seen stored, so that each reference is looked up once. */
export type SharedSeen = { readonly readers: Set<string>; readonly references: Set<string> };

export function newSharedSeen(): SharedSeen {
  return { readers: new Set(), references: new Set() };
}

type Reader = SharedKey & { readonly person: PersonId };
type Reference = { readonly from: SharedKey; readonly to: SharedKey };

/**
 * Stores the references of some resources and every reader that follows from them.
 *
 * @param draw gives the first of n new numbers of the record counter
 */
export async function storeReaders(
  trx: Transaction,
  source: SourceId,
  resources: readonly Incoming[],
  seen: SharedSeen,
  draw: (n: number) => Promise<number>,
): Promise<void> {
  const readers: Reader[] = [];
  const references: Reference[] = [];
  for (const resource of resources) {
    for (const to of resource.readsShared ?? []) {
      if (resource.person !== null) readers.push({ ...to, person: resource.person });
      else references.push({ from: { type: resource.type, id: resource.id }, to });
    }
  }
  const newReferences = await storeReferences(trx, source, unseenReferences(references, seen));
  let frontier: Reader[] = [...readers, ...(await readersThrough(trx, source, newReferences))];
  while (frontier.length > 0) {
    const added = await storeNewReaders(trx, source, unseenReaders(frontier, seen), draw);
    frontier = await readersBeyond(trx, source, added);
  }
}

function unseenReaders(readers: readonly Reader[], seen: SharedSeen): Reader[] {
  return readers.filter((reader) => isFirst(seen.readers, `${name(reader)} ${reader.person}`));
}

function unseenReferences(references: readonly Reference[], seen: SharedSeen): Reference[] {
  return references.filter(({ from, to }) => isFirst(seen.references, `${name(from)} ${name(to)}`));
}

function isFirst(set: Set<string>, key: string): boolean {
  if (set.has(key)) return false;
  set.add(key);
  return true;
}

async function storeReferences(
  trx: Transaction,
  source: SourceId,
  references: readonly Reference[],
): Promise<Reference[]> {
  const added: Reference[] = [];
  for (const some of slices(references)) {
    const rows = await trx
      .insertInto('shared_reference')
      .values(
        some.map(({ from, to }) => ({
          source_id: source,
          from_type: from.type,
          from_id: from.id,
          to_type: to.type,
          to_id: to.id,
        })),
      )
      .onConflict((conflict) => conflict.doNothing())
      .returning(['from_type', 'from_id', 'to_type', 'to_id'])
      .execute();
    for (const row of rows) {
      added.push({
        from: { type: row.from_type, id: row.from_id },
        to: { type: row.to_type, id: row.to_id },
      });
    }
  }
  return added;
}

/** Who reads the referring resources now reads what they refer to. */
async function readersThrough(
  trx: Transaction,
  source: SourceId,
  references: readonly Reference[],
): Promise<Reader[]> {
  const found: Reader[] = [];
  for (const some of slices(references)) {
    const rows = await trx
      .selectFrom('shared_reader')
      .select(['type', 'fhir_id', 'person_id'])
      .where('source_id', '=', source)
      .where('fhir_id', 'in', [...new Set(some.map(({ from }) => from.id))])
      .execute();
    const people = groupBy(rows, (row) => name({ type: row.type, id: row.fhir_id }));
    for (const { from, to } of some) {
      for (const row of people.get(name(from)) ?? []) found.push({ ...to, person: row.person_id });
    }
  }
  return found;
}

/** New readers of a resource become readers of what it refers to. */
async function readersBeyond(
  trx: Transaction,
  source: SourceId,
  added: readonly Reader[],
): Promise<Reader[]> {
  const found: Reader[] = [];
  for (const some of slices(added)) {
    const rows = await trx
      .selectFrom('shared_reference')
      .selectAll()
      .where('source_id', '=', source)
      .where('from_id', 'in', [...new Set(some.map((reader) => reader.id))])
      .execute();
    const targets = groupBy(rows, (row) => name({ type: row.from_type, id: row.from_id }));
    for (const reader of some) {
      for (const row of targets.get(name(reader)) ?? []) {
        found.push({ type: row.to_type, id: row.to_id, person: reader.person });
      }
    }
  }
  return found;
}

async function storeNewReaders(
  trx: Transaction,
  source: SourceId,
  readers: readonly Reader[],
  draw: (n: number) => Promise<number>,
): Promise<Reader[]> {
  const added: Reader[] = [];
  for (const some of slices(readers)) {
    const known = await trx
      .selectFrom('shared_reader')
      .select(['type', 'fhir_id', 'person_id'])
      .where('source_id', '=', source)
      .where('fhir_id', 'in', [...new Set(some.map((reader) => reader.id))])
      .execute();
    const has = new Set(
      known.map((row) => `${name({ type: row.type, id: row.fhir_id })} ${row.person_id}`),
    );
    const missing = some.filter((reader) => !has.has(`${name(reader)} ${reader.person}`));
    if (missing.length === 0) continue;
    const first = await draw(missing.length);
    await trx
      .insertInto('shared_reader')
      .values(
        missing.map((reader, index) => ({
          source_id: source,
          type: reader.type,
          fhir_id: reader.id,
          person_id: reader.person,
          since_seq: first + index,
        })),
      )
      .execute();
    added.push(...missing);
  }
  return added;
}

function name(key: SharedKey): string {
  return `${key.type}/${key.id}`;
}

function groupBy<T>(rows: readonly T[], key: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(key(row));
    if (group) group.push(row);
    else groups.set(key(row), [row]);
  }
  return groups;
}

function* slices<T>(rows: readonly T[]): Generator<T[]> {
  for (let at = 0; at < rows.length; at += rowsPerStatement) {
    yield rows.slice(at, at + rowsPerStatement);
  }
}
