// The made-up people: who they are, which chart they have where, and which login reaches it. Data only; what
// happened to them is in their histories.

import type { EnvironmentName } from '../environments.ts';
import {
  endocrinePractice,
  familyPractice,
  geriatricPractice,
  pediatricPractice,
  previewPractice,
} from './practices.ts';
import type { Account } from './world.ts';

/** Which course a person's history takes. */
export type Course =
  | 'thyroid-and-iron'
  | 'pressure-and-lipids'
  | 'many-problems'
  | 'child'
  | 'thyroid-clinic'
  | 'well';

/** One person's chart at one practice, before anything has happened in it. */
export type ChartSeed = {
  readonly patientId: string;
  readonly practiceId: string;
  readonly course: Course;
  /** The chart that `--size` scales. */
  readonly isMain: boolean;
  readonly person: Person;
};

export type Person = {
  readonly family: string;
  readonly given: readonly string[];
  /** A family name until the day it ended, still marked official. */
  readonly earlierFamily?: { readonly name: string; readonly until: string };
  readonly gender: 'female' | 'male';
  readonly birthDate: string;
  readonly email: string;
};

/** The password of every sample login but the vendor's published one. */
export const samplePassword = 'Sample-Login-1';

/** The vendor's published login for trying patient apps, at practice 80000. */
export const previewLogin = {
  username: 'phrtest_preview@mailinator.com',
  password: 'Password1',
} as const;

/** The charts and logins of one environment. */
export function peopleOf(environment: EnvironmentName): {
  readonly charts: readonly ChartSeed[];
  readonly accounts: readonly Account[];
} {
  return environment === 'preview' ? preview : production;
}

export const nora: Person = {
  family: 'Ellingsen',
  given: ['Nora', 'Marie'],
  earlierFamily: { name: 'Vance', until: '2009-06-20' },
  gender: 'female',
  birthDate: '1979-03-11',
  email: 'nora@example.org',
};
export const tomas: Person = {
  family: 'Ellingsen',
  given: ['Tomás', 'Johan'],
  gender: 'male',
  birthDate: '1976-09-02',
  email: 'tomas@example.org',
};
export const inge: Person = {
  family: 'Ellingsen',
  given: ['Inge', 'Sølvi'],
  earlierFamily: { name: 'Bråten', until: '1968-05-04' },
  gender: 'female',
  birthDate: '1944-12-27',
  email: 'inge@example.org',
};
export const ada: Person = {
  family: 'Ellingsen',
  given: ['Ada', 'Renée'],
  gender: 'female',
  birthDate: '2016-10-05',
  email: 'nora@example.org',
};
const donna: Person = {
  family: 'Sandboxtest',
  given: ['Donna'],
  earlierFamily: { name: 'Sandbox-Test', until: '2012-02-29' },
  gender: 'female',
  birthDate: '1972-01-15',
  email: previewLogin.username,
};

const noraId = `a-${familyPractice}.E-2051`;
const noraThyroidId = `a-${endocrinePractice}.E-618`;
const tomasId = `a-${familyPractice}.E-2052`;
const ingeId = `a-${geriatricPractice}.E-977`;
const adaId = `a-${pediatricPractice}.E-5310`;
const donnaId = `a-${previewPractice}.E-14545`;

const production = {
  charts: [
    {
      patientId: noraId,
      practiceId: familyPractice,
      course: 'thyroid-and-iron',
      isMain: true,
      person: nora,
    },
    {
      patientId: noraThyroidId,
      practiceId: endocrinePractice,
      course: 'thyroid-clinic',
      isMain: false,
      person: nora,
    },
    {
      patientId: tomasId,
      practiceId: familyPractice,
      course: 'pressure-and-lipids',
      isMain: false,
      person: tomas,
    },
    {
      patientId: ingeId,
      practiceId: geriatricPractice,
      course: 'many-problems',
      isMain: false,
      person: inge,
    },
    {
      patientId: adaId,
      practiceId: pediatricPractice,
      course: 'child',
      isMain: false,
      person: ada,
    },
  ] satisfies ChartSeed[],
  accounts: [
    {
      username: 'nora@example.org',
      password: samplePassword,
      displayName: 'Nora Ellingsen: two practices',
      ownPatientId: noraId,
      charts: [
        { patientId: noraId, practiceId: familyPractice, label: 'Nora Ellingsen, your own record' },
        {
          patientId: noraThyroidId,
          practiceId: endocrinePractice,
          label: 'Nora Ellingsen, your own record',
        },
      ],
    },
    {
      username: 'tomas@example.org',
      password: samplePassword,
      displayName: 'Tomás Ellingsen: himself and his daughter',
      ownPatientId: tomasId,
      charts: [
        {
          patientId: tomasId,
          practiceId: familyPractice,
          label: 'Tomás Ellingsen, your own record',
        },
        { patientId: adaId, practiceId: pediatricPractice, label: 'Ada Ellingsen, your daughter' },
      ],
    },
    {
      username: 'inge@example.org',
      password: samplePassword,
      displayName: 'Inge Ellingsen: many problems',
      ownPatientId: ingeId,
      charts: [
        {
          patientId: ingeId,
          practiceId: geriatricPractice,
          label: 'Inge Ellingsen, your own record',
        },
      ],
    },
  ] satisfies Account[],
};

const preview = {
  charts: [
    {
      patientId: donnaId,
      practiceId: previewPractice,
      course: 'thyroid-and-iron',
      isMain: true,
      person: donna,
    },
  ] satisfies ChartSeed[],
  accounts: [
    {
      ...previewLogin,
      displayName: 'The vendor’s published test login',
      ownPatientId: donnaId,
      charts: [
        {
          patientId: donnaId,
          practiceId: previewPractice,
          label: 'Donna Sandboxtest, your own record',
        },
      ],
    },
  ] satisfies Account[],
};
