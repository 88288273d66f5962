// eClinicalWorks as patients reach it (Healow), simulated: clinics with codes for ids, and records in the shapes that were
// recorded there.

import { createHash } from 'node:crypto';
import { healowBehaviour } from '../../src/portals/healow/behaviour.ts';
import { healowFilling } from '../directories/generate.ts';
import type { EnvironmentName } from '../environments.ts';
import type { Resource } from '../json-text.ts';
import { ada, inge, nora, type Person, samplePassword, tomas } from '../people/family.ts';
import type { Cast } from '../people/generate.ts';
import type { Practice } from '../people/world.ts';
import { reshapedWorld } from './reshape.ts';
import { healowBundle } from './healow-directory.ts';
import type { SimulatedVendor } from './vendor.ts';

export const healowVendor: SimulatedVendor = {
  id: 'healow',
  environments: ['production', 'preview'],
  behaviour: healowBehaviour,
  generateWorld: (request, emit) =>
    reshapedWorld(request, castOf(request.environment), { id: longId, bend }, emit),
  list: {
    text: (environment, practices) =>
      healowBundle(environment.fhirBaseOf('').replace(/\/$/, ''), practices),
    filling: healowFilling,
  },
};

const [family, women, senior, closed] = ['BDKCAA', 'CFHJBD', 'GKAEDC', 'DAJHFB'];
const sandbox = 'JAFJCD';

const production: Cast = {
  practices: [
    practice(family, 'Union River Family Practice', 'Ellsworth', '04605'),
    practice(women, 'Mill Brook Women’s & Children’s Health', 'Bucksport', '04416'),
    practice(senior, 'Stonington Senior Care', 'Stonington', '04681'),
    // Listed, and its interface not switched on.
    { ...practice(closed, 'Frenchman Bay Urgent Care', 'Bar Harbor', '04609'), isOff: true },
  ],
  charts: [
    chart(tomas, family, 'pressure-and-lipids', true),
    chart(nora, women, 'thyroid-clinic'),
    chart(ada, women, 'child'),
    chart(inge, senior, 'many-problems'),
  ],
  accounts: [
    account(tomas, 'Tomás Ellingsen', [access(tomas, family, 'Tomás Ellingsen, your own record')]),
    account(nora, 'Nora Ellingsen: herself and her daughter', [
      access(nora, women, 'Nora Ellingsen, your own record'),
      access(ada, women, 'Ada Ellingsen, your daughter'),
    ]),
    account(inge, 'Inge Ellingsen: many problems', [
      access(inge, senior, 'Inge Ellingsen, your own record'),
    ]),
  ],
};

const tester: Person = {
  family: 'Fhirtest',
  given: ['Adele'],
  gender: 'female',
  birthDate: '1970-04-01',
  // The vendor's published login for trying apps at its clinic.
  email: 'AdultFemaleFHIR',
};
const preview: Cast = {
  practices: [practice(sandbox, 'Sandbox Practice', 'Westborough', '01581', 'MA')],
  charts: [chart(tester, sandbox, 'well', true)],
  accounts: [
    account(tester, 'The vendor’s test login', [
      access(tester, sandbox, 'Adele Fhirtest, your own record'),
    ]),
  ],
};

function castOf(environment: EnvironmentName): Cast {
  return environment === 'preview' ? preview : production;
}

function practice(
  id: string,
  name: string,
  city: string,
  postalCode: string,
  state = 'ME',
): Practice {
  return { id, name, line: '1 Main Street', city, state, postalCode, phone: '207-555-0120' };
}

function idOf(person: Person, clinic: string): string {
  return `a-${clinic}.E-${person.birthDate.replaceAll('-', '')}`;
}

function chart(
  person: Person,
  practiceId: string,
  course: Cast['charts'][number]['course'],
  isMain = false,
): Cast['charts'][number] {
  return { patientId: idOf(person, practiceId), practiceId, course, isMain, person };
}

function access(person: Person, practiceId: string, label: string) {
  return { patientId: idOf(person, practiceId), practiceId, label };
}

function account(
  { email }: Person,
  displayName: string,
  charts: ReturnType<typeof access>[],
): Cast['accounts'][number] {
  const [own] = charts;
  const ownPatientId = own?.patientId ?? '';
  return { username: email, password: samplePassword, displayName, ownPatientId, charts };
}

/** As recorded: up to exactly 64 characters, with dots and dashes. */
function longId(type: string, id: string): string {
  const digest = createHash('sha384').update(`${type}/${id}`).digest('base64url');
  return digest.replaceAll('_', '.');
}

/** The vendor has no orders for patients, and tells of no more provenance than comes along with a search. */
function bend(resource: Resource): Resource | null {
  const { resourceType: type } = resource;
  if (!healowBehaviour.scopedTypes.includes(type)) return null;
  if (type === 'Provenance' && !comesAlong(resource)) return null;
  return { ...resource, ...bends[type]?.(resource) };
}

function comesAlong({ target }: Resource): boolean {
  const targets = (target ?? []) as { reference: string }[];
  const { scopedTypes, exactTypes } = healowBehaviour;
  return targets.every(({ reference }) => {
    const [type = ''] = reference.split('/');
    return scopedTypes.includes(type) && !exactTypes.includes(type);
  });
}

/** Oddities of the recordings, by type. */
const bends: Readonly<Record<string, (resource: Resource) => object>> = {
  // Past visits that are planned for ever, of no type.
  Encounter: () => ({ status: 'planned', type: [absent('unknown')] }),
  // Reports of nothing in particular; what was ordered is not given.
  DiagnosticReport: ({ id, code }) => ({ basedOn: undefined, code: isOneIn(3, id) ? {} : code }),
  Procedure: ({ id }) =>
    isOneIn(3, id)
      ? {
          status: 'preparation',
          performedDateTime: undefined,
          _performedDateTime: absent('not-performed'),
        }
      : {},
  AllergyIntolerance: ({ id, code }) =>
    isOneIn(2, id) ? { code: { text: (code as { text?: string }).text } } : {},
  Organization: ({ name }) => ({
    name: String(name).replace(/^athenahealth/, 'eClinicalWorks'),
  }),
  // The number in it is made from the practice's id, which has letters here.
  Practitioner: ({ identifier }) => ({
    identifier: (identifier as { value?: string }[] | undefined)?.map(({ value, ...of }) => ({
      ...of,
      value: value?.replace(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) % 10)),
    })),
  }),
};

function absent(why: string) {
  return {
    extension: [
      { url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: why },
    ],
  };
}

/** Always the same for the same id. */
function isOneIn(count: number, id: string): boolean {
  return id.charCodeAt(0) % count === 0;
}
