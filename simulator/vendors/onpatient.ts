// OnPatient, simulated: the patients of one small practice, in FHIR DSTU2.

import { onpatientBehaviour } from '../../src/portals/onpatient/behaviour.ts';
import { nora, samplePassword, tomas } from '../people/family.ts';
import type { Cast } from '../people/generate.ts';
import { toDstu2 } from './dstu2.ts';
import { reshapedWorld } from './reshape.ts';
import type { SimulatedVendor } from './vendor.ts';

export const onpatientVendor: SimulatedVendor = {
  id: 'onpatient',
  environments: ['production'],
  behaviour: onpatientBehaviour,
  generateWorld: (request, emit) =>
    reshapedWorld(request, cast, { id: numbersOf(), bend: toDstu2 }, emit),
  list: null,
};

/** Ids as they were recorded: numbers of eight digits, one row for all types. */
function numbersOf(): (type: string, id: string) => string {
  const numbers = new Map<string, number>();
  return (type, id) => {
    const name = `${type}/${id}`;
    const number = numbers.get(name) ?? FIRST_NUMBER + numbers.size;
    numbers.set(name, number);
    return String(number);
  };
}

const FIRST_NUMBER = 47_026_121;

const practice = '52207';
const noraId = `a-${practice}.E-311`;
const tomasId = `a-${practice}.E-312`;

const cast: Cast = {
  practices: [
    {
      id: practice,
      name: 'Tide Street Family Practice',
      line: '3 Tide Street',
      city: 'Vinalhaven',
      state: 'ME',
      postalCode: '04863',
      phone: '207-555-0121',
    },
  ],
  charts: [
    {
      patientId: noraId,
      practiceId: practice,
      course: 'thyroid-and-iron',
      isMain: true,
      person: nora,
    },
    {
      patientId: tomasId,
      practiceId: practice,
      course: 'pressure-and-lipids',
      isMain: false,
      person: tomas,
    },
  ],
  accounts: [
    {
      username: nora.email,
      password: samplePassword,
      displayName: 'Nora Ellingsen',
      ownPatientId: noraId,
      charts: [
        { patientId: noraId, practiceId: practice, label: 'Nora Ellingsen, your own record' },
      ],
    },
    {
      username: tomas.email,
      password: samplePassword,
      displayName: 'Tomás Ellingsen',
      ownPatientId: tomasId,
      charts: [
        { patientId: tomasId, practiceId: practice, label: 'Tomás Ellingsen, your own record' },
      ],
    },
  ],
};
