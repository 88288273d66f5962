// Owns the first reading: every resource of a call by the names under which others may refer to it,
// so that the order of files and entries does not matter. Keeps no texts but the Patients'. Pure.

import { isUuid, type ParsedReference, referencesIn } from '../../fhir/reference.ts';
import { identifiersOf, isResource, type Resource } from '../../fhir/types.ts';
import { patientReferences } from '../../fhir/whose.ts';
import { type Identity, identityOf, urnIdentity } from './identity.ts';
import type { FileEntry } from './types.ts';

/** A resource of the call; one, however often it is in the files. */
export type Known = {
  readonly type: string;
  readonly identity: Identity;
  /** The bundle whose ids it shares where its origin is not known; 0 for loose resources. */
  readonly scope: number;
  /** What it names as its patient. */
  readonly patients: ParsedReference[];
  /** Everything that it refers to. */
  readonly references: ParsedReference[];
};

/** A Patient with what tells people apart. */
export type KnownPatient = Known & { readonly bodies: Resource[] };

/** Everything that is known of the files of a call. */
export type Catalogue = {
  readonly all: Map<string, Known>;
  readonly patients: Map<string, KnownPatient>;
  readonly byUrn: Map<string, Known>;
  /** Of a type, and of any. Null where two resources have the identifier, so that it names neither. */
  readonly byIdentifier: Map<string, Known | null>;
  /** By type and id within one bundle, and by type and id alone. */
  readonly byScope: Map<string, Known>;
  readonly byIdAlone: Map<string, Known | null>;
};

export function newCatalogue(): Catalogue {
  return {
    all: new Map(),
    patients: new Map(),
    byUrn: new Map(),
    byIdentifier: new Map(),
    byScope: new Map(),
    byIdAlone: new Map(),
  };
}

/** The name under which an entry stands in the catalogue. */
export function catalogueKey(entry: FileEntry): string {
  return keyOf(entry.type, identityOf(entry), entry.scope);
}

/** Adds an entry under every name by which others may refer to it. */
export function addEntry(catalogue: Catalogue, entry: FileEntry): void {
  const body: unknown = JSON.parse(entry.raw);
  if (!isResource(body)) return;
  const identity = identityOf(entry);
  const key = keyOf(entry.type, identity, entry.scope);
  const known = catalogue.all.get(key) ?? newKnown(entry, identity);
  catalogue.all.set(key, known);
  known.patients.push(...patientReferences(body));
  for (const reference of referencesIn(body)) known.references.push(reference);
  nameByIds(catalogue, entry, known);
  for (const { system, value } of identifiersOf(body)) {
    for (const type of [entry.type, '']) {
      addUnlessOther(catalogue.byIdentifier, identifierKey(type, system, value), known);
    }
  }
  if (entry.type === 'Patient') addPatient(catalogue, key, known, body);
}

/** What a reference of one resource means among the resources of the call. */
export function resolve(
  catalogue: Catalogue,
  from: Pick<Known, 'identity' | 'scope'>,
  reference: ParsedReference,
): Known | undefined {
  switch (reference.kind) {
    case 'urn':
      return catalogue.byUrn.get(urnKey(urnIdentity(reference.urn)));
    case 'absolute': {
      const identity = { origin: reference.base, id: reference.id };
      return catalogue.all.get(keyOf(reference.type, identity, 0));
    }
    case 'relative':
      return resolveRelative(catalogue, from, reference.type, reference.id);
    case 'conditional': {
      const { type, system, value } = reference;
      return catalogue.byIdentifier.get(identifierKey(type, system, value)) ?? undefined;
    }
    case 'contained':
    case 'other':
      return undefined;
  }
}

export function identifierKey(type: string, system: string, value: string): string {
  return `${type}\n${system}|${value}`;
}

function newKnown(entry: FileEntry, identity: Identity): Known {
  return { type: entry.type, identity, scope: entry.scope, patients: [], references: [] };
}

function addPatient(catalogue: Catalogue, key: string, known: Known, body: Resource): void {
  const patient = catalogue.patients.get(key);
  if (patient) patient.bodies.push(body);
  else catalogue.patients.set(key, Object.assign(known, { bodies: [body] }));
}

function nameByIds(catalogue: Catalogue, entry: FileEntry, known: Known): void {
  const { origin, id } = known.identity;
  if (origin?.startsWith('urn:')) catalogue.byUrn.set(urnKey(known.identity), known);
  // Within a bundle, relative references mean the ids that its resources say, whatever their address.
  for (const name of new Set([id, entry.resourceId ?? id])) {
    catalogue.byScope.set(scopeKey(entry.scope, entry.type, name), known);
    if (origin === null) addUnlessOther(catalogue.byIdAlone, `${entry.type}\n${name}`, known);
  }
}

function resolveRelative(
  catalogue: Catalogue,
  from: Pick<Known, 'identity' | 'scope'>,
  type: string,
  id: string,
): Known | undefined {
  const { origin } = from.identity;
  const global = isUuid(id) ? { origin: 'urn:uuid', id: id.toLowerCase() } : undefined;
  const atOrigin = origin === null ? undefined : catalogue.all.get(keyOf(type, { origin, id }, 0));
  const found =
    atOrigin ??
    catalogue.byScope.get(scopeKey(from.scope, type, id)) ??
    (global && catalogue.all.get(keyOf(type, global, 0)));
  if (found || origin !== null) return found;
  return (
    catalogue.byScope.get(scopeKey(0, type, id)) ??
    catalogue.byIdAlone.get(`${type}\n${id}`) ??
    undefined
  );
}

function keyOf(type: string, { origin, id }: Identity, scope: number): string {
  return origin === null ? `${scope}\n${type}\n${id}` : `${origin}\n${type}\n${id}`;
}

function scopeKey(scope: number, type: string, id: string): string {
  return `${scope}\n${type}\n${id}`;
}

function urnKey({ origin, id }: Identity): string {
  return `${origin}\n${id}`;
}

function addUnlessOther(map: Map<string, Known | null>, key: string, known: Known): void {
  const there = map.get(key);
  map.set(key, there === undefined || there === known ? known : null);
}
