// Owns what any SMART on FHIR R4 server is taken to be, as data: the one that a person or an operator adds by its
// address. What it has is asked of the server itself.

import { DIRECTORY_EVERY_DAYS, LIMITS, VOLATILE_PATHS } from '../defaults.ts';
import { FHIR_JSON, type Portal } from '../portal.ts';
import { patientTypes } from '../patient-types.ts';

export const smart = {
  id: 'smart',
  name: 'SMART on FHIR',
  otherNames: [],
  fhirVersion: 'r4',
  environments: {},
  callbackPath: '/smart/callback',
  redirects: { https: false, localhost: true },
  // In the older spelling; a server that says it knows the newer one is asked in that.
  scopes: [
    'openid',
    'fhirUser',
    'offline_access',
    'launch/patient',
    ...patientTypes('r4').map(({ type }) => `patient/${type}.read`),
    'patient/Binary.read',
  ],
  scopesBy: 'server',
  confidentialScopes: [],
  auth: ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'],
  pkce: true,
  aud: 'fhir-base-url',
  stateMayBeLost: false,
  renews: 'every-client',
  // SMART 2.2: launch context first; a server without it may say who signed in.
  patientFrom: ['token', 'fhirUser'],
  links: 'own',
  accept: FHIR_JSON,
  countParameter: '_count',
  // Not known of any server: some count what they then do not show.
  totalIsRight: false,
  everyCall: {},
  clinicInPatientId: null,
  refreshRepeats: [],
  refreshTokenDays: null,
  syncEveryHours: 24,
  directoryEveryDays: DIRECTORY_EVERY_DAYS,
  questions: [],
  addedParameters: { _count: '200' },
  fullPassEveryDays: 7,
  referenced: { batch: 20, questions: [] },
  requests: {
    concurrency: 3,
    rate: null,
    fewerAPage: 50,
    timeoutMs: 60_000,
    attempts: 4,
    backoffMs: 500,
  },
  limits: LIMITS,
  volatilePaths: VOLATILE_PATHS,
  gaps: [
    'What this server has and gives was learned from what it says of itself, not from its vendor.',
  ],
  notes: ['The server decides how long its permission lasts.'],
  wordsForClinic: null,
} as const satisfies Portal;
