// Turns a world's resources into FHIR DSTU2 as one vendor writes it: elements under their earlier names, systems and
// times as they were recorded, office visits as procedures, and the values of panels without their names. Pure.
// @see https://hl7.org/fhir/DSTU2/resourcelist.html

import type { Resource } from '../json-text.ts';
import { labPanels } from '../people/lab-catalogue.ts';

/** A resource as the vendor has it; null where it has none such. */
export function toDstu2(resource: Resource): Resource | null {
  const turn = turns.get(resource.resourceType);
  if (turn === undefined) return null;
  const turned = turn(local(resource) as Resource);
  if (turned === null) return null;
  const written = Object.entries(turned).filter(([, value]) => value !== undefined);
  return Object.fromEntries(written) as Resource;
}

type Turn = (r: Resource) => Resource | null;

const CPT = 'https://www.ama-assn.org/practice-management/cpt-current-procedural-terminology';

/** Systems as they were recorded, not those that FHIR names. */
const systems: Readonly<Record<string, string>> = {
  'http://hl7.org/fhir/sid/icd-10-cm': 'http://hl7.org/fhir/sid/icd-10',
  'http://www.nlm.nih.gov/research/umls/rxnorm': 'https://www.nlm.nih.gov/research/umls/rxnorm/',
  'http://www.ama-assn.org/go/cpt': CPT,
};

/** Of these panels the values have no names. */
const unnamed = new Set(
  [labPanels.cbc, labPanels.cmp].flatMap(({ tests }) =>
    tests.flatMap(({ loinc, name }) => [loinc, name]),
  ),
);

const patient: Turn = ({ id, name, telecom, gender, birthDate, address }) => ({
  resourceType: 'Patient',
  id,
  active: true,
  name: list(name).map(({ family, ...one }) => ({ family: [family], ...one })),
  telecom,
  gender,
  birthDate,
  address,
});

const allergy: Turn = (r) => ({
  resourceType: 'AllergyIntolerance',
  id: r.id,
  patient: r.patient,
  substance: r.code,
  status: codeOf(r.clinicalStatus),
  recordedDate: r.recordedDate,
  criticality: r.criticality === 'high' ? 'CRITH' : 'CRITU',
  reaction: r.reaction,
});

const condition: Turn = (r) => ({
  resourceType: 'Condition',
  id: r.id,
  patient: r.subject,
  dateRecorded: r.recordedDate,
  code: withSystem(r.code, 'icd-10'),
  category: coded('http://hl7.org/fhir/condition-category', 'diagnosis', 'Diagnosis'),
  clinicalStatus: codeOf(r.clinicalStatus),
  verificationStatus: codeOf(r.verificationStatus),
  onsetDateTime: r.onsetDateTime,
  abatementDateTime: r.abatementDateTime,
});

const observation: Turn = (r) => {
  const { subject, effectiveDateTime, valueQuantity, valueString, component, referenceRange } = r;
  const { text, coding } = obj(r.code) ?? {};
  const names = [text, ...list(coding).map(({ code }) => code)];
  const isUnnamed = names.some((name) => unnamed.has(String(name)));
  return {
    resourceType: 'Observation',
    id: r.id,
    status: r.status === 'corrected' ? 'amended' : r.status,
    category: coded('http://hl7.org/fhir/observation-category', codeOf(first(r.category)) ?? ''),
    code: isUnnamed ? {} : r.code,
    subject,
    effectiveDateTime,
    valueQuantity,
    valueString,
    valueCodeableConcept: r.valueCodeableConcept,
    dataAbsentReason: r.dataAbsentReason,
    interpretation: withOldSystem(first(r.interpretation)),
    comments: list(r.note)
      .map(({ text }) => text)
      .at(0),
    referenceRange,
    component,
  };
};

const report: Turn = (r) => ({
  resourceType: 'DiagnosticReport',
  id: r.id,
  status: r.status === 'amended' ? 'corrected' : r.status,
  category: coded('http://hl7.org/fhir/v2/0074', 'LAB', 'Laboratory'),
  code: r.code,
  subject: r.subject,
  effectiveDateTime: r.effectiveDateTime,
  issued: r.issued,
  performer: { display: first(r.performer)?.display },
  result: r.result,
  conclusion: r.conclusion,
});

const immunization: Turn = (r) => ({
  resourceType: 'Immunization',
  id: r.id,
  status: r.status,
  date: r.occurrenceDateTime,
  vaccineCode: r.vaccineCode,
  patient: r.patient,
  wasNotGiven: false,
  reported: r.primarySource === false,
  lotNumber: r.lotNumber,
});

/** An order as one; what was planned or noted, as a statement. What was only considered has no place there. */
const medication: Turn = (r) => {
  const named = r.medicationCodeableConcept ?? { text: obj(r.medicationReference)?.display };
  const shared = { id: r.id, patient: r.subject, medicationCodeableConcept: named };
  const [dosage] = list(r.dosageInstruction);
  if (r.intent === 'plan')
    return {
      resourceType: 'MedicationStatement',
      ...shared,
      status: r.status,
      dateAsserted: r.authoredOn,
      wasNotTaken: false,
      effectivePeriod: { start: r.authoredOn },
      reasonForUseCodeableConcept: first(r.reasonCode),
      dosage: [{ text: dosage?.text, route: dosage?.route }],
    };
  if (r.intent !== 'order') return null;
  return {
    resourceType: 'MedicationOrder',
    ...shared,
    dateWritten: r.authoredOn,
    status: r.status,
    prescriber: r.requester,
    reasonCodeableConcept: first(r.reasonCode),
    dosageInstruction: [{ text: dosage?.text, route: dosage?.route }],
    dispenseRequest: r.dispenseRequest,
  };
};

const procedure: Turn = (r) => ({
  resourceType: 'Procedure',
  id: r.id,
  subject: r.subject,
  status: r.status,
  code: r.code,
  performedDateTime: r.performedDateTime,
  performer: r.performer,
});

/** There are no Encounters there: what is left of one is the procedure that was billed. */
const visit: Turn = (r) => ({
  resourceType: 'Procedure',
  id: r.id,
  subject: r.subject,
  status: 'completed',
  code: first(r.type),
  performedDateTime: obj(r.period)?.start,
  performer: list(r.participant).map(({ individual }) => ({ actor: individual })),
});

const turns: ReadonlyMap<string, Turn> = new Map(
  Object.entries({
    Patient: patient,
    AllergyIntolerance: allergy,
    Condition: condition,
    Observation: observation,
    DiagnosticReport: report,
    Immunization: immunization,
    MedicationRequest: medication,
    Procedure: procedure,
    Encounter: visit,
  }),
);

/** Times with the practice's offset, systems as recorded. */
function local(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(local);
  if (typeof value === 'string') return systems[value] ?? atOffset(value);
  if (typeof value !== 'object' || value === null || isRawNumber(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, local(each)]));
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
const OFFSET_MS = -4 * 3_600_000;

function atOffset(text: string): string {
  if (!INSTANT.test(text)) return text;
  return `${new Date(Date.parse(text) + OFFSET_MS).toISOString().slice(0, 19)}-04:00`;
}

function isRawNumber(value: object): boolean {
  return (JSON as unknown as { isRawJSON(value: unknown): boolean }).isRawJSON(value);
}

type Obj = Readonly<Record<string, unknown>>;

function obj(value: unknown): Obj | undefined {
  return typeof value === 'object' && value !== null ? (value as Obj) : undefined;
}

function list(value: unknown): Obj[] {
  return Array.isArray(value) ? (value as Obj[]) : [];
}

function first(value: unknown): Obj | undefined {
  return list(value)[0];
}

function codeOf(concept: unknown): string | undefined {
  const code = first(obj(concept)?.coding)?.code;
  return code === undefined ? undefined : String(code);
}

function coded(system: string, code: string, display?: string) {
  return { coding: [{ system, code, ...(display === undefined ? {} : { display }) }] };
}

/** A concept with its codings of one system alone. */
function withSystem(concept: unknown, end: string): unknown {
  const { coding, ...rest } = obj(concept) ?? {};
  const kept = list(coding).filter(({ system }) => String(system).endsWith(end));
  return { ...rest, ...(kept.length > 0 ? { coding: kept } : {}) };
}

function withOldSystem(concept: Obj | undefined): unknown {
  const code = codeOf(concept);
  return code === undefined ? undefined : coded('http://hl7.org/fhir/v2/0078', code);
}
