// Owns which kinds of records a patient may read by US Core 3.1.1 to 8 and by DSTU2, and how each is asked for: data for
// whatever a vendor's own questions leave out. A long list on purpose.
// @see https://hl7.org/fhir/us/core/CapabilityStatement-us-core-server.html,
// http://fhir.org/guides/argonaut/r2/Conformance-server.html

import type { FhirVersion } from './portal.ts';

export type PatientType = {
  readonly type: string;
  readonly key: string;
  /** What the person calls it. */
  readonly label: string;
  readonly why: string;
  /**
   * Search parameters that name the patient, the usual one first. None, or none that a server lists: read by id where
   * others refer to it.
   */
  readonly patient: readonly string[];
  /** What a server that does not answer for all at once may ask to be named: each value is asked for by itself. */
  readonly split?: {
    readonly parameter: string;
    readonly values: readonly string[];
    /** Whether every record has one of the values, so that nothing can be missed by asking for each. */
    readonly isOfAll?: true;
  };
};

/** The types of a FHIR version: those that are searched for, then those read by id, each before what it refers to. */
export function patientTypes(version: FhirVersion): readonly PatientType[] {
  return version === 'r4' ? R4 : DSTU2;
}

const PATIENT = ['patient', 'subject'];
const REFERRED = 'what the records above refer to';

/** HL7's list, as old as DSTU2. */
const OBSERVATION_CATEGORIES = [
  'laboratory',
  'vital-signs',
  'social-history',
  'survey',
  'imaging',
  'procedure',
  'exam',
  'therapy',
];

const R4: readonly PatientType[] = [
  {
    type: 'Patient',
    key: 'patient',
    label: 'Name, birth date and address',
    why: 'who the record is about',
    patient: ['_id'],
  },
  {
    type: 'Encounter',
    key: 'encounters',
    label: 'Visits',
    why: 'when you were seen, by whom and why',
    patient: PATIENT,
  },
  {
    type: 'Observation',
    key: 'observations',
    label: 'Results, vital signs and other observations',
    why: 'every measurement, with its range',
    patient: PATIENT,
    split: {
      parameter: 'category',
      values: [
        // 3.1.1: laboratory, vital signs and smoking; the rest of HL7's list since 4 and 5 (results of tests).
        ...OBSERVATION_CATEGORIES,
        'activity',
        // 5 and 6: screenings and assessments.
        'sdoh',
        'functional-status',
        'disability-status',
        'cognitive-status',
        // 7: what the person prefers.
        'treatment-intervention-preference',
        'care-experience-preference',
      ],
    },
  },
  {
    type: 'DiagnosticReport',
    key: 'reports',
    label: 'Diagnostic reports',
    why: 'which results belong together, and their conclusions',
    patient: PATIENT,
    // Laboratory, then cardiology, radiology and pathology by LOINC.
    split: { parameter: 'category', values: ['LAB', 'LP29708-2', 'LP29684-5', 'LP7839-6'] },
  },
  {
    type: 'Condition',
    key: 'conditions',
    label: 'Conditions',
    why: 'the problem list and the diagnoses of visits',
    patient: PATIENT,
    // One profile up to 4; from 5 on one for the problem list and concerns, and one for the diagnoses of visits.
    split: {
      parameter: 'category',
      values: ['problem-list-item', 'encounter-diagnosis', 'health-concern', 'sdoh'],
    },
  },
  {
    type: 'MedicationRequest',
    key: 'medication-requests',
    label: 'Medication requests',
    why: 'prescriptions and medicines noted, whatever their intent',
    patient: PATIENT,
    split: {
      parameter: 'intent',
      values: [
        'order',
        'plan',
        'proposal',
        'original-order',
        'reflex-order',
        'filler-order',
        'instance-order',
        'option',
      ],
      // R4: required in each, and bound to these.
      isOfAll: true,
    },
  },
  {
    type: 'MedicationStatement',
    key: 'medication-statements',
    label: 'Medicines as told',
    why: 'what you were said to take',
    patient: PATIENT,
  },
  {
    // Since 6.
    type: 'MedicationDispense',
    key: 'medication-dispenses',
    label: 'Medicines handed out',
    why: 'what a pharmacy gave',
    patient: PATIENT,
  },
  {
    // Not in US Core; hospitals have them, and DSTU2 had.
    type: 'MedicationAdministration',
    key: 'medication-administrations',
    label: 'Medicines given',
    why: 'what was given to you there',
    patient: PATIENT,
  },
  {
    type: 'AllergyIntolerance',
    key: 'allergies',
    label: 'Allergies',
    why: 'what must not be given',
    patient: ['patient'],
  },
  {
    type: 'Immunization',
    key: 'immunizations',
    label: 'Immunizations',
    why: 'shots given, here or elsewhere',
    patient: ['patient'],
  },
  {
    type: 'Procedure',
    key: 'procedures',
    label: 'Procedures',
    why: 'what was done',
    patient: PATIENT,
  },
  {
    type: 'DocumentReference',
    key: 'documents',
    label: 'Documents',
    why: 'notes of visits and letters',
    patient: PATIENT,
    // 8 adds advance directives, by LOINC.
    split: { parameter: 'category', values: ['clinical-note', '42348-3'] },
  },
  {
    // Since 5.
    type: 'ServiceRequest',
    key: 'orders',
    label: 'Orders',
    why: 'what was ordered',
    patient: PATIENT,
    split: {
      parameter: 'category',
      values: [
        // Laboratory, imaging, surgery, counselling, education, evaluation and social services by SNOMED CT.
        '108252007',
        '363679005',
        '387713003',
        '409063005',
        '409073007',
        '386053000',
        '410606002',
        'sdoh',
        'functional-status',
        'disability-status',
        'cognitive-status',
      ],
    },
  },
  {
    type: 'CarePlan',
    key: 'care-plans',
    label: 'Care plans',
    why: 'assessments and what is planned',
    patient: PATIENT,
    split: { parameter: 'category', values: ['assess-plan'] },
  },
  {
    type: 'CareTeam',
    key: 'care-teams',
    label: 'Care team',
    why: 'who looks after you',
    patient: PATIENT,
    split: {
      parameter: 'status',
      values: ['active', 'proposed', 'suspended', 'inactive', 'entered-in-error'],
    },
  },
  {
    type: 'Goal',
    key: 'goals',
    label: 'Goals',
    why: 'what was agreed to aim for',
    patient: PATIENT,
  },
  {
    type: 'Device',
    key: 'devices',
    label: 'Implanted devices',
    why: 'what you carry in you',
    patient: ['patient'],
  },
  {
    // Since 6.
    type: 'Coverage',
    key: 'coverages',
    label: 'Insurance',
    why: 'who pays',
    patient: ['patient', 'beneficiary'],
  },
  {
    // Since 5.
    type: 'QuestionnaireResponse',
    key: 'questionnaire-responses',
    label: 'Answered questionnaires',
    why: 'what you answered, and when',
    patient: PATIENT,
  },
  {
    // Since 6.
    type: 'Specimen',
    key: 'specimens',
    label: 'Specimens',
    why: 'what was taken to be examined',
    patient: PATIENT,
  },
  {
    // Since 5.
    type: 'RelatedPerson',
    key: 'related-people',
    label: 'People close to you',
    why: 'who stands beside you in the record',
    patient: ['patient'],
  },
  {
    // Comes with 9, and DSTU2 had it.
    type: 'FamilyMemberHistory',
    key: 'family-history',
    label: 'Family history',
    why: 'what runs in your family',
    patient: ['patient'],
  },
  {
    type: 'Media',
    key: 'media',
    label: 'Pictures of reports',
    why: 'what reports show',
    patient: PATIENT,
  },
  byId('Medication', 'medications', 'Medicines named in prescriptions'),
  byId('PractitionerRole', 'practitioner-roles', 'Roles of clinicians named in the record'),
  byId('Practitioner', 'practitioners', 'Clinicians named in the record'),
  byId('HealthcareService', 'healthcare-services', 'Services named in the record'),
  byId('Location', 'locations', 'Places named in the record'),
  byId('Organization', 'organizations', 'Organizations named in the record'),
];

/** What bears the same name in DSTU2 is asked for in the same way there, but for its categories. */
const SHARED = new Set([
  'Patient',
  'Encounter',
  'Observation',
  'DiagnosticReport',
  'MedicationStatement',
  'MedicationDispense',
  'MedicationAdministration',
  'AllergyIntolerance',
  'Immunization',
  'Procedure',
  'DocumentReference',
  'Goal',
  'Device',
  'QuestionnaireResponse',
  'Specimen',
  'RelatedPerson',
  'FamilyMemberHistory',
  'Medication',
  'Practitioner',
  'Location',
  'Organization',
]);
const SPLIT_IN_DSTU2: Readonly<Record<string, PatientType['split']>> = {
  Observation: { parameter: 'category', values: OBSERVATION_CATEGORIES },
  DiagnosticReport: { parameter: 'category', values: ['LAB', 'RAD', 'PAT', 'CUS'] },
};

const IN_BOTH = R4.filter(({ type }) => SHARED.has(type)).map(({ split: _r4, ...one }) => {
  const split = SPLIT_IN_DSTU2[one.type];
  return split ? { ...one, split } : one;
});

const DSTU2: readonly PatientType[] = [
  ...IN_BOTH.filter(({ patient }) => patient.length > 0),
  {
    type: 'Condition',
    key: 'conditions',
    label: 'Conditions',
    why: 'the problem list and the diagnoses of visits',
    patient: ['patient'],
    split: {
      parameter: 'category',
      values: ['problem', 'diagnosis', 'health-concern', 'complaint', 'symptom', 'finding'],
    },
  },
  {
    type: 'MedicationOrder',
    key: 'medication-requests',
    label: 'Medication requests',
    why: 'prescriptions',
    patient: ['patient'],
  },
  {
    type: 'DiagnosticOrder',
    key: 'orders',
    label: 'Orders',
    why: 'what was ordered',
    patient: PATIENT,
  },
  {
    // Argonaut put the care team here, too.
    type: 'CarePlan',
    key: 'care-plans',
    label: 'Care plans',
    why: 'assessments, what is planned and who looks after you',
    patient: PATIENT,
    split: { parameter: 'category', values: ['assess-plan', 'careteam'] },
  },
  ...IN_BOTH.filter(({ patient }) => patient.length === 0),
];

function byId(type: string, key: string, label: string): PatientType {
  return { type, key, label, why: REFERRED, patient: [] };
}
