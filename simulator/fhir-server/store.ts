// Every resource of one environment as its exact text, with the index that searches need. It answers "which", never
// "may": who may see what is decided by the server.

import { createHash } from 'node:crypto';
import { type Resource, writeExactly } from '../json-text.ts';
import type { GeneratedResource } from '../people/world.ts';

/** One resource: its text is written once and served as it is. */
export type StoredResource = {
  readonly type: string;
  readonly id: string;
  readonly text: string;
  readonly patientId: string | undefined;
  readonly updated: string;
  /** What a search can ask for, by parameter; tokens are listed as `code` and as `system|code`. */
  readonly index: SearchIndex;
  /** Every relative reference in it, such as `Practitioner/a-1.CP-7`. */
  readonly references: readonly string[];
};

/** Values by search parameter. */
export type SearchIndex = { readonly get: (parameter: string) => readonly string[] | undefined };

export type ResourceStore = {
  get(type: string, id: string): StoredResource | undefined;
  /** The resources of a type in a patient's compartment, in the server's own order. */
  ofPatient(patientId: string, type: string): readonly StoredResource[];
  /** The resources of a type in the compartments of all other patients. */
  ofOthers(patientId: string, type: string): readonly StoredResource[];
  /** The resources of a type that no patient owns. */
  shared(type: string): readonly StoredResource[];
  /** Provenance that names the resource as its target. */
  provenanceOf(reference: string): readonly StoredResource[];
  typesOf(patientId: string): readonly string[];
  count(): number;
  /** Another after each change. */
  version(): number;
  put(generated: GeneratedResource): void;
  /** Whether there was such a resource. */
  delete(type: string, id: string): boolean;
  /** Another that holds the same, and goes its own way from then on. */
  copy(): ResourceStore;
};

/** A store, with the resources that it begins with. */
export function makeResourceStore(resources: Iterable<GeneratedResource> = []): ResourceStore {
  const store = storeHolding([]);
  for (const generated of resources) store.put(generated);
  return store;
}

function storeHolding(held: Iterable<StoredResource>): ResourceStore {
  const all = new Map<string, StoredResource>();
  const byPatient = new Map<string, Map<string, StoredResource[]>>();
  const shared = new Map<string, StoredResource[]>();
  const provenance = new Map<string, StoredResource[]>();
  const once = makeOnce();
  let version = 0;
  const lists = (stored: StoredResource): StoredResource[][] => {
    const found: StoredResource[][] = [];
    if (stored.patientId !== undefined) {
      const types = inMap(byPatient, stored.patientId, () => new Map<string, StoredResource[]>());
      found.push(inMap(types, stored.type, () => []));
    } else found.push(inMap(shared, stored.type, () => []));
    if (stored.type === 'Provenance') {
      for (const target of stored.index.get('target') ?? []) {
        found.push(inMap(provenance, target, () => []));
      }
    }
    return found;
  };
  const place = (stored: StoredResource): void => {
    version += 1;
    const key = `${stored.type}/${stored.id}`;
    const before = all.get(key);
    all.set(key, stored);
    // A changed resource keeps its place, so that a cursor handed out earlier still means the same page.
    const places = new Map(
      before === undefined ? [] : lists(before).map((list) => [list, list.indexOf(before)]),
    );
    for (const list of lists(stored)) {
      const at = places.get(list);
      if (at === undefined) list.push(stored);
      else list[at] = stored;
    }
  };
  for (const stored of held) place(stored);
  return {
    get: (type, id) => all.get(`${type}/${id}`),
    ofPatient: (patientId, type) => byPatient.get(patientId)?.get(type) ?? [],
    ofOthers: (patientId, type) =>
      [...byPatient].flatMap(([other, types]) =>
        other === patientId ? [] : (types.get(type) ?? []),
      ),
    shared: (type) => shared.get(type) ?? [],
    provenanceOf: (reference) => provenance.get(reference) ?? [],
    typesOf: (patientId) => [...(byPatient.get(patientId)?.keys() ?? [])],
    count: () => all.size,
    version: () => version,
    put: (generated) => place(storeResource(generated, once)),
    delete(type, id) {
      const stored = all.get(`${type}/${id}`);
      if (stored === undefined) return false;
      version += 1;
      all.delete(`${type}/${id}`);
      for (const list of lists(stored)) list.splice(list.indexOf(stored), 1);
      return true;
    },
    copy: () => storeHolding(all.values()),
  };
}

/** The SHA-256 of a resource's exact text, in hex. */
export function textDigest(stored: StoredResource): string {
  return createHash('sha256').update(stored.text).digest('hex');
}

/** Gives lists that are alike as one: a million resources share a few hundred of them. */
type Once = (list: readonly string[]) => readonly string[];

function makeOnce(): Once {
  const known = new Map<string, readonly string[]>();
  return (list) => {
    const key = list.join('\n');
    const found = known.get(key) ?? list;
    known.set(key, found);
    return found;
  };
}

function storeResource(
  { resource, patientId, updated }: GeneratedResource,
  once: Once,
): StoredResource {
  // A third of the texts are written with \u escapes, as a server in another language may do.
  const escaped = resource.id.charCodeAt(resource.id.length - 1) % 3 === 0;
  const references: string[] = [];
  collectReferences(resource, references);
  return {
    type: resource.resourceType,
    id: resource.id,
    text: writeExactly(resource, escaped),
    patientId,
    updated,
    index: indexOf(resource, updated, once),
    references: once(references),
  };
}

function indexOf(resource: Resource, updated: string, once: Once): SearchIndex {
  const names: string[] = [];
  const values: (readonly string[])[] = [];
  const set = (name: string, found: readonly string[], isOften = true) => {
    if (found.length === 0) return;
    names.push(name);
    values.push(isOften ? once(found) : found);
  };
  set('category', tokens(resource.category));
  set('code', tokens(resource.code ?? resource.vaccineCode ?? resource.type));
  set('type', tokens(resource.type));
  set('status', texts(resource.status));
  set('intent', texts(resource.intent));
  set('clinical-status', tokens(resource.clinicalStatus));
  set('verification-status', tokens(resource.verificationStatus));
  set('encounter', [
    ...references(resource.encounter),
    ...references((resource.context as Record<string, unknown> | undefined)?.encounter),
  ]);
  set('target', references(resource.target), false);
  set('identifier', identifiers(resource.identifier), false);
  set('date', texts(dateOf(resource)), false);
  if (resource.resourceType === 'Patient') {
    const known = listOf(resource.name) as { family?: string; given?: string[] }[];
    set(
      'family',
      known.flatMap(({ family }) => family ?? []),
    );
    set(
      'given',
      known.flatMap(({ given }) => given ?? []),
    );
    set(
      'name',
      known.flatMap(({ family, given }) => [family ?? [], given ?? []].flat()),
    );
    set('birthdate', texts(resource.birthDate));
    set('gender', texts(resource.gender));
  }
  set('_lastUpdated', [updated], false);
  const named = once(names);
  return { get: (parameter) => values[named.indexOf(parameter)] };
}

function dateOf(resource: Resource): unknown {
  const period = (resource.effectivePeriod ?? resource.performedPeriod ?? resource.period) as
    | { start?: unknown }
    | undefined;
  return (
    resource.effectiveDateTime ??
    resource.performedDateTime ??
    resource.occurrenceDateTime ??
    resource.authoredOn ??
    resource.recordedDate ??
    resource.date ??
    resource.startDate ??
    period?.start
  );
}

function tokens(value: unknown): string[] {
  const found: string[] = [];
  for (const concept of listOf(value)) {
    for (const coding of listOf((concept as { coding?: unknown }).coding)) {
      const { system, code } = coding as { system?: string; code?: string };
      if (code !== undefined) found.push(code, `${system ?? ''}|${code}`);
    }
  }
  return found;
}

function identifiers(value: unknown): string[] {
  return listOf(value).flatMap((identifier) => {
    const { system, value: text } = identifier as { system?: string; value?: string };
    return text === undefined ? [] : [text, `${system ?? ''}|${text}`];
  });
}

function references(value: unknown): string[] {
  return listOf(value).flatMap((entry) => {
    const reference = (entry as { reference?: unknown }).reference;
    return typeof reference === 'string' ? [reference] : [];
  });
}

function texts(value: unknown): string[] {
  return typeof value === 'string' ? [value] : [];
}

function listOf(value: unknown): object[] {
  const list = Array.isArray(value) ? value : [value];
  return list.filter((entry): entry is object => typeof entry === 'object' && entry !== null);
}

function collectReferences(value: unknown, into: string[]): void {
  if (Array.isArray(value)) {
    for (const entry of value) collectReferences(entry, into);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, entry] of Object.entries(value)) {
      if (key === 'reference' && typeof entry === 'string') into.push(entry);
      else collectReferences(entry, into);
    }
  }
}

function inMap<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}
