// Which scopes the vendor knows, and what a granted list lets a token do.

import type { AthenahealthBehaviour } from '../../src/portals/athenahealth/behaviour.ts';

/** The types that have a certified patient scope. */
const scopedTypes = [
  'AllergyIntolerance',
  'Binary',
  'CarePlan',
  'CareTeam',
  'Condition',
  'Device',
  'DiagnosticReport',
  'DocumentReference',
  'Encounter',
  'Goal',
  'Immunization',
  'Location',
  'Medication',
  'MedicationRequest',
  'Observation',
  'Organization',
  'Patient',
  'Practitioner',
  'Procedure',
  'Provenance',
  'ServiceRequest',
] as const;

/** A type that metadata lists and that only scopes of v2 give. */
const laterTypes = ['Coverage'] as const;

/** Every type that is served. */
export const servedTypes: readonly string[] = [...scopedTypes, ...laterTypes];

/** Every scope that can be granted, in v1 and v2 spelling. */
export const knownScopes: readonly string[] = [
  'openid',
  'fhirUser',
  'offline_access',
  'launch/patient',
  ...scopedTypes.flatMap((type) =>
    ['read', 'r', 's', 'rs'].map((letters) => `patient/${type}.${letters}`),
  ),
  ...laterTypes.flatMap((type) => ['r', 's', 'rs'].map((letters) => `patient/${type}.${letters}`)),
];

/** Whether the granted scopes let a token read, or search, a type. */
export function isAllowed(
  behaviour: AthenahealthBehaviour,
  granted: ReadonlySet<string>,
  type: string,
  interaction: 'read' | 'search',
): boolean {
  const has = (letters: string) => granted.has(`patient/${type}.${letters}`);
  if (has('read') || has('rs')) return true;
  if (interaction === 'read') return has('r');
  return has('s') || (behaviour.v2ReadAloneSearches && has('r'));
}
