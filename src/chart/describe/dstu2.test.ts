// Proves how DSTU2 reads in the chart: as the same thing reads in R4, and never as more than was sent.

import { describe as group, expect, it } from 'vitest';
import { describe } from './describe.ts';
import type { Described } from './described.ts';

const of = (type: string, resource: object): Described => {
  const described = describe(type, JSON.stringify({ resourceType: type, id: 'x', ...resource }));
  if (!described) throw new Error('not described');
  return described;
};
const factsOf = (d: Described) =>
  Object.fromEntries(d.facts.flatMap((f) => (f ? [[f.label, f.value]] : [])));
const coded = (system: string, code: string, display?: string) => ({
  coding: [{ system, code, display }],
});
const CPT = 'https://www.ama-assn.org/practice-management/cpt-current-procedural-terminology';

group('in DSTU2', () => {
  it('a prescription says who wrote it, when and how to take it', () => {
    const order = of('MedicationOrder', {
      status: 'active',
      dateWritten: '2026-03-01',
      prescriber: { display: 'Dr. Ada Roe' },
      medicationCodeableConcept: {
        text: 'Lisinopril 10 mg tablet',
        ...coded('https://www.nlm.nih.gov/research/umls/rxnorm/', '314076'),
      },
      reasonCodeableConcept: { text: 'High blood pressure' },
      dosageInstruction: [{ text: 'One in the morning' }],
    });
    expect(order).toMatchObject({
      kind: 'medication',
      title: 'Lisinopril 10 mg tablet',
      value: 'prescribed',
      clinician: 'Dr. Ada Roe',
      at: '2026-03-01',
    });
    expect(factsOf(order)).toMatchObject({
      Dosage: 'One in the morning',
      For: 'High blood pressure',
    });
    expect(order.facts.find((fact) => fact?.label === 'Medicine')?.code).toBe('RxNorm 314076');
  });

  it('a medicine that is not taken says so, and why', () => {
    const statement = of('MedicationStatement', {
      status: 'completed',
      wasNotTaken: true,
      reasonNotTaken: [{ text: 'Rash' }],
      medicationCodeableConcept: { text: 'Penicillin' },
      dateAsserted: '2025-01-02',
    });
    expect(factsOf(statement)['Why not']).toBe('Rash');
    expect(statement).toMatchObject({ value: 'not taken', at: '2025-01-02' });
  });

  it('a medicine that is taken is not said to be prescribed', () => {
    const taken = of('MedicationStatement', {
      status: 'active',
      medicationCodeableConcept: { text: 'Aspirin' },
    });
    expect(taken.value).toBe('being taken');
  });

  it('an allergy says how sure it is where that is its status', () => {
    const allergy = of('AllergyIntolerance', { substance: { text: 'Nuts' }, status: 'confirmed' });
    expect(factsOf(allergy)).toMatchObject({ Certainty: 'confirmed' });
  });

  it('a file’s references by UUID lead to the visit and the results', () => {
    const uuid = '96907d85-d624-420c-9f41-0146bdd631d1';
    const held = { reference: `urn:uuid:${uuid}` };
    expect(of('DiagnosticReport', { encounter: held, result: [held] })).toMatchObject({
      visit: `Encounter/${uuid}`,
      members: [`Observation/${uuid}`],
    });
  });

  it('a condition says how it stands, how sure it is and when it was recorded', () => {
    const condition = of('Condition', {
      code: coded('http://hl7.org/fhir/sid/icd-10', 'I10', 'Hypertension'),
      category: coded('http://hl7.org/fhir/condition-category', 'diagnosis'),
      clinicalStatus: 'active',
      verificationStatus: 'confirmed',
      dateRecorded: '2024-05-06',
    });
    expect(condition).toMatchObject({ title: 'Hypertension', value: 'active', at: '2024-05-06' });
    expect(factsOf(condition)).toMatchObject({ State: 'active', Certainty: 'confirmed' });
    expect(condition.facts.find((fact) => fact?.label === 'Code')?.code).toBe('ICD-10 I10');
    expect(of('Condition', { verificationStatus: 'entered-in-error' }).enteredInError).toBe(true);
  });

  it('an allergy is to its substance, a shot given on its day or not at all', () => {
    const allergy = of('AllergyIntolerance', {
      substance: { text: 'Penicillin' },
      status: 'active',
      criticality: 'CRITH',
      reaction: [{ manifestation: [{ text: 'Hives' }] }],
    });
    expect(allergy).toMatchObject({ title: 'Penicillin', value: 'Hives' });
    expect(factsOf(allergy)).toMatchObject({ Criticality: 'high', State: 'active' });
    const shot = { status: 'completed', vaccineCode: { text: 'Flu' }, date: '2025-10-02' };
    expect(of('Immunization', { ...shot, wasNotGiven: false, reported: true })).toMatchObject({
      value: 'given',
      at: '2025-10-02',
    });
    expect(of('Immunization', { ...shot, wasNotGiven: true }).value).toBe('not given');
  });

  it('a measurement’s category is one concept', () => {
    const vital = of('Observation', {
      status: 'final',
      category: coded('http://hl7.org/fhir/observation-category', 'vital-signs'),
      code: { text: 'Heart rate' },
      effectiveDateTime: '2026-03-01T09:00:00-04:00',
      valueQuantity: { value: 72, unit: '/min' },
      interpretation: coded('http://hl7.org/fhir/v2/0078', 'H'),
    });
    expect(vital).toMatchObject({ kind: 'vital', value: '72', flag: 'high' });
    expect(vital.measured?.category).toBe('vital-signs');
  });
});

group('a value without a name', () => {
  const value = (more: object) =>
    of('Observation', {
      status: 'final',
      code: {},
      category: coded('http://hl7.org/fhir/observation-category', 'laboratory'),
      valueQuantity: { value: 13.5, unit: 'g/dL' },
      referenceRange: [{ low: { value: 14 }, high: { value: 16 } }],
      ...more,
    });

  it('is shown as unnamed, with its range and what that says, and is no result of any course', () => {
    const unnamed = value({});
    expect(unnamed).toMatchObject({
      title: 'Unnamed measurement',
      value: '13.5',
      unit: 'g/dL',
      flag: 'low',
      measured: { analyte: null, value: '13.5', range: '14–16' },
    });
    expect(factsOf(unnamed).Name).toContain('not known');
  });

  it('is a result where a code alone names it', () => {
    const named = value({ code: coded('http://loinc.org', '718-7') });
    expect(named).toMatchObject({ title: '718-7' });
    expect(named.measured?.analyte).toBe('loinc|718-7');
  });

  it('that came as parts of a panel is counted there, each part shown as unnamed', () => {
    const panel = of('Observation', {
      status: 'final',
      code: { text: 'CBC' },
      component: [
        { valueQuantity: { value: 6.4, unit: '10*3/uL' } },
        { code: {}, valueQuantity: { value: 13.5, unit: 'g/dL' } },
        { code: { text: 'no value' } },
      ],
    });
    expect(panel).toMatchObject({
      title: 'CBC',
      value: '2 values without names',
      measured: { analyte: null },
    });
    expect(panel.facts.filter((fact) => fact?.label === 'Unnamed part')).toHaveLength(2);
  });
});

group('a procedure', () => {
  const procedure = (more: object) =>
    of('Procedure', {
      status: 'completed',
      code: coded(CPT, '99213', 'Office outpatient visit 15 minutes'),
      performedDateTime: '2026-03-01T09:00:00-04:00',
      performer: [{ actor: { display: 'Dr. Ada Roe' } }],
      ...more,
    });

  it('with the code of a visit is a visit, and says that it came as a procedure', () => {
    const visit = procedure({});
    expect(visit).toMatchObject({
      kind: 'visit',
      title: 'Office outpatient visit 15 minutes',
      note: 'sent as a procedure',
      clinician: 'Dr. Ada Roe',
      at: '2026-03-01T09:00:00-04:00',
    });
    expect(factsOf(visit)['Why a visit']).toContain('office visit');
    expect(visit.facts.find((fact) => fact?.label === 'Code')?.code).toBe('CPT 99213');
    expect(procedure({ code: coded(CPT, '99213', 'CPT-4') }).title).toBe('Office visit');
  });

  it('that belongs to a visit stays a procedure of it', () => {
    expect(procedure({ encounter: { reference: 'Encounter/1' } })).toMatchObject({
      kind: 'procedure',
      visit: 'Encounter/1',
    });
  });

  it('of any other code is one, and says why it was not done', () => {
    const other = procedure({ code: coded(CPT, '45378', 'Colonoscopy') });
    expect(other).toMatchObject({ kind: 'procedure', value: 'done', title: 'Colonoscopy' });
    const undone = { notPerformed: true, reasonNotPerformed: [{ text: 'Declined' }] };
    expect(factsOf(procedure({ code: { text: 'X' }, ...undone }))).toMatchObject({
      'Why not done': 'Declined',
    });
  });
});
