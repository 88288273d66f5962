// Owns how the clinical kinds read, all but Observation: a function a FHIR type, pure and lenient.

import {
  codeIn,
  codesOf,
  codeWords,
  conceptText,
  displayOf,
  localReference,
  type Obj,
  obj,
  objs,
  text,
} from '../../fhir/text/codes.ts';
import { htmlParagraphs, plainParagraphs } from '../../fhir/text/html.ts';
import { ownName, visitOfCode } from '../../fhir/text/visit-codes.ts';
import { type Described, dayOf, fact } from './described.ts';
import { plainName } from './plain.ts';

type Describe = (o: Obj) => Described;

const join = (parts: readonly (string | null | undefined)[], by = ', ') =>
  parts.filter(Boolean).join(by) || null;
const isError = (o: Obj) =>
  [text(o.status), text(o.lifecycleStatus)].includes('entered-in-error') ||
  codesOf(o.verificationStatus).includes('entered-in-error');

const encounter: Describe = (o) => {
  const period = obj(o.period);
  const clinician =
    objs(o.participant)
      .map((p) => displayOf(p.individual))
      .find(Boolean) ?? null;
  const type =
    objs(o.type).map(conceptText).find(Boolean) ?? text(obj(o.class)?.display) ?? 'Visit';
  return {
    kind: 'visit',
    title: type,
    clinician,
    at: text(period?.start),
    endsAt: text(period?.end),
    enteredInError: isError(o),
    facts: [
      fact('With', clinician),
      fact(
        'Where',
        objs(o.location)
          .map((l) => displayOf(l.location))
          .find(Boolean) ?? displayOf(o.serviceProvider),
      ),
      fact('For', join(objs(o.reasonCode).map(conceptText))),
      fact('Found', join(objs(o.diagnosis).map((d) => displayOf(d.condition)))),
      fact('Status', text(o.status)),
    ],
  };
};

const diagnosticReport: Describe = (o) => {
  const members = objs(o.result).flatMap((r) => localReference(r, 'Observation') ?? []);
  const status = text(o.status);
  return {
    kind: 'panel',
    title: plainName(conceptText(o.code) ?? 'Diagnostic report'),
    note: members.length
      ? `${members.length} ${members.length === 1 ? 'result' : 'results'}`
      : null,
    clinician: objs(o.performer).map(displayOf).find(Boolean) ?? null,
    at: text(o.effectiveDateTime) ?? text(obj(o.effectivePeriod)?.start) ?? text(o.issued),
    enteredInError: isError(o),
    amended: status === 'amended' || status === 'corrected' || status === 'appended',
    visit: localReference(o.encounter, 'Encounter'),
    members,
    facts: [
      fact('Status', status),
      fact('Code', conceptText(o.code), codeWords(o.code)),
      fact('By', join(objs(o.performer).map(displayOf))),
      fact('Read by', join(objs(o.resultsInterpreter).map(displayOf))),
      fact('Issued', dayOf(text(o.issued)) ?? text(o.issued)),
      fact('Conclusion', text(o.conclusion)),
    ],
    text: attachmentText(o.presentedForm),
  };
};

const condition: Describe = (o) => {
  const clinical = conceptText(o.clinicalStatus);
  return {
    kind: 'condition',
    title: conceptText(o.code) ?? 'Unnamed condition',
    note: codesOf(o.category).includes('problem-list-item') ? 'problem list' : null,
    value: clinical?.toLowerCase() ?? null,
    at: text(o.onsetDateTime) ?? text(obj(o.onsetPeriod)?.start) ?? text(o.recordedDate),
    endsAt: text(o.abatementDateTime),
    enteredInError: isError(o),
    visit: localReference(o.encounter, 'Encounter'),
    facts: [
      fact('Code', conceptText(o.code), codeWords(o.code)),
      fact('State', clinical),
      fact('Certainty', conceptText(o.verificationStatus)),
      fact('Began', dayOf(text(o.onsetDateTime)) ?? text(o.onsetString)),
      fact('Ended', dayOf(text(o.abatementDateTime)) ?? text(o.abatementString)),
      fact('Recorded', dayOf(text(o.recordedDate))),
      fact('By', displayOf(o.recorder) ?? displayOf(o.asserter)),
      ...objs(o.note).map((n) => fact('Note', text(n.text))),
    ],
  };
};

const MEDICATION_WORDS: ReadonlyMap<string, string> = new Map([
  ['active', 'prescribed'],
  ['completed', 'ended'],
  ['on-hold', 'on hold'],
  ['not-taken', 'not taken'],
]);

const medication: Describe = (o) => {
  const status = text(o.status);
  const dosage = objs(o.dosageInstruction).concat(objs(o.dosage));
  return {
    kind: 'medication',
    title:
      conceptText(o.medicationCodeableConcept) ??
      displayOf(o.medicationReference) ??
      'Unnamed medication',
    note: text(o.intent) && text(o.intent) !== 'order' ? text(o.intent) : null,
    // A statement is no prescription.
    value:
      status === 'active' && o.resourceType === 'MedicationStatement'
        ? 'being taken'
        : (MEDICATION_WORDS.get(status ?? '') ?? status),
    clinician: displayOf(o.requester),
    at:
      text(o.authoredOn) ??
      text(o.effectiveDateTime) ??
      text(obj(o.effectivePeriod)?.start) ??
      text(o.dateAsserted) ??
      text(o.whenHandedOver),
    enteredInError: isError(o),
    visit: localReference(o.encounter, 'Encounter') ?? localReference(o.context, 'Encounter'),
    facts: [
      fact(
        'Medicine',
        conceptText(o.medicationCodeableConcept) ?? displayOf(o.medicationReference),
        codeWords(o.medicationCodeableConcept),
      ),
      fact(
        'Dosage',
        join(
          dosage.map((d) => text(d.text) ?? text(d.patientInstruction)),
          '; ',
        ),
      ),
      fact('Status', status),
      fact('Intent', text(o.intent)),
      fact('By', displayOf(o.requester) ?? displayOf(o.informationSource)),
      fact('For', join(objs(o.reasonCode).map(conceptText))),
      fact(
        status?.startsWith('not-') ? 'Why not' : 'Why stopped',
        join(objs(o.statusReason).map(conceptText)),
      ),
      ...objs(o.note).map((n) => fact('Note', text(n.text))),
    ],
  };
};

const allergy: Describe = (o) => {
  const reactions = objs(o.reaction).flatMap((r) => objs(r.manifestation).map(conceptText));
  return {
    kind: 'allergy',
    title:
      conceptText(o.code) ??
      objs(o.reaction)
        .map((r) => conceptText(r.substance))
        .find(Boolean) ??
      'Unnamed allergy',
    value: join(reactions) ?? 'reaction not recorded',
    at: text(o.onsetDateTime) ?? text(o.recordedDate),
    enteredInError: isError(o),
    visit: localReference(o.encounter, 'Encounter'),
    facts: [
      fact('Code', conceptText(o.code), codeWords(o.code)),
      fact('Reaction', join(reactions)),
      fact('Severity', join(objs(o.reaction).map((r) => text(r.severity)))),
      fact('Criticality', text(o.criticality)),
      fact('State', conceptText(o.clinicalStatus)),
      fact('Certainty', conceptText(o.verificationStatus)),
      fact('Recorded', dayOf(text(o.recordedDate))),
      ...objs(o.note).map((n) => fact('Note', text(n.text))),
    ],
  };
};

const immunization: Describe = (o) => ({
  kind: 'immunization',
  title: conceptText(o.vaccineCode) ?? 'Unnamed vaccine',
  value:
    text(o.status) === 'completed'
      ? 'given'
      : text(o.status) === 'not-done'
        ? 'not given'
        : text(o.status),
  at: text(o.occurrenceDateTime) ?? text(o.date),
  enteredInError: isError(o),
  visit: localReference(o.encounter, 'Encounter'),
  facts: [
    fact('Vaccine', conceptText(o.vaccineCode), codeWords(o.vaccineCode)),
    fact('Lot', text(o.lotNumber)),
    fact('Site', conceptText(o.site)),
    fact('Route', conceptText(o.route)),
    fact('Made by', displayOf(o.manufacturer)),
    fact('Why not given', conceptText(o.statusReason)),
    fact('Given by', join(objs(o.performer).map((p) => displayOf(p.actor)))),
    fact('Source', o.primarySource === false ? 'reported, not given here' : null),
  ],
});

const procedure: Describe = (o) => {
  // One that belongs to a visit that was sent is not another visit.
  const visit = obj(o.encounter) ? null : visitOfCode(o.code);
  return visit ? visitSentAsProcedure(o, visit) : ordinaryProcedure(o);
};

/** Some sources know no visits: what is left of one is the procedure that it was billed as. */
function visitSentAsProcedure(o: Obj, words: string): Described {
  const described = ordinaryProcedure(o);
  return {
    ...described,
    kind: 'visit',
    title: ownName(o.code) ?? words,
    note: 'sent as a procedure',
    value: null,
    facts: [
      ...described.facts,
      fact(
        'Why a visit',
        `It came as a procedure with the code of a visit (${words.toLowerCase()}). What belongs to it was not sent with it.`,
      ),
    ],
  };
}

const ordinaryProcedure: Describe = (o) => ({
  kind: 'procedure',
  title: conceptText(o.code) ?? 'Unnamed procedure',
  value: text(o.status) === 'completed' ? 'done' : text(o.status),
  clinician:
    objs(o.performer)
      .map((p) => displayOf(p.actor))
      .find(Boolean) ?? null,
  at: text(o.performedDateTime) ?? text(obj(o.performedPeriod)?.start),
  endsAt: text(obj(o.performedPeriod)?.end),
  enteredInError: isError(o),
  visit: localReference(o.encounter, 'Encounter'),
  facts: [
    fact('Code', conceptText(o.code), codeWords(o.code)),
    fact('By', join(objs(o.performer).map((p) => displayOf(p.actor)))),
    fact('Site', join(objs(o.bodySite).map(conceptText))),
    fact('For', join(objs(o.reasonCode).map(conceptText))),
    fact('Outcome', conceptText(o.outcome)),
    fact('Why not done', conceptText(o.statusReason)),
    ...objs(o.note).map((n) => fact('Note', text(n.text))),
  ],
});

const documentReference: Describe = (o) => {
  const attachments = objs(o.content).map((c) => obj(c.attachment));
  const hasContent = attachments.some((a) => text(a?.data) ?? text(a?.url));
  return {
    kind: 'document',
    title:
      text(o.description) ??
      attachments.map((a) => text(a?.title)).find(Boolean) ??
      conceptText(o.type) ??
      'Document',
    note: hasContent ? null : 'content not published',
    clinician: objs(o.author).map(displayOf).find(Boolean) ?? null,
    at: text(o.date) ?? text(obj(obj(o.context)?.period)?.start),
    enteredInError: isError(o) || text(o.docStatus) === 'entered-in-error',
    amended: text(o.docStatus) === 'amended',
    visit:
      objs(obj(o.context)?.encounter)
        .map((one) => localReference(one, 'Encounter'))
        .find(Boolean) ?? null,
    facts: [
      fact('Type', conceptText(o.type), codeWords(o.type)),
      fact('By', join(objs(o.author).map(displayOf))),
      fact('Kept by', displayOf(o.custodian)),
      // Of each attachment that is none the sheet says so where it lists them.
      attachments.length > 0 ? null : fact('Content', 'not published to patients by the clinic'),
    ],
    text: attachments.flatMap((a) => attachmentText(a)),
  };
};

const simple =
  (
    kind: Described['kind'],
    unnamed: string,
    name: (o: Obj) => string | null,
    at: (o: Obj) => string | null,
    value: (o: Obj) => string | null,
  ): Describe =>
  (o) => ({
    kind,
    title: name(o) ?? unnamed,
    value: value(o),
    at: at(o),
    enteredInError: isError(o),
    visit: localReference(o.encounter, 'Encounter'),
    facts: [
      fact('Status', text(o.status) ?? text(o.lifecycleStatus)),
      fact('Code', conceptText(o.code), codeWords(o.code)),
      fact('Category', join(objs(o.category).map(conceptText))),
      fact('By', displayOf(o.requester) ?? displayOf(o.expressedBy) ?? displayOf(o.author)),
      fact('Description', text(o.description) ?? conceptText(o.description)),
      fact('Members', join(objs(o.participant).map((p) => displayOf(p.member)))),
      fact('Maker', text(o.manufacturer)),
      ...objs(o.note).map((n) => fact('Note', text(n.text))),
    ],
    text: narrative(o),
  });

const order = simple(
  'order',
  'Order',
  (o) => plainNameOf(o.code),
  (o) => text(o.authoredOn) ?? text(o.occurrenceDateTime),
  (o) => text(o.status) ?? 'ordered',
);

/** The types that have a place in the chart. What is not here stays in the store: people, places, bills, provenance. */
export const describers: ReadonlyMap<string, Describe> = new Map(
  Object.entries({
    Encounter: encounter,
    DiagnosticReport: diagnosticReport,
    Condition: condition,
    MedicationRequest: medication,
    MedicationOrder: medication,
    MedicationStatement: medication,
    MedicationDispense: medication,
    MedicationAdministration: medication,
    AllergyIntolerance: allergy,
    Immunization: immunization,
    Procedure: procedure,
    DocumentReference: documentReference,
    ServiceRequest: order,
    DiagnosticOrder: order,
    CarePlan: simple(
      'plan',
      'Care plan',
      (o) => text(o.title) ?? objs(o.category).map(conceptText).find(Boolean) ?? null,
      (o) => text(obj(o.period)?.start) ?? text(o.created),
      (o) => text(o.status),
    ),
    Goal: simple(
      'goal',
      'Goal',
      (o) => conceptText(o.description),
      (o) => text(o.startDate) ?? text(o.statusDate),
      (o) => text(o.lifecycleStatus),
    ),
    CareTeam: simple(
      'care-team',
      'Care team',
      (o) => text(o.name) ?? objs(o.category).map(conceptText).find(Boolean) ?? null,
      (o) => text(obj(o.period)?.start),
      (o) => text(o.status),
    ),
    Device: simple(
      'device',
      'Implanted device',
      (o) =>
        conceptText(o.type) ??
        objs(o.deviceName)
          .map((d) => text(d.name))
          .find(Boolean) ??
        null,
      (o) => text(o.manufactureDate),
      (o) => text(o.status),
    ),
  } satisfies Record<string, Describe>),
);

function plainNameOf(concept: unknown): string | null {
  const name = conceptText(concept);
  return name && plainName(name);
}

/** The readable text of attachments that came inline: HTML and plain text. */
function attachmentText(value: unknown): string[] {
  return objs(value).flatMap((attachment) => {
    const type = text(attachment.contentType)?.toLowerCase() ?? '';
    const data = text(attachment.data);
    if (!data || !type.startsWith('text/')) return [];
    const decoded = Buffer.from(data, 'base64').toString('utf8');
    return type.startsWith('text/html') ? htmlParagraphs(decoded) : plainParagraphs(decoded);
  });
}

function narrative(o: Obj): string[] {
  const div = text(obj(o.text)?.div);
  return div && codeIn({ coding: [{ code: text(obj(o.text)?.status) }] }) !== 'empty'
    ? htmlParagraphs(div)
    : [];
}
