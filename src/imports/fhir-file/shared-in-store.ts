// Owns finding, among what earlier imports share, what the files of this call refer to without
// holding it: by identifier, or by an address without a type. Reads; decides nothing.

import { identifiersOf, isResource } from '../../fhir/types.ts';
import { isSharedType } from '../../fhir/whose.ts';
import type { Db } from '../../platform/db/db.ts';
import { currentOfType, sharedWithIds } from '../../records/read.ts';
import { listSources } from '../../records/sources.ts';
import type { SharedKey } from '../../records/types.ts';
import { type Catalogue, identifierKey, resolve } from './catalogue.ts';
import { urnIdentity } from './identity.ts';

/** What the store shares, by identifier and by urn. */
export type SharedInStore = {
  readonly byIdentifier: ReadonlyMap<string, Required<SharedKey>>;
  readonly byUrn: ReadonlyMap<string, Required<SharedKey>>;
};

/** Looks up every reference of the call that nothing in the call answers. */
export async function findSharedInStore(db: Db, catalogue: Catalogue): Promise<SharedInStore> {
  const types = new Set<string>();
  const urns = new Set<string>();
  for (const known of catalogue.all.values()) {
    for (const reference of known.references) {
      if (reference.kind !== 'conditional' && reference.kind !== 'urn') continue;
      if (resolve(catalogue, known, reference)) continue;
      if (reference.kind === 'urn') urns.add(reference.urn);
      else if (isSharedType(reference.type)) types.add(reference.type);
      else if (reference.type === '') for (const type of oftenMeant) types.add(type);
    }
  }
  return { byIdentifier: await indexByIdentifier(db, types), byUrn: await findUrns(db, urns) };
}

/** What an identifier without a type stands for, as a rule. */
const oftenMeant = ['Organization', 'Practitioner', 'PractitionerRole', 'Location'];

async function indexByIdentifier(
  db: Db,
  types: ReadonlySet<string>,
): Promise<Map<string, Required<SharedKey>>> {
  const found = new Map<string, Required<SharedKey>>();
  if (types.size === 0) return found;
  const sources = await listSources(db);
  const imports = new Set(sources.filter(({ kind }) => kind === 'import').map(({ id }) => id));
  for (const type of types) {
    for (const row of await currentOfType(db, type)) {
      if (!row.shared || !imports.has(row.source)) continue;
      const body: unknown = JSON.parse(row.raw);
      if (!isResource(body)) continue;
      for (const { system, value } of identifiersOf(body)) {
        const shared = { type, id: row.fhirId, source: row.source };
        found.set(identifierKey(type, system, value), shared);
        found.set(identifierKey('', system, value), shared);
      }
    }
  }
  return found;
}

async function findUrns(
  db: Db,
  urns: ReadonlySet<string>,
): Promise<Map<string, Required<SharedKey>>> {
  const found = new Map<string, Required<SharedKey>>();
  if (urns.size === 0) return found;
  const wanted = Map.groupBy([...urns].map(urnIdentity), ({ origin }) => origin ?? '');
  for (const source of await listSources(db)) {
    const here = source.kind === 'import' ? (wanted.get(source.origin ?? '') ?? []) : [];
    for (const { type, id } of await sharedWithIds(
      db,
      source.id,
      here.map((one) => one.id),
    )) {
      found.set(`${source.origin}:${id}`, { type, id, source: source.id });
    }
  }
  return found;
}
