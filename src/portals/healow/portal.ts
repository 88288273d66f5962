// Owns what eClinicalWorks' patient FHIR API (Healow) is, as data. Sources and confidence stand in README.md beside this.

import { DIRECTORY_EVERY_DAYS, LIMITS, VOLATILE_PATHS } from '../defaults.ts';
import { patientTypes } from '../patient-types.ts';
import type { Portal, PortalQuestion } from '../portal.ts';

/** The kinds that a working client asks for. A scope that was not registered is refused with all the others. */
const TYPES = [
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
  'MedicationAdministration',
  'MedicationRequest',
  'Observation',
  'Organization',
  'Patient',
  'Practitioner',
  'PractitionerRole',
  'Procedure',
  'Provenance',
] as const;

/** QUIRK exact-parameters: these know a search by exactly its parameters, and a page size is one too many. */
const EXACT = ['CarePlan', 'CareTeam', 'Observation'];
/** The page size, where one may be asked for. Provenance can't be searched for; it comes along with what it is about. */
const COUNT = { _count: '100' };
const BESIDE = { ...COUNT, _revinclude: 'Provenance:target' };

const known = patientTypes('r4').filter(({ type }) => TYPES.some((one) => one === type));

export const healow = {
  id: 'healow',
  name: 'Healow',
  otherNames: ['eClinicalWorks'],
  fhirVersion: 'r4',
  environments: {
    production: {
      // QUIRK clinic-base: each clinic has a base of its own, which is `aud`, too, without a slash at the end.
      fhirBaseUrl: 'https://fhir4.healow.com/fhir/r4/{clinic}',
      endpoints: null,
      signOut: null,
      configPrefix: 'HEALOW',
      directoryUrl: 'https://connect4.healow.com/apps/api/v1/fhir/activated_clinical_endpoints',
      directoryMegabytes: 15,
    },
    // One clinic for trying apps.
    preview: {
      fhirBaseUrl: 'https://fhir4.healow.com/fhir/r4/JAFJCD',
      endpoints: null,
      signOut: null,
      configPrefix: 'HEALOW_SANDBOX',
      directoryUrl: null,
    },
  },
  callbackPath: '/healow/callback',
  // QUIRK https-redirect: the developer portal takes no other address, and none of this machine's.
  redirects: { https: true, localhost: false },
  // QUIRK no-launch-scope: the patient is chosen all the same.
  scopes: ['openid', 'fhirUser', ...TYPES.map((type) => `patient/${type}.read`)],
  scopesBy: 'vendor',
  // QUIRK public-renews-nothing: a public client that asks for it gets no refresh token.
  confidentialScopes: ['offline_access'],
  auth: ['none', 'client_secret_basic', 'private_key_jwt'],
  pkce: true,
  aud: 'fhir-base-url',
  stateMayBeLost: false,
  renews: 'confidential-clients',
  // QUIRK fhirUser: the token reply names no patient.
  patientFrom: ['token', 'fhirUser'],
  // QUIRK foreign-links: next pages, and what records refer to, name another host, and http.
  links: 'rebased',
  // QUIRK older-media-type: the older one first, as working clients send it.
  accept: 'application/json+fhir, application/fhir+json;q=0.9, application/json;q=0.8',
  countParameter: '_count',
  // QUIRK wrong-total: a list that is empty was recorded with a total of 50.
  totalIsRight: false,
  everyCall: {},
  clinicInPatientId: null,
  refreshRepeats: [],
  refreshTokenDays: 90,
  // Once a day is what the registration's answers say.
  syncEveryHours: 24,
  directoryEveryDays: DIRECTORY_EVERY_DAYS,
  questions: known
    .filter(({ patient }) => patient.length > 0)
    .map((one) => question(one, one.patient[0] ?? 'patient')),
  addedParameters: COUNT,
  // Nothing tells what has changed: no search takes a time of change.
  fullPassEveryDays: 7,
  referenced: {
    batch: 20,
    questions: known
      .filter(({ patient }) => patient.length === 0)
      .map(({ key, label, type, why }) => ({ key, label, type, why, scope: scopeOf(type) })),
  },
  requests: {
    concurrency: 3,
    // QUIRK minute: of the clock, for a clinic as a whole, sign-ins included; 429 until the next one.
    rate: { requests: 250, in: 'minute' },
    fewerAPage: 20,
    // QUIRK slow-documents: searches for documents take long.
    timeoutMs: 90_000,
    attempts: 3,
    backoffMs: 1000,
  },
  limits: LIMITS,
  volatilePaths: VOLATILE_PATHS,
  gaps: [
    'Orders, insurance and appointments are not offered to patients’ programs.',
    'A document without a date can’t be asked for, since documents are asked for by their years.',
    'Who recorded a result or a plan is not told with it.',
  ],
  notes: [
    'Each clinic decides by itself whether it lets patients’ programs in.',
    'The sign-in and your record pass through the server of this Chartfold: whoever runs it could read along.',
  ],
  wordsForClinic:
    'I would like to read my own record from {clinic} with a program of my choice, by the patient access API (FHIR R4) of eClinicalWorks, which the 21st Century Cures Act asks of certified record systems. The API answers that it is not switched on for your practice. Please switch on patient access by FHIR in your eClinicalWorks settings, or ask eClinicalWorks support to activate your practice’s FHIR endpoint, and tell me when it is done.',
} as const satisfies Portal;

function scopeOf(type: string): string {
  return `patient/${type}.read`;
}

function question(
  { type, key, label, why }: Pick<PortalQuestion, 'type' | 'key' | 'label' | 'why'>,
  patient: string,
): PortalQuestion {
  return {
    key,
    label,
    type,
    parameters: { [patient]: '{patient}', ...(EXACT.includes(type) ? {} : BESIDE) },
    // QUIRK slow-documents: without a date the search hangs.
    ...(type === 'DocumentReference' ? { windows: { parameter: 'date', years: 20 } } : {}),
    scope: scopeOf(type),
    why,
  };
}
