// Owns what athenahealth's patient FHIR API is, as data. Sources and confidence stand in README.md beside this.

import { DIRECTORY_EVERY_DAYS, LIMITS, VOLATILE_PATHS } from '../defaults.ts';
import { FHIR_JSON, type Portal, type PortalQuestion } from '../portal.ts';

/** The 21 kinds of "FHIR R4 SMART V1" that the developer portal offers a patient app. */
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
  'MedicationRequest',
  'Observation',
  'Organization',
  'Patient',
  'Practitioner',
  'Procedure',
  'Provenance',
  'ServiceRequest',
] as const;
type ScopedType = (typeof TYPES)[number];

/** The search page size: 1,000 is the most, in use by others; where it is too much, 50 works everywhere. */
const COUNT = { _count: '1000' };
/** Provenance can't be searched for; it comes along with what it is about. */
const PROVENANCE = { _revinclude: 'Provenance:target' };

export const athenahealth = {
  id: 'athenahealth',
  name: 'athenahealth',
  otherNames: [],
  fhirVersion: 'r4',
  environments: {
    production: {
      fhirBaseUrl: 'https://api.platform.athenahealth.com/fhir/r4',
      endpoints: null,
      signOut: 'https://api.platform.athenahealth.com/oauth2/v1/logout',
      configPrefix: 'ATHENA',
      directoryUrl:
        'https://service-base-urls.api.fhir.athena.io/athena-fhir-service-base-urls.json',
      // An estimate: 21,757 practices at some 900 bytes.
      directoryMegabytes: 20,
    },
    preview: {
      fhirBaseUrl: 'https://api.preview.platform.athenahealth.com/fhir/r4',
      endpoints: null,
      signOut: 'https://api.preview.platform.athenahealth.com/oauth2/v1/logout',
      configPrefix: 'ATHENA_SANDBOX',
      directoryUrl:
        'https://service-base-urls.api.fhir.athena.io/athena-fhir-service-base-urls.json',
    },
  },
  callbackPath: '/athena/callback',
  redirects: { https: false, localhost: true },
  scopes: [
    'openid',
    'fhirUser',
    'offline_access',
    'launch/patient',
    ...TYPES.map((type) => `patient/${type}.read`),
  ],
  scopesBy: 'vendor',
  confidentialScopes: [],
  auth: ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'],
  pkce: true,
  aud: 'fhir-base-url',
  stateMayBeLost: false,
  renews: 'every-client',
  patientFrom: ['token'],
  links: 'own',
  accept: FHIR_JSON,
  countParameter: '_count',
  // Its Bundles have none.
  totalIsRight: false,
  // QUIRK ah-practice: wanted on each call, the slash as it is; encoded ones have been refused.
  everyCall: { 'ah-practice': 'Organization/a-1.Practice-{clinic}' },
  clinicInPatientId: '^a-(\\d+)\\.E-',
  // QUIRK refresh-scope: a refresh without client_id and scope in its body is refused.
  refreshRepeats: ['client_id', 'scope'],
  // Not in what the vendor publishes: any renewal may be refused.
  refreshTokenDays: null,
  // Once a day is what the registration's answers say.
  syncEveryHours: 24,
  directoryEveryDays: DIRECTORY_EVERY_DAYS,
  questions: [
    {
      key: 'patient',
      label: 'Name, birth date and address',
      type: 'Patient',
      parameters: { _id: '{patient}', ...PROVENANCE },
      scope: 'patient/Patient.read',
      why: 'who the record is about',
    },
    question('encounters', 'Visits', 'Encounter', 'when you were seen, by whom and why'),
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
    question(
      'conditions',
      'Conditions',
      'Condition',
      'the problem list and the diagnoses of visits',
    ),
    // QUIRK intent-required: a search for medication requests by patient alone is refused.
    question(
      'medication-requests',
      'Medication requests',
      'MedicationRequest',
      'prescriptions and medicines noted, whatever their intent',
      {
        intent:
          'proposal,plan,order,original-order,reflex-order,filler-order,instance-order,option',
      },
    ),
    question('allergies', 'Allergies', 'AllergyIntolerance', 'what must not be given'),
    question('immunizations', 'Immunizations', 'Immunization', 'shots given, here or elsewhere'),
    question('procedures', 'Procedures', 'Procedure', 'what was done'),
    question('documents', 'Documents', 'DocumentReference', 'notes of visits and letters'),
    question('orders', 'Orders', 'ServiceRequest', 'what was ordered'),
    question('care-plans', 'Care plans', 'CarePlan', 'assessments and what is planned'),
    question('care-teams', 'Care team', 'CareTeam', 'who looks after you'),
    question('goals', 'Goals', 'Goal', 'what was agreed to aim for'),
    question('devices', 'Implanted devices', 'Device', 'what you carry in you'),
  ],
  // What scopes of v2, or later ones, allow beside these.
  addedParameters: COUNT,
  // Ours to choose: what a portal hides from the time asked for stays hidden no longer than this.
  fullPassEveryDays: 7,
  // These can be read by id alone; a Location names an Organization, so that comes last.
  referenced: {
    batch: 50,
    questions: [
      referenced('medications', 'Medicines named in prescriptions', 'Medication'),
      referenced('practitioners', 'Clinicians named in the record', 'Practitioner'),
      referenced('locations', 'Places named in the record', 'Location'),
      referenced('organizations', 'Organizations named in the record', 'Organization'),
    ],
  },
  requests: {
    concurrency: 4,
    // RateLimit headers of the recordings: 500 a second.
    rate: { requests: 500, in: 'second' },
    fewerAPage: 50,
    timeoutMs: 60_000,
    attempts: 4,
    backoffMs: 500,
  },
  limits: LIMITS,
  // meta.lastUpdated moves without a change of content, and is missing on about half. No address of an attachment was in
  // the sample; one that comes may be signed, and a signature is no content.
  volatilePaths: VOLATILE_PATHS,
  gaps: [
    'Documents that the clinic has not published come without their content.',
    'Scanned files and pictures are not offered to patients’ programs.',
    'Appointments can’t be listed through this interface.',
  ],
  notes: [
    'Permission lasts until you take it back, or the clinic does.',
    'Notes of visits come as text; scanned files are not offered.',
  ],
  wordsForClinic: null,
} as const satisfies Portal;

function question(
  key: string,
  label: string,
  type: ScopedType,
  why: string,
  narrowed: Readonly<Record<string, string>> = {},
): PortalQuestion {
  return {
    key,
    label,
    type,
    parameters: { patient: '{patient}', ...narrowed, ...COUNT, ...PROVENANCE },
    scope: `patient/${type}.read`,
    why,
  };
}

function referenced(
  key: string,
  label: string,
  type: ScopedType,
): Omit<PortalQuestion, 'parameters'> {
  return {
    key,
    label,
    type,
    scope: `patient/${type}.read`,
    why: 'what the records above refer to',
  };
}
