// Owns reading FHIR DSTU2 in the shape of R4, for those who show records: elements under the names and in the forms
// that R4 gave them. What R4 has not, or what is R4 already, stays as it is. Pure; the stored text is not touched.
// @see https://hl7.org/fhir/R4/diff.html of each type, http://hl7.org/fhir/DSTU2/resourcelist.html

import { type Obj, obj, objs, text } from '../text/codes.ts';

/** A resource of DSTU2 with the element names of R4. */
type Turn = (o: Obj) => Obj;

/**
 * A resource of either version in the shape of R4. No resource says its version: what moved has a name that R4 does not
 * use in that type, or a form that R4 does not allow there, and goes by that.
 */
export function toR4(type: string, resource: Obj): Obj {
  const turn = turns.get(type);
  return turn ? { ...resource, ...defined(turn(resource)) } : resource;
}

const encounter: Turn = (o) => ({
  class: isText(o.class) ? { code: o.class, display: o.class } : undefined,
  subject: o.patient,
  reasonCode: o.reason,
});

const observation: Turn = (o) => ({ note: noteOf(o.comments) });

const diagnosticReport: Turn = (o) => ({ conclusionCode: o.codedDiagnosis });

const condition: Turn = (o) => ({
  subject: o.patient,
  clinicalStatus: conceptOf(o.clinicalStatus),
  verificationStatus: conceptOf(o.verificationStatus),
  recordedDate: o.dateRecorded,
  onsetString: o.onsetString ?? ageWords(o.onsetQuantity),
  abatementString: o.abatementBoolean === true ? 'yes, no date given' : undefined,
  note: noteOf(o.notes),
});

const medicationOrder: Turn = (o) => ({
  subject: o.patient,
  authoredOn: o.dateWritten,
  requester: o.prescriber,
  reasonCode: o.reasonCodeableConcept,
  statusReason: o.reasonEnded,
  note: noteOf(o.note),
});

const medicationStatement: Turn = (o) => ({
  subject: o.patient,
  status: o.wasNotTaken === true ? 'not-taken' : undefined,
  statusReason: o.reasonNotTaken,
  reasonCode: o.reasonForUseCodeableConcept,
  note: noteOf(o.note),
});

const medicationAdministration: Turn = (o) => ({
  subject: o.patient,
  status: o.wasNotGiven === true ? 'not-done' : undefined,
  statusReason: o.reasonNotGiven,
  reasonCode: o.reasonGiven,
  effectiveDateTime: o.effectiveTimeDateTime,
  effectivePeriod: o.effectiveTimePeriod,
  note: noteOf(o.note),
});

const medicationDispense: Turn = (o) => ({ subject: o.patient, note: noteOf(o.note) });

/** Its one status says how it stands, or how sure it is: in R4 two elements. */
const allergyIntolerance: Turn = (o) => ({
  code: o.substance,
  clinicalStatus: isText(o.status) && STANDS.has(o.status) ? conceptOf(o.status) : undefined,
  verificationStatus: isText(o.status) && !STANDS.has(o.status) ? conceptOf(o.status) : undefined,
  criticality: isText(o.criticality)
    ? (CRITICALITY.get(o.criticality) ?? o.criticality)
    : undefined,
  onsetDateTime: o.onset,
  asserter: o.reporter,
});

const STANDS: ReadonlySet<unknown> = new Set(['active', 'inactive', 'resolved']);
const CRITICALITY: ReadonlyMap<unknown, string> = new Map([
  ['CRITL', 'low'],
  ['CRITH', 'high'],
  ['CRITU', 'unable-to-assess'],
]);

const immunization: Turn = (o) => ({
  status: o.wasNotGiven === true ? 'not-done' : undefined,
  occurrenceDateTime: o.date,
  primarySource: typeof o.reported === 'boolean' ? !o.reported : undefined,
  statusReason: objs(obj(o.explanation)?.reasonNotGiven).at(0),
  performer: isReference(o.performer) ? [{ actor: o.performer }] : undefined,
});

const procedure: Turn = (o) => ({
  status: o.notPerformed === true ? 'not-done' : undefined,
  reasonCode: o.reasonCodeableConcept,
  statusReason: objs(o.reasonNotPerformed).at(0),
  note: o.notes,
});

const documentReference: Turn = (o) => ({
  docStatus: obj(o.docStatus) ? objs(obj(o.docStatus)?.coding).at(0)?.code : undefined,
  category: o.class,
  date: o.created ?? o.indexed,
});

const carePlan: Turn = (o) => ({ encounter: o.context, created: o.modified });

const goal: Turn = (o) => ({
  description: isText(o.description) ? { text: o.description } : undefined,
  lifecycleStatus: o.status,
  expressedBy: o.author,
});

const diagnosticOrder: Turn = (o) => ({
  code: objs(o.item)
    .map(({ code }) => code)
    .at(0),
  authoredOn: objs(o.event)
    .map(({ dateTime }) => dateTime)
    .at(0),
  requester: o.orderer,
  reasonCode: o.reason,
});

const turns: ReadonlyMap<string, Turn> = new Map(
  Object.entries({
    Encounter: encounter,
    Observation: observation,
    DiagnosticReport: diagnosticReport,
    Condition: condition,
    MedicationOrder: medicationOrder,
    MedicationStatement: medicationStatement,
    MedicationAdministration: medicationAdministration,
    MedicationDispense: medicationDispense,
    AllergyIntolerance: allergyIntolerance,
    Immunization: immunization,
    Procedure: procedure,
    DocumentReference: documentReference,
    CarePlan: carePlan,
    Goal: goal,
    DiagnosticOrder: diagnosticOrder,
  } satisfies Record<string, Turn>),
);

const isText = (value: unknown): value is string => text(value) !== null;

function isReference(value: unknown): boolean {
  const one = obj(value);
  return one !== null && one.actor === undefined;
}

/** A code alone as the concept that R4 has in its place. */
function conceptOf(code: unknown): Obj | undefined {
  return isText(code) ? { coding: [{ code }] } : undefined;
}

/** A text alone as an annotation. */
function noteOf(words: unknown): Obj[] | undefined {
  return isText(words) ? [{ text: words }] : undefined;
}

function ageWords(quantity: unknown): string | undefined {
  const { value, unit } = obj(quantity) ?? {};
  return typeof value === 'number' ? ['at', value, text(unit) ?? ''].join(' ').trim() : undefined;
}

/** Only what was there: what is not must not take the place of an element of R4. */
function defined(turned: Obj): Obj {
  return Object.fromEntries(Object.entries(turned).filter(([, value]) => value !== undefined));
}
