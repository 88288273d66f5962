// Owns which records others refer to: gathered while pages come, and from the store where a run goes on.

import type { Db } from '../platform/db/db.ts';
import { rawTextsOf } from '../records/read.ts';
import type { SourceId } from '../records/types.ts';

export type Reference = { readonly type: string; readonly id: string };

export type References = {
  /** Notes references, of whatever types. */
  note(references: readonly Reference[]): void;
  /** Notes what came in this run, by whatever question: it need not be asked for. */
  came(records: readonly Reference[]): void;
  /** The ids of a type that were referred to and have not come, sorted. */
  of(type: string): string[];
};

const REFERENCE = /"reference"\s*:\s*"([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})"/g;

/** Gathers references to the types given. */
export function gatherReferences(types: readonly string[]): References {
  const setsOf = () => new Map(types.map((type) => [type, new Set<string>()]));
  const found = setsOf();
  const here = setsOf();
  return {
    note(references) {
      for (const { type, id } of references) found.get(type)?.add(id);
    },
    came(records) {
      for (const { type, id } of records) here.get(type)?.add(id);
    },
    of: (type) => [...(found.get(type) ?? [])].filter((id) => !here.get(type)?.has(id)).sort(),
  };
}

/** The relative references in some texts to the types given, each once. */
export function referencesIn(texts: readonly string[], types: readonly string[]): Reference[] {
  const found = new Set<string>();
  for (const raw of texts)
    for (const [, type = '', id = ''] of raw.matchAll(REFERENCE))
      if (types.includes(type)) found.add(`${type}/${id}`);
  return [...found].map((name) => {
    const [type = '', id = ''] = name.split('/');
    return { type, id };
  });
}

/** The ids of a type that are stored of a source. */
export async function storedIds(db: Db, source: SourceId, type: string): Promise<Set<string>> {
  const rows = await db
    .selectFrom('resource')
    .select('fhir_id')
    .where('source_id', '=', source)
    .where('type', '=', type)
    .execute();
  return new Set(rows.map(({ fhir_id }) => fhir_id));
}

/** Notes what is stored of a source: for a run that goes on after its first questions were answered. */
export async function noteStored(
  db: Db,
  source: SourceId,
  types: readonly string[],
  references: References,
): Promise<void> {
  for await (const raw of rawTextsOf(db, source)) references.note(referencesIn([raw], types));
}
