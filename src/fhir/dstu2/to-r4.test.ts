// Proves that what DSTU2 calls otherwise is read, that R4 comes through as it is, and that nothing is made up.

import { describe, expect, it } from 'vitest';
import type { Obj } from '../text/codes.ts';
import { toR4 } from './to-r4.ts';

const coded = (code: string) => ({ coding: [{ code }] });

describe('a resource of DSTU2 in the shape of R4', () => {
  it.each<[what: string, type: string, sent: Obj, read: Obj]>([
    [
      'a visit’s class, patient and reason',
      'Encounter',
      { class: 'ambulatory', patient: { reference: 'Patient/1' }, reason: [{ text: 'Cough' }] },
      {
        class: { code: 'ambulatory', display: 'ambulatory' },
        subject: { reference: 'Patient/1' },
        reasonCode: [{ text: 'Cough' }],
      },
    ],
    [
      'a measurement’s comments',
      'Observation',
      { comments: 'Hemolyzed' },
      { note: [{ text: 'Hemolyzed' }] },
    ],
    [
      'a condition’s states and day',
      'Condition',
      { clinicalStatus: 'active', verificationStatus: 'confirmed', dateRecorded: '2021-03-04' },
      {
        clinicalStatus: coded('active'),
        verificationStatus: coded('confirmed'),
        recordedDate: '2021-03-04',
      },
    ],
    [
      'a condition’s age at onset, and an end without a date',
      'Condition',
      { onsetQuantity: { value: 52, unit: 'a' }, abatementBoolean: true, notes: 'As a child' },
      {
        onsetString: 'at 52 a',
        abatementString: 'yes, no date given',
        note: [{ text: 'As a child' }],
      },
    ],
    [
      'who prescribed, when, and what for',
      'MedicationOrder',
      {
        dateWritten: '2022-01-01',
        prescriber: { display: 'Dr. Roe' },
        reasonCodeableConcept: { text: 'Pain' },
        note: 'With food',
      },
      {
        authoredOn: '2022-01-01',
        requester: { display: 'Dr. Roe' },
        reasonCode: { text: 'Pain' },
        note: [{ text: 'With food' }],
      },
    ],
    [
      'a medicine that is not taken, and why',
      'MedicationStatement',
      { status: 'active', wasNotTaken: true, reasonNotTaken: [{ text: 'Rash' }] },
      { status: 'not-taken', statusReason: [{ text: 'Rash' }] },
    ],
    [
      'what was given, and when',
      'MedicationAdministration',
      { effectiveTimeDateTime: '2022-01-01', wasNotGiven: false },
      { effectiveDateTime: '2022-01-01' },
    ],
    [
      'an allergy’s substance, onset and how it stands',
      'AllergyIntolerance',
      { substance: { text: 'Nuts' }, status: 'resolved', criticality: 'CRITH', onset: '1999' },
      {
        code: { text: 'Nuts' },
        clinicalStatus: coded('resolved'),
        criticality: 'high',
        onsetDateTime: '1999',
      },
    ],
    [
      'how sure an allergy is, which its status says too',
      'AllergyIntolerance',
      { status: 'refuted', criticality: 'other' },
      { verificationStatus: coded('refuted'), criticality: 'other' },
    ],
    [
      'a shot that was reported',
      'Immunization',
      { date: '2020-10-01', reported: true, wasNotGiven: false, performer: { display: 'Dr. Roe' } },
      {
        occurrenceDateTime: '2020-10-01',
        primarySource: false,
        performer: [{ actor: { display: 'Dr. Roe' } }],
      },
    ],
    [
      'a shot that was not given, and why',
      'Immunization',
      {
        status: 'completed',
        wasNotGiven: true,
        explanation: { reasonNotGiven: [{ text: 'Fever' }] },
      },
      { status: 'not-done', statusReason: { text: 'Fever' } },
    ],
    [
      'what was not done',
      'Procedure',
      { status: 'completed', notPerformed: true, reasonNotPerformed: [{ text: 'Declined' }] },
      { status: 'not-done', statusReason: { text: 'Declined' } },
    ],
    [
      'a document’s day and kind',
      'DocumentReference',
      { indexed: '2020-10-01T00:00:00Z', docStatus: coded('amended'), class: { text: 'Letter' } },
      { date: '2020-10-01T00:00:00Z', docStatus: 'amended', category: { text: 'Letter' } },
    ],
    [
      'a plan’s visit',
      'CarePlan',
      { context: { reference: 'Encounter/1' } },
      { encounter: { reference: 'Encounter/1' } },
    ],
    [
      'a goal’s words and state',
      'Goal',
      { description: 'Walk more', status: 'in-progress' },
      { description: { text: 'Walk more' }, lifecycleStatus: 'in-progress' },
    ],
    [
      'what was ordered, by whom and when',
      'DiagnosticOrder',
      {
        item: [{ code: { text: 'Chest film' } }],
        event: [{ dateTime: '2020-01-01' }],
        orderer: { display: 'Dr. Roe' },
      },
      {
        code: { text: 'Chest film' },
        authoredOn: '2020-01-01',
        requester: { display: 'Dr. Roe' },
      },
    ],
    [
      'an age at birth',
      'Condition',
      { onsetQuantity: { value: 0, unit: 'years' } },
      { onsetString: 'at 0 years' },
    ],
  ])('has %s', (_what, type, sent, read) => {
    expect(toR4(type, sent)).toEqual({ ...sent, ...read });
  });
});

describe('a resource of R4', () => {
  it.each<[string, Obj]>([
    [
      'Encounter',
      { class: { code: 'AMB' }, subject: { reference: 'Patient/1' }, reasonCode: [{ text: 'a' }] },
    ],
    [
      'Condition',
      {
        clinicalStatus: coded('active'),
        verificationStatus: coded('confirmed'),
        recordedDate: '2020',
        onsetString: 'as a child',
        note: [{ text: 'a' }],
      },
    ],
    ['AllergyIntolerance', { code: { text: 'Nuts' }, criticality: 'low', onsetDateTime: '1999' }],
    [
      'Immunization',
      { status: 'completed', occurrenceDateTime: '2020', performer: [{ actor: {} }] },
    ],
    ['MedicationStatement', { status: 'active', note: [{ text: 'a' }] }],
    ['DocumentReference', { docStatus: 'final', date: '2020' }],
    ['Goal', { description: { text: 'Walk' }, lifecycleStatus: 'active' }],
    ['Patient', { name: [{ family: 'Roe' }] }],
  ])('of type %s is what it was', (type, resource) => {
    expect(toR4(type, resource)).toEqual(resource);
  });
});

it('says nothing of what was not sent, and bears any form', () => {
  for (const type of ['Encounter', 'Condition', 'AllergyIntolerance', 'Immunization', 'Goal']) {
    expect(toR4(type, {})).toEqual({});
    const odd = {
      class: [],
      onsetQuantity: { value: {} },
      status: 7,
      clinicalStatus: null,
      reported: 'yes',
      description: [],
    };
    expect(JSON.stringify(toR4(type, odd))).not.toContain('[object');
  }
});
