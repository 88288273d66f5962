// Owns which records others refer to: gathered while pages come, and from the store where a run goes on.

import type { Db } from '../platform/db/db.ts';
import { rawTextsOf } from '../records/read.ts';
import type { SourceId } from '../records/types.ts';
import type { Portal } from '../portals/portal.ts';
import { sameForm } from './others.ts';

export type Reference = { readonly type: string; readonly id: string };

export type References = {
  /** Notes references, of whatever types. */
  note(references: readonly Reference[]): void;
  /** Notes what came in this run, by whatever question: it need not be asked for. */
  came(records: readonly Reference[]): void;
  /** The ids of a type that were referred to and have not come, sorted. */
  of(type: string): string[];
};

/** Which references are gathered: to some types, on the server with this FHIR base. */
export type Referenced = {
  readonly types: readonly string[];
  readonly base: string;
  readonly links: Portal['links'];
};

/** With or without an address before it and a version behind; a slash may be escaped in JSON. */
const REFERENCE =
  /"reference"\s*:\s*"(?:(http[^"]*?)\\?\/)?([A-Z][A-Za-z]+)\\?\/([\w\-.]{1,64})(?:\\?\/_history[^"]*)?"/g;

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

/** The references in some texts to the types given, each once. A version is left out: the record follows the resource. */
export function referencesIn(
  texts: readonly string[],
  { types, base, links }: Referenced,
): Reference[] {
  const own = sameForm(base, links);
  const found = new Set<string>();
  for (const raw of texts)
    for (const [, address, type = '', id = ''] of raw.matchAll(REFERENCE)) {
      if (!types.includes(type)) continue;
      const isOwn =
        address === undefined || sameForm(address.replaceAll('\\/', '/'), links) === own;
      if (isOwn) found.add(`${type}/${id}`);
    }
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
  referenced: Referenced,
  references: References,
): Promise<void> {
  for await (const raw of rawTextsOf(db, source)) references.note(referencesIn([raw], referenced));
}
