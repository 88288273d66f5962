// Owns rights in words: what somebody may see of a record, and until when.

import type { GivenRight, SightKind } from '../../http/contract.ts';
import { dayOf, endOfDay, longDate, moment } from './dates.ts';
import { listed } from './words.ts';

const words: { readonly [kind in SightKind]: string } = {
  results: 'results',
  vitals: 'vital signs',
  visits: 'visits',
  medications: 'medications',
  conditions: 'conditions',
  allergies: 'allergies',
  immunizations: 'immunizations',
  procedures: 'procedures',
  documents: 'documents',
  other: 'other records',
};

/** What a right can be limited to, in the order of the form. */
export const sightKinds = Object.keys(words) as SightKind[];

/** `results`, `vital signs` … */
export function sightWord(kind: SightKind): string {
  return words[kind];
}

/** `results and visits`; `everything` for null. */
export function sightWords(kinds: readonly SightKind[] | null): string {
  if (kinds === null) return 'everything';
  return listed(sightKinds.filter((kind) => kinds.includes(kind)).map(sightWord));
}

/** `may read results and visits until December 3, 2026`. */
export function rightWords(right: Pick<GivenRight, 'level' | 'kinds' | 'expiresAt'>): string {
  const what =
    right.level === 'manage' ? 'manages this record' : `may read ${sightWords(right.kinds)}`;
  return right.expiresAt === null ? what : `${what} ${untilWords(right.expiresAt)}`;
}

/** `until December 3, 2026` where it ends with that day here, else to the minute. */
export function untilWords(expiresAt: string): string {
  const day = dayOf(expiresAt);
  return endOfDay(day) === expiresAt
    ? `until ${longDate(day)}`
    : `until ${moment(expiresAt).replace(' at ', ', ')}`;
}
