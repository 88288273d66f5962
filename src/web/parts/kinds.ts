// Owns the words for kinds of records.

import type { Kind } from '../../http/contract.ts';

const words: { readonly [kind in Kind]: string } = {
  visit: 'Visits',
  result: 'Results',
  panel: 'Reports',
  vital: 'Vital signs',
  medication: 'Medications',
  condition: 'Conditions',
  allergy: 'Allergies',
  immunization: 'Immunizations',
  procedure: 'Procedures',
  document: 'Documents',
  order: 'Orders',
  plan: 'Care plans',
  goal: 'Goals',
  'care-team': 'Care team',
  device: 'Devices',
  other: 'Other',
};

/** All kinds, in the order of the filter. */
export const kinds = Object.keys(words) as Kind[];

/** `Visits`, `Vital signs` … */
export function kindWord(kind: Kind): string {
  return words[kind];
}
