// Makes a whole world from a seed: people, practices and the resources of every chart. The same request gives the
// same world; nothing here reads a clock or the machine.

import { decimal } from '../json-text.ts';
import { type ChartSeed, peopleOf } from './family.ts';
import { practicesOf } from './practices.ts';
import type { GeneratedResource, World, WorldRequest } from './world.ts';

/** The world of one environment. */
export function generateWorld(request: WorldRequest): World {
  const { charts, accounts } = peopleOf(request.environment);
  return {
    practices: practicesOf(request.environment),
    accounts,
    resources: charts.flatMap((seed) => [...chartResources(seed, request)]),
  };
}

function* chartResources(seed: ChartSeed, { anchor }: WorldRequest): Generator<GeneratedResource> {
  const { patientId, practiceId, person } = seed;
  const updated = `${anchor}T09:00:00Z`;
  yield {
    patientId,
    updated,
    resource: {
      resourceType: 'Patient',
      id: patientId,
      name: [{ use: 'official', family: person.family, given: person.given }],
      gender: person.gender,
      birthDate: person.birthDate,
    },
  };
  for (let n = 0; n < 60; n += 1) {
    yield {
      patientId,
      updated,
      resource: {
        resourceType: 'Observation',
        id: `a-${practiceId}.vitalamb-${n}`,
        status: 'final',
        code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }], text: 'Heart rate' },
        subject: { reference: `Patient/${patientId}` },
        effectiveDateTime: updated,
        valueQuantity: { value: decimal(`${60 + n}.0`), unit: '/min' },
      },
    };
  }
}
