// A server of no vendor in particular: SMART App Launch 2.2 and US Core as they are written.

import { smartBehaviour } from '../../src/portals/smart/behaviour.ts';
import { inge, nora, samplePassword } from '../people/family.ts';
import type { Cast } from '../people/generate.ts';
import { reshapedWorld, steadyUuid } from './reshape.ts';
import type { SimulatedVendor } from './vendor.ts';

export const smartVendor: SimulatedVendor = {
  id: 'smart',
  environments: ['production'],
  behaviour: smartBehaviour,
  generateWorld: (request, emit) =>
    reshapedWorld(
      request,
      cast,
      { id: (type, id) => steadyUuid(`${type}/${id}`), bend: (resource) => resource },
      emit,
    ),
  list: null,
};

const clinic = '70311';
const noraId = `a-${clinic}.E-4471`;
const ingeId = `a-${clinic}.E-4502`;

const cast: Cast = {
  practices: [
    {
      id: clinic,
      name: 'Quarry Hill Health',
      line: '12 Mill Lane',
      city: 'Thomaston',
      state: 'ME',
      postalCode: '04861',
      phone: '207-555-0166',
    },
  ],
  charts: [
    { patientId: noraId, practiceId: clinic, course: 'well', isMain: true, person: nora },
    {
      patientId: ingeId,
      practiceId: clinic,
      course: 'pressure-and-lipids',
      isMain: false,
      person: inge,
    },
  ],
  accounts: [
    {
      username: nora.email,
      password: samplePassword,
      displayName: 'Nora Ellingsen',
      ownPatientId: noraId,
      charts: [{ patientId: noraId, practiceId: clinic, label: 'Nora Ellingsen, your own record' }],
    },
    {
      username: inge.email,
      password: samplePassword,
      displayName: 'Inge Ellingsen',
      ownPatientId: ingeId,
      charts: [{ patientId: ingeId, practiceId: clinic, label: 'Inge Ellingsen, your own record' }],
    },
  ],
};
