// Owns the words of a flag.

import type { Flag } from '../../http/contract.ts';

const words: { readonly [flag in Flag]: string } = {
  low: 'Low',
  high: 'High',
  'critical-low': 'Critically low',
  'critical-high': 'Critically high',
  abnormal: 'Abnormal',
};

/** `Low`, `Critically high` … */
export function flagWord(flag: Flag): string {
  return words[flag];
}

/** What stands in the flag's place when there is none: judged and in range, or not judged at all. */
export function unflaggedWord(range: string | null): string {
  return range === null ? 'no range given' : 'in range';
}
