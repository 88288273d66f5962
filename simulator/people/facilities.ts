// What a practice's charts share: organisations, places, clinicians, laboratories and medications. Their ids have the
// vendor's shapes; those that start with `a-1.` are the same for every practice.

import type { Random } from './random.ts';
import { medicationCatalogue, rxnorm } from './medication-catalogue.ts';
import type { GeneratedResource, Practice } from './world.ts';

/** References into what a practice shares. */
export type Facilities = {
  readonly practice: string;
  readonly chartSharingGroup: string;
  readonly brand: string;
  readonly providerGroup: string;
  readonly vendor: string;
  readonly departments: readonly {
    readonly organization: string;
    readonly location: string;
    readonly name: string;
  }[];
  readonly providers: readonly { readonly reference: string; readonly name: string }[];
  /** The laboratory used until the practice changed, and the one since. */
  readonly laboratories: readonly {
    readonly organization: string;
    readonly name: string;
    readonly director: string;
  }[];
  medication(key: string): string;
};

/** The shared resources of one practice, and references to them. */
export function makeFacilities(
  practice: Practice,
  random: Random,
  since: string,
): { facilities: Facilities; resources: GeneratedResource[] } {
  const own = (kind: string) => `a-${practice.id}.${kind}`;
  const clinicians = clinicianNames(practice.id, random);
  const departments = ['Main office', 'Annex'].map((name, position) => ({
    organization: `Organization/${own(`Department-${position + 1}`)}`,
    location: `Location/${own(`Department-${position + 1}`)}`,
    name: `${practice.name}, ${name}`,
  }));
  const facilities: Facilities = {
    practice: `Organization/a-1.Practice-${practice.id}`,
    chartSharingGroup: `Organization/${own('CSG-1')}`,
    brand: `Organization/${own('Brand-1')}`,
    providerGroup: `Organization/${own('ProviderGroup-1')}`,
    vendor: 'Organization/a-1.Org-ATHENA',
    departments,
    providers: clinicians.map((name, position) => ({
      reference: `Practitioner/${own(`Provider-${position + 7}`)}`,
      name: `${name.given} ${name.family}, ${name.suffix}`,
    })),
    laboratories: laboratories.map(({ organization, name, director }) => ({
      organization: `Organization/${organization}`,
      name,
      director: `Practitioner/${director}`,
    })),
    medication: (key) => `Medication/${own(`medication-${keys.indexOf(key) + 101}`)}`,
  };
  const resources = [
    ...organizations(practice, departments),
    ...departments.map((department) => location(practice, department)),
    ...clinicians.map((name, position) =>
      practitioner(
        own(`Provider-${position + 7}`),
        name,
        `19${practice.id.padStart(5, '0')}${position}11`,
      ),
    ),
    ...keys.map((key, position) => medication(own(`medication-${position + 101}`), key)),
  ];
  return {
    facilities,
    resources: resources.map((resource) => ({ resource, updated: `${since}T06:00:00Z` })),
  };
}

/** What every practice of the vendor shares. */
export function globalResources(since: string): GeneratedResource[] {
  const vendor = {
    resourceType: 'Organization',
    id: 'a-1.Org-ATHENA',
    active: true,
    name: 'athenahealth (simulated)',
  };
  const labs = laboratories.flatMap((laboratory) => [
    {
      resourceType: 'Organization',
      id: laboratory.organization,
      active: true,
      name: laboratory.name,
      type: [
        {
          coding: [{ system: organizationType, code: 'other', display: 'Other' }],
          text: 'Laboratory',
        },
      ],
      address: [{ city: laboratory.city, state: laboratory.state, country: 'US' }],
    },
    practitioner(laboratory.director, laboratory.directorName, laboratory.npi),
  ]);
  return [vendor, ...labs].map((resource) => ({ resource, updated: `${since}T06:00:00Z` }));
}

const organizationType = 'http://terminology.hl7.org/CodeSystem/organization-type';
const keys = Object.keys(medicationCatalogue);

const laboratories = [
  {
    organization: 'a-1.CP-13006717',
    name: 'Northeast Diagnostics',
    city: 'Bangor',
    state: 'ME',
    director: 'a-1.CP-13006718',
    directorName: { given: 'Lucía', family: 'Marchetti', suffix: 'MD' },
    npi: '1999999101',
  },
  {
    organization: 'a-1.CP-15220342',
    name: 'Coastal Reference Laboratories',
    city: 'Portland',
    state: 'ME',
    director: 'a-1.CP-15220343',
    directorName: { given: 'Priya', family: 'Raghunathan', suffix: 'MD, PhD' },
    npi: '1999999102',
  },
];

type ClinicianName = { readonly given: string; readonly family: string; readonly suffix: string };

function clinicianNames(practiceId: string, random: Random): ClinicianName[] {
  const given = ['Hannah', 'Samuel', 'Mireille', 'Olufemi', 'Grace', 'Björn', 'Wei', 'Rosalind'];
  const family = [
    'Achterberg',
    'Delacroix',
    'Nakagawa',
    'Oyelaran',
    'Pettersen',
    'Quimby',
    'Weatherly',
  ];
  const start = Number(practiceId) % family.length;
  return [0, 1, 2].map((position) => ({
    given: random.pick(given),
    family: family[(start + position) % family.length] ?? 'Quimby',
    suffix: ['MD', 'DO', 'NP'][position] ?? 'MD',
  }));
}

function practitioner(id: string, name: ClinicianName, npi: string) {
  return {
    resourceType: 'Practitioner',
    id,
    identifier: [{ system: 'http://hl7.org/fhir/sid/us-npi', value: npi }],
    active: true,
    name: [{ use: 'official', family: name.family, given: [name.given], suffix: [name.suffix] }],
  };
}

function organizations(practice: Practice, departments: Facilities['departments']) {
  const named = (id: string, name: string) => ({
    resourceType: 'Organization',
    id,
    active: true,
    name,
  });
  return [
    {
      ...named(`a-1.Practice-${practice.id}`, practice.name),
      telecom: [{ system: 'phone', value: practice.phone, use: 'work' }],
      address: [addressOf(practice)],
    },
    named(`a-${practice.id}.CSG-1`, `${practice.name}, chart sharing group`),
    named(`a-${practice.id}.Brand-1`, practice.name),
    named(`a-${practice.id}.ProviderGroup-1`, `${practice.name}, clinicians`),
    ...departments.map((department) => ({
      ...named(department.organization.slice('Organization/'.length), department.name),
      partOf: { reference: `Organization/a-1.Practice-${practice.id}` },
    })),
  ];
}

function location(practice: Practice, department: Facilities['departments'][number]) {
  return {
    resourceType: 'Location',
    id: department.location.slice('Location/'.length),
    status: 'active',
    name: department.name,
    telecom: [{ system: 'phone', value: practice.phone }],
    address: addressOf(practice),
    managingOrganization: { reference: department.organization },
  };
}

function addressOf(practice: Practice) {
  return {
    use: 'work',
    line: [practice.line],
    city: practice.city,
    state: practice.state,
    postalCode: practice.postalCode,
    country: 'US',
  };
}

function medication(id: string, key: string) {
  const entry = medicationCatalogue[key];
  return {
    resourceType: 'Medication',
    id,
    code: {
      coding: [{ system: rxnorm, code: entry?.rxnorm, display: entry?.ingredient }],
      text: entry?.text,
    },
    status: 'active',
  };
}
