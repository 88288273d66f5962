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

type Shared = Required<SharedKey>;
type Reader = Shared & { readonly person: PersonId };
type Reference = { readonly from: Shared; readonly to: Shared };

/**
 * Stores the references of some resources and every reader that follows from them.
 *
 * @param draw gives the first of n new numbers of the record counter
 */
export async function storeReaders(
  trx: Transaction,
  source: SourceId,
  resources: readonly Pick<Incoming, 'type' | 'id' | 'person' | 'readsShared'>[],
  seen: SharedSeen,
  draw: (n: number) => Promise<number>,
): Promise<void> {
  const readers: Reader[] = [];
  const references: Reference[] = [];
  for (const { type, id, person, readsShared = [] } of resources) {
    for (const target of readsShared) {
      const to = { source, ...target };
      if (person === null) references.push({ from: { source, type, id }, to });
      else readers.push({ ...to, person });
    }
  }
  const newReferences = await storeReferences(trx, unseenReferences(references, seen));
  let frontier = [...readers, ...(await readersThrough(trx, newReferences))];
  while (frontier.length > 0) {
    const added = await storeNewReaders(trx, unseenReaders(frontier, seen), draw);
    frontier = await readersBeyond(trx, added);
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
  references: readonly Reference[],
): Promise<Reference[]> {
  const added: Reference[] = [];
  for (const some of slices(references)) {
    const rows = await trx
      .insertInto('shared_reference')
      .values(
        some.map(({ from, to }) => ({
          source_id: from.source,
          from_type: from.type,
          from_id: from.id,
          to_source_id: to.source,
          to_type: to.type,
          to_id: to.id,
        })),
      )
      .onConflict((conflict) => conflict.doNothing())
      .returningAll()
      .execute();
    for (const row of rows) {
      added.push({
        from: { source: row.source_id, type: row.from_type, id: row.from_id },
        to: { source: row.to_source_id, type: row.to_type, id: row.to_id },
      });
    }
  }
  return added;
}

/** Who reads the referring resources now reads what they refer to. */
async function readersThrough(
  trx: Transaction,
  references: readonly Reference[],
): Promise<Reader[]> {
  const found: Reader[] = [];
  for (const some of slices(references)) {
    const readers = Map.groupBy(
      await readersOf(
        trx,
        some.map(({ from }) => from),
      ),
      name,
    );
    for (const { from, to } of some) {
      for (const { person } of readers.get(name(from)) ?? []) found.push({ ...to, person });
    }
  }
  return found;
}

/** New readers of a resource become readers of what it refers to. */
async function readersBeyond(trx: Transaction, added: readonly Reader[]): Promise<Reader[]> {
  const found: Reader[] = [];
  for (const some of slices(added)) {
    const rows = await trx
      .selectFrom('shared_reference')
      .selectAll()
      .where(
        'source_id',
        'in',
        distinct(some, (reader) => reader.source),
      )
      .where(
        'from_id',
        'in',
        distinct(some, (reader) => reader.id),
      )
      .execute();
    const targets = Map.groupBy(rows, (row) =>
      name({ source: row.source_id, type: row.from_type, id: row.from_id }),
    );
    for (const reader of some) {
      for (const row of targets.get(name(reader)) ?? []) {
        const to = { source: row.to_source_id, type: row.to_type, id: row.to_id };
        found.push({ ...to, person: reader.person });
      }
    }
  }
  return found;
}

async function storeNewReaders(
  trx: Transaction,
  readers: readonly Reader[],
  draw: (n: number) => Promise<number>,
): Promise<Reader[]> {
  const added: Reader[] = [];
  for (const some of slices(readers)) {
    const known = await readersOf(trx, some);
    const has = new Set(known.map((reader) => `${name(reader)} ${reader.person}`));
    const missing = some.filter((reader) => !has.has(`${name(reader)} ${reader.person}`));
    if (missing.length === 0) continue;
    const first = await draw(missing.length);
    await trx
      .insertInto('shared_reader')
      .values(
        missing.map((reader, index) => ({
          source_id: reader.source,
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

async function readersOf(trx: Transaction, of: readonly Shared[]): Promise<Reader[]> {
  const rows = await trx
    .selectFrom('shared_reader')
    .selectAll()
    .where(
      'source_id',
      'in',
      distinct(of, (shared) => shared.source),
    )
    .where(
      'type',
      'in',
      distinct(of, (shared) => shared.type),
    )
    .where(
      'fhir_id',
      'in',
      distinct(of, (shared) => shared.id),
    )
    .execute();
  return rows.map((row) => ({
    source: row.source_id,
    type: row.type,
    id: row.fhir_id,
    person: row.person_id,
  }));
}

function name(shared: Shared): string {
  return `${shared.source} ${shared.type}/${shared.id}`;
}

function distinct<T>(rows: readonly T[], value: (row: T) => string): string[] {
  return [...new Set(rows.map(value))];
}

function* slices<T>(rows: readonly T[]): Generator<T[]> {
  for (let at = 0; at < rows.length; at += rowsPerStatement) {
    yield rows.slice(at, at + rowsPerStatement);
  }
}
