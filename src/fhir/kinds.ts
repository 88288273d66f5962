// Owns the kinds that records are told apart by, and what one and several of each are called: for whoever tells what came,
// in the browser and on the server.

/** By kind: what one is called, and several. */
export const kindNames = {
  visit: ['visit', 'visits'],
  result: ['result', 'results'],
  panel: ['report', 'reports'],
  vital: ['vital sign', 'vital signs'],
  medication: ['medication', 'medications'],
  condition: ['condition', 'conditions'],
  allergy: ['allergy', 'allergies'],
  immunization: ['immunization', 'immunizations'],
  procedure: ['procedure', 'procedures'],
  document: ['document', 'documents'],
  order: ['order', 'orders'],
  plan: ['care plan', 'care plans'],
  goal: ['goal', 'goals'],
  'care-team': ['care team', 'care teams'],
  device: ['device', 'devices'],
  other: ['other record', 'other records'],
} as const satisfies Readonly<Record<string, readonly [one: string, more: string]>>;

export type Kind = keyof typeof kindNames;
