// Owns what a resource says about whose it is: the Patient compartment of FHIR R4, as data, and which
// types belong to nobody. Pure; it reads what is written and resolves nothing.

import { type ParsedReference, readReference } from './reference.ts';
import type { Resource } from './types.ts';

/** Of a source and not of a person: stored once, readable from each person who refers to it. */
export function isSharedType(type: string): boolean {
  return sharedTypes.has(type);
}

/**
 * What a resource names as its patient: references to a Patient, or to what may turn out to be one.
 * Only the most telling element counts: the subject before a participant.
 * @see https://hl7.org/fhir/R4/compartmentdefinition-patient.html
 */
export function patientReferences(resource: Resource): ParsedReference[] {
  for (const path of pathsOf.get(resource.resourceType) ?? tellingPaths) {
    const found = valuesAt(resource, path).flatMap(readReference);
    const telling = found.map(asPatient).filter(mayBePatient);
    if (telling.length > 0) return telling;
  }
  return [];
}

/** Elements that name the patient, in any type that has them. */
const tellingPaths = ['subject', 'patient', 'beneficiary', 'individual', 'for', 'candidate'].map(
  (member) => [member],
);

/** Where else a type names its patient. */
const furtherPaths: readonly (readonly [string, readonly string[]])[] = [
  ['Appointment', ['participant.actor']],
  ['AppointmentResponse', ['actor']],
  ['AuditEvent', ['entity.what', 'agent.who']],
  ['Communication', ['recipient', 'sender']],
  ['CommunicationRequest', ['recipient', 'sender', 'requester']],
  ['Coverage', ['policyHolder', 'subscriber']],
  ['DocumentManifest', ['recipient', 'author']],
  ['Group', ['member.entity']],
  ['Person', ['link.target']],
  ['QuestionnaireResponse', ['source', 'author']],
  ['Schedule', ['actor']],
  ['SupplyRequest', ['deliverTo', 'requester']],
  ['Task', ['owner', 'requester']],
];

/** Where the types above name their patient. A Map: a resource may call its type `constructor`. */
const pathsOf: ReadonlyMap<string, readonly (readonly string[])[]> = new Map(
  furtherPaths.map(([type, further]) => [
    type,
    [...tellingPaths, ...further.map((path) => path.split('.'))],
  ]),
);

const sharedTypes = new Set([
  // who and where
  'Organization',
  'OrganizationAffiliation',
  'Practitioner',
  'PractitionerRole',
  'Location',
  'HealthcareService',
  'Endpoint',
  'InsurancePlan',
  'Schedule',
  'Slot',
  // what is given or used, when it names no patient
  'Medication',
  'MedicationKnowledge',
  'Substance',
  'Device',
  'DeviceDefinition',
  // definitions
  'ActivityDefinition',
  'CapabilityStatement',
  'ChargeItemDefinition',
  'CodeSystem',
  'ConceptMap',
  'EventDefinition',
  'ImplementationGuide',
  'Library',
  'Measure',
  'NamingSystem',
  'ObservationDefinition',
  'OperationDefinition',
  'PlanDefinition',
  'Questionnaire',
  'ResearchStudy',
  'SearchParameter',
  'SpecimenDefinition',
  'StructureDefinition',
  'StructureMap',
  'ValueSet',
]);

/** In an element that names the patient, an identifier without a type is a patient's. */
function asPatient(reference: ParsedReference): ParsedReference {
  const isOfNoType = reference.kind === 'conditional' && reference.type === '';
  return isOfNoType ? { ...reference, type: 'Patient' } : reference;
}

function mayBePatient(reference: ParsedReference): boolean {
  switch (reference.kind) {
    case 'relative':
    case 'absolute':
    case 'conditional':
      return reference.type === 'Patient';
    case 'urn':
      return true;
    case 'contained':
    case 'other':
      return false;
  }
}

/** The values at a path of members; arrays on the way are gone through. */
function valuesAt(value: unknown, path: readonly string[]): unknown[] {
  let found: unknown[] = [value];
  for (const member of path) {
    found = found.flatMap((at) => {
      const inner =
        typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[member] : [];
      return Array.isArray(inner) ? inner : [inner];
    });
  }
  return found;
}
