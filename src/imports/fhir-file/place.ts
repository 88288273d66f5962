// Owns turning an entry of a file into what the store takes: under which source, whose, and which
// shared resources it lets its person read. The raw text goes through untouched.

import type { ParsedReference } from '../../fhir/reference.ts';
import { isSharedType } from '../../fhir/whose.ts';
import type { Db } from '../../platform/db/db.ts';
import type { ErrorCode } from '../../platform/errors.ts';
import { createSource, importSourceOf } from '../../records/sources.ts';
import type { Incoming, PersonId, SharedKey, SourceId } from '../../records/types.ts';
import { type Assignment, identityNamed } from './assign.ts';
import { type Catalogue, catalogueKey, identifierKey, type Known, resolve } from './catalogue.ts';
import { originBesidePatient, type PatientPerson, type StoredPatients } from './patients.ts';
import type { SharedInStore } from './shared-in-store.ts';
import type { FileEntry } from './types.ts';

/** Everything that the first reading has settled. */
export type Placing = {
  readonly catalogue: Catalogue;
  readonly assigned: ReadonlyMap<Known, Assignment>;
  readonly patients: ReadonlyMap<string, PatientPerson>;
  readonly stored: StoredPatients;
  readonly inStore: SharedInStore;
  readonly sources: SourceOf;
};

/** A resource with the source that it is stored under. */
export type Placed = { readonly source: SourceId; readonly incoming: Incoming };

/** The import source of an origin; made when it is first needed. */
export type SourceOf = (origin: string) => Promise<SourceId>;

export function sourcesOf(db: Db, now: number): SourceOf {
  const known = new Map<string, SourceId>();
  return async (origin) => {
    const found = known.get(origin) ?? (await importSourceOf(db, origin))?.id;
    const label = /^https?:/.test(origin) ? origin : 'Files';
    const id =
      found ?? (await createSource(db, { kind: 'import', label, origin, sample: false, now })).id;
    known.set(origin, id);
    return id;
  };
}

/** Where an entry is stored, once for each person whose it is; or why it is not. */
export async function placeEntry(
  placing: Placing,
  entry: FileEntry,
): Promise<
  | { readonly kind: 'placed'; readonly placed: readonly Placed[] }
  | { readonly kind: 'aside'; readonly code: ErrorCode }
> {
  const known = placing.catalogue.all.get(catalogueKey(entry));
  const assignment = known && placing.assigned.get(known);
  // A file that has changed between its two readings.
  if (!known || !assignment) return { kind: 'aside', code: 'import.unreadable' };
  if (assignment.kind === 'aside') return assignment;
  const readsShared = await sharedKeys(placing, known);
  const placed: Placed[] = [];
  for (const person of assignment.kind === 'shared' ? [null] : assignment.people) {
    const origin = known.identity.origin ?? originBeside(placing, known, person);
    const { id } = known.identity;
    const incoming = { type: entry.type, id, raw: entry.raw, person, readsShared };
    placed.push({ source: await placing.sources(origin), incoming });
  }
  return { kind: 'placed', placed };
}

/** Ids of unknown origin are kept apart by the id of the patient beside whom they stand. */
function originBeside(placing: Placing, known: Known, person: PersonId | null): string {
  const own = [...placing.catalogue.patients].filter(
    ([key]) => placing.patients.get(key)?.person === person,
  );
  const beside = own.find(([, patient]) => patient.scope === known.scope) ?? own[0];
  const stored = placing.stored.all.find((one) => one.person === person);
  return originBesidePatient(beside?.[1].identity.id ?? stored?.id ?? '');
}

async function sharedKeys(placing: Placing, known: Known): Promise<SharedKey[]> {
  const keys = new Map<string, SharedKey>();
  for (const reference of known.references) {
    const key = await sharedKey(placing, known, reference);
    if (key) keys.set(`${key.source}/${key.type}/${key.id}`, key);
  }
  return [...keys.values()];
}

async function sharedKey(
  placing: Placing,
  known: Known,
  reference: ParsedReference,
): Promise<SharedKey | undefined> {
  const target = resolve(placing.catalogue, known, reference);
  if (target) {
    const isShared = placing.assigned.get(target)?.kind === 'shared';
    if (!isShared || target.identity.origin === null) return undefined;
    const source = await placing.sources(target.identity.origin);
    return { type: target.type, id: target.identity.id, source };
  }
  if (reference.kind === 'urn') return placing.inStore.byUrn.get(reference.urn);
  if (reference.kind === 'conditional') {
    const { type, system, value } = reference;
    return placing.inStore.byIdentifier.get(identifierKey(type, system, value));
  }
  // What has not come yet is referred to by name, where a name can be told.
  const named = identityNamed(known, reference);
  if (!named?.origin || !('type' in reference) || !isSharedType(reference.type)) return undefined;
  return { type: reference.type, id: named.id, source: await placing.sources(named.origin) };
}
