// Owns reading FHIR's loose parts: objects, lists, text of a CodeableConcept, references. Pure and lenient:
// what is missing or of another shape reads as null, never as an error.

import { parseReference } from '../reference.ts';

export type Obj = Readonly<Record<string, unknown>>;

export function obj(value: unknown): Obj | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Obj)
    : null;
}

/** The objects of a list; a lone object counts as a list of one. */
export function objs(value: unknown): Obj[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.flatMap((item): Obj[] => {
    const found = obj(item);
    return found ? [found] : [];
  });
}

/** A non-empty text, trimmed. */
export function text(value: unknown): string | null {
  return typeof value === 'string' && value.trim() ? value.trim() : null;
}

/** The words of a CodeableConcept: its text, else the first coding's display, else its code. */
export function conceptText(concept: unknown): string | null {
  const c = obj(concept);
  if (!c) return null;
  const codings = objs(c.coding);
  return (
    text(c.text) ??
    codings.map((coding) => text(coding.display)).find(Boolean) ??
    codings.map((coding) => text(coding.code)).find(Boolean) ??
    null
  );
}

/** The code of a CodeableConcept's first coding, or of its first in a system whose URL ends so. */
export function codeIn(concept: unknown, systemEnd?: string): string | null {
  const codings = objs(obj(concept)?.coding);
  const found = codings.find((coding) => !systemEnd || text(coding.system)?.endsWith(systemEnd));
  return text(found?.code);
}

/** The codes of a list of CodeableConcepts, or of one. */
export function codesOf(concepts: unknown): string[] {
  return objs(concepts).flatMap((concept) =>
    objs(concept.coding).flatMap((coding) => text(coding.code) ?? []),
  );
}

/** LOINC code in words, or the source's own; null when it came as text only. */
export function codeWords(concept: unknown): string | null {
  const coding = objs(obj(concept)?.coding).find((c) => text(c.code));
  if (!coding) return null;
  const name = systemName(coding.system);
  return name ? `${name} ${text(coding.code)}` : text(coding.code);
}

/** What a code system is called, whichever of its addresses was written; null for another one. */
export function systemName(system: unknown): string | null {
  const address = text(system)?.replace(/\/$/, '') ?? '';
  return SYSTEMS.find(([end]) => address.endsWith(end))?.[1] ?? null;
}

const SYSTEMS: readonly (readonly [string, string])[] = [
  ['loinc.org', 'LOINC'],
  ['snomed.info/sct', 'SNOMED'],
  ['icd-10-cm', 'ICD-10'],
  ['icd-10', 'ICD-10'],
  ['rxnorm', 'RxNorm'],
  ['cvx', 'CVX'],
  ['cpt', 'CPT'],
  // As one vendor writes it: the page of its publisher.
  ['cpt-current-procedural-terminology', 'CPT'],
  ['2.16.840.1.113883.6.12', 'CPT'],
  ['ndc', 'NDC'],
];

/**
 * `Type/id` of a reference to this type. One by UUID says no type: in files a record's UUID is its id. One by an address
 * counts as relative: portals name themselves by a host that is not the one they are reached at, and what is looked for
 * by it is a record of the same source. Null for contained and other ones.
 */
export function localReference(reference: unknown, type: string): string | null {
  const value = text(obj(reference)?.reference);
  if (value === null) return null;
  const uuid = /^urn:uuid:([0-9a-f-]{36})$/i.exec(value)?.[1];
  if (uuid) return `${type}/${uuid}`;
  const to = parseReference(value);
  const isNamed = to.kind === 'relative' || to.kind === 'absolute';
  return isNamed && to.type === type ? `${type}/${to.id}` : null;
}

export function displayOf(reference: unknown): string | null {
  return text(obj(reference)?.display);
}
