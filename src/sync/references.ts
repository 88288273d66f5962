// Owns which records others refer to: gathered while pages come, and from the store where a run goes on.

import type { Db } from '../platform/db/db.ts';
import { rawTextsOf } from '../records/read.ts';
import type { SourceId } from '../records/types.ts';

export type References = {
  /** Notes every relative reference in a resource's text. */
  note(raw: string): void;
  /** The ids of a type that were referred to, sorted. */
  of(type: string): string[];
};

const REFERENCE = /"reference"\s*:\s*"([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})"/g;

/** Gathers references to the types given. */
export function gatherReferences(types: readonly string[]): References {
  const found = new Map(types.map((type) => [type, new Set<string>()]));
  return {
    note(raw) {
      for (const [, type = '', id = ''] of raw.matchAll(REFERENCE)) found.get(type)?.add(id);
    },
    of: (type) => [...(found.get(type) ?? [])].sort(),
  };
}

/** Notes what is stored of a source: for a run that goes on after its first questions were answered. */
export async function noteStored(db: Db, source: SourceId, references: References): Promise<void> {
  for await (const raw of rawTextsOf(db, source)) references.note(raw);
}
