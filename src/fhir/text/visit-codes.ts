// Owns telling a visit from the code that it was billed by, for sources that send visits as procedures. Pure.

import { conceptText, objs, obj, systemName, text } from './codes.ts';

/** The evaluation and management codes of CPT by which people are or were seen, from and to. */
const VISITS: readonly (readonly [from: number, to: number, words: string])[] = [
  [99201, 99215, 'Office visit'],
  [99217, 99239, 'Hospital visit'],
  [99241, 99255, 'Consultation'],
  [99281, 99285, 'Emergency visit'],
  [99304, 99316, 'Nursing facility visit'],
  [99341, 99350, 'Home visit'],
  [99381, 99397, 'Preventive visit'],
  [99421, 99423, 'Online visit'],
  [99441, 99443, 'Visit by telephone'],
];

/** What the visit is called that a procedure's code stands for; null for any other code, and for one of another system. */
export function visitOfCode(concept: unknown): string | null {
  for (const coding of objs(obj(concept)?.coding)) {
    const code = text(coding.code) ?? '';
    // One surface writes the system's name in place of the procedure's.
    const isCpt = systemName(coding.system) === 'CPT' || isSystemsName(coding.display);
    if (!isCpt || !/^\d{5}$/.test(code)) continue;
    const found = VISITS.find(([from, to]) => Number(code) >= from && Number(code) <= to);
    if (found) return found[2];
  }
  return null;
}

/** What such a procedure is called where it came: null where that is only a code, or the system's name. */
export function ownName(concept: unknown): string | null {
  const name = conceptText(concept);
  return name === null || /^\d{5}$/.test(name) || isSystemsName(name) ? null : name;
}

function isSystemsName(words: unknown): boolean {
  return /^CPT(-4)?$/i.test(text(words) ?? '');
}
