// Owns what OnPatient's patient API is, as data: FHIR DSTU2 of one address for all practices, read with a secret.
// Sources and confidence stand in README.md beside this.

import { DIRECTORY_EVERY_DAYS, LIMITS } from '../defaults.ts';
import { FHIR_JSON, type Portal, type PortalQuestion } from '../portal.ts';

/** The one scope that there is; the token is bound to the patient who signed in. */
const SCOPE = 'patient/*.read';

export const onpatient = {
  id: 'onpatient',
  name: 'OnPatient',
  otherNames: ['drchrono', 'Dr Chrono'],
  fhirVersion: 'dstu2',
  environments: {
    production: {
      fhirBaseUrl: 'https://onpatient.com/api/fhir',
      // QUIRK written-endpoints: the servers say nothing of their authorization; a documentation page does.
      endpoints: {
        authorization: 'https://onpatient.com/o/authorize/',
        token: 'https://onpatient.com/o/token/',
      },
      signOut: null,
      configPrefix: 'ONPATIENT',
      directoryUrl: null,
    },
  },
  callbackPath: '/api/v1/onpatient/callback',
  // QUIRK https-redirect: a sign-in is not completed at an address that begins with http.
  redirects: { https: true, localhost: true },
  scopes: [SCOPE],
  scopesBy: 'vendor',
  confidentialScopes: [],
  // QUIRK secret-in-body: the one way that is documented.
  auth: ['client_secret_post'],
  pkce: false,
  aud: 'none',
  // QUIRK state-undocumented: it is not in the vendor's documents, so that it may not come back.
  stateMayBeLost: true,
  renews: 'every-client',
  // QUIRK no-patient-id: the token reply names nobody; the one Patient that the token shows is whose it is.
  patientFrom: ['search'],
  links: 'own',
  accept: FHIR_JSON,
  // QUIRK page-size: `_count` is not known there.
  countParameter: 'page-size',
  // QUIRK numbered-pages: where their size changes on the way, records fall between two of them. The total tells.
  totalIsRight: true,
  everyCall: {},
  clinicInPatientId: null,
  refreshRepeats: [],
  // Not in what the vendor publishes: any renewal may be refused.
  refreshTokenDays: null,
  syncEveryHours: 24,
  directoryEveryDays: DIRECTORY_EVERY_DAYS,
  questions: [
    question('patient', 'Name, birth date and address', 'Patient', 'who the record is about'),
    question(
      'observations',
      'Results, vital signs and other observations',
      'Observation',
      'every measurement, with its range',
    ),
    question(
      'reports',
      'Diagnostic reports',
      'DiagnosticReport',
      'which results belong together, and their conclusions',
    ),
    question('conditions', 'Conditions', 'Condition', 'diagnoses and the problem list'),
    question(
      'medication-statements',
      'Medicines taken',
      'MedicationStatement',
      'what you take, as the practice has noted it',
    ),
    question('medication-requests', 'Prescriptions', 'MedicationOrder', 'what was prescribed'),
    question('allergies', 'Allergies', 'AllergyIntolerance', 'what must not be given'),
    question('immunizations', 'Immunizations', 'Immunization', 'shots given, here or elsewhere'),
    question(
      'procedures',
      'Procedures and visits',
      'Procedure',
      'what was done, office visits among it',
    ),
  ],
  addedParameters: {},
  // Nothing is known by which changes alone could be asked for.
  fullPassEveryDays: 7,
  referenced: { batch: 1, questions: [] },
  requests: {
    concurrency: 2,
    // Limits are documented, their numbers not in the copies that were read.
    rate: null,
    fewerAPage: 10,
    timeoutMs: 60_000,
    attempts: 4,
    backoffMs: 500,
  },
  limits: LIMITS,
  volatilePaths: ['meta.lastUpdated', 'meta.versionId'],
  gaps: [
    'Values of panels such as blood counts come without their names: they are shown as unnamed, and stand in no course of results.',
    'Office visits come as procedures. They are shown as visits where their code says so, without what was found or written in them.',
    'Notes, letters and other documents are not offered.',
  ],
  notes: [
    'OnPatient sends you back to this server, which then holds the access to your record there. If somebody else runs this server, they could use it: connect only where you trust them.',
    'Permission is renewed every two days; where OnPatient refuses that, you sign in again.',
    'Values of blood counts and other panels come without their names, and office visits as procedures.',
  ],
  wordsForClinic: null,
} as const satisfies Portal;

function question(key: string, label: string, type: string, why: string): PortalQuestion {
  // QUIRK no-parameters: the token says whose records they are.
  return { key, label, type, parameters: {}, scope: SCOPE, why };
}
