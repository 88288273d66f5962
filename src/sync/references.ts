// Owns which records others refer to: gathered while pages come, and from the store where a run goes on.

import type { Db } from '../platform/db/db.ts';
import { rawTextsOf } from '../records/read.ts';
import type { SourceId } from '../records/types.ts';

export type Reference = { readonly type: string; readonly id: string };

export type References = {
  /** Notes references, of whatever types. */
  note(references: readonly Reference[]): void;
  /** The ids of a type that were referred to, sorted. */
  of(type: string): string[];
};

const REFERENCE = /"reference"\s*:\s*"([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})"/g;

/** Gathers references to the types given. */
export function gatherReferences(types: readonly string[]): References {
  const found = new Map(types.map((type) => [type, new Set<string>()]));
  return {
    note(references) {
      for (const { type, id } of references) found.get(type)?.add(id);
    },
    of: (type) => [...(found.get(type) ?? [])].sort(),
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

/** Notes what is stored of a source: for a run that goes on after its first questions were answered. */
export async function noteStored(
  db: Db,
  source: SourceId,
  types: readonly string[],
  references: References,
): Promise<void> {
  for await (const raw of rawTextsOf(db, source)) references.note(referencesIn([raw], types));
}
