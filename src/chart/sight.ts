// Owns which kinds of row somebody sees whose right is limited: the few words that rights are given in, and the chart's
// own kinds behind each.

import type { Sight } from '../access/policy.ts';
import type { Kind } from './describe/described.ts';

/** The words that a right can be limited to, each with the kinds it shows. */
export const sightKinds = {
  results: ['result', 'panel'],
  vitals: ['vital'],
  visits: ['visit', 'care-team', 'plan', 'goal'],
  medications: ['medication'],
  conditions: ['condition'],
  allergies: ['allergy'],
  immunizations: ['immunization'],
  procedures: ['procedure', 'order', 'device'],
  documents: ['document'],
  other: ['other'],
} as const satisfies Record<string, readonly Kind[]>;

export type SightKind = keyof typeof sightKinds;

/** The kinds of row that may be seen; null for all. Never an empty list, which not every database takes. */
export function kindsSeen(sight: Sight): readonly Kind[] | null {
  if (sight === 'all') return null;
  const kinds = Object.entries(sightKinds).flatMap(([word, held]) => (sight.has(word) ? held : []));
  return kinds.length > 0 ? kinds : ['' as Kind];
}

export function isSeen(sight: Sight, kind: Kind): boolean {
  return kindsSeen(sight)?.includes(kind) ?? true;
}
