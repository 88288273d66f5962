// The practices of the simulated vendor, invented; places that no chart is at are not listed. Data only.

import type { EnvironmentName } from '../environments.ts';
import type { Practice } from './world.ts';

/** The practices of one environment, as its published directory lists them. */
export function practicesOf(environment: EnvironmentName): readonly Practice[] {
  return environment === 'preview' ? [preview] : production;
}

export const familyPractice = '24411';
export const geriatricPractice = '31057';
export const pediatricPractice = '18823';
export const endocrinePractice = '40192';
/** The vendor's shared practice for trying three-legged patient apps. */
export const previewPractice = '80000';

const production: readonly Practice[] = [
  {
    id: familyPractice,
    name: 'Harbor Lane Family Medicine',
    line: '14 Harbor Lane',
    city: 'Rockport',
    state: 'ME',
    postalCode: '04856',
    phone: '207-555-0114',
  },
  {
    id: geriatricPractice,
    name: 'Cedar Hollow Internal Medicine',
    line: '208 Elm Street, Suite 3',
    city: 'Camden',
    state: 'ME',
    postalCode: '04843',
    phone: '207-555-0157',
  },
  {
    id: pediatricPractice,
    name: 'Little Oaks Pediatrics',
    line: '91 Limerock Street',
    city: 'Rockland',
    state: 'ME',
    postalCode: '04841',
    phone: '207-555-0182',
  },
  {
    id: endocrinePractice,
    name: 'Penobscot Bay Endocrine & Thyroid Center',
    line: '5 Battery Road',
    city: 'Belfast',
    state: 'ME',
    postalCode: '04915',
    phone: '207-555-0139',
  },
];

const preview: Practice = {
  id: previewPractice,
  name: 'Preview Sandbox Practice',
  line: '311 Arsenal Street',
  city: 'Watertown',
  state: 'MA',
  postalCode: '02472',
  phone: '617-555-0100',
};
