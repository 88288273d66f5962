// Proves what a resource says of its patient.

import { describe, expect, it } from 'vitest';
import type { Resource } from './types.ts';
import { isSharedType, patientReferences } from './whose.ts';

const relative = (type: string, id: string) => ({ kind: 'relative', type, id });

describe('patientReferences', () => {
  it.each([
    [
      'Observation',
      { subject: { reference: 'Patient/1' }, performer: [{ reference: 'Patient/2' }] },
    ],
    ['AllergyIntolerance', { patient: { reference: 'Patient/1' } }],
    [
      'Coverage',
      { beneficiary: { reference: 'Patient/1' }, subscriber: { reference: 'Patient/2' } },
    ],
    ['Task', { for: { reference: 'Patient/1' }, owner: { reference: 'Patient/2' } }],
    ['ResearchSubject', { individual: { reference: 'Patient/1' } }],
    ['Schedule', { actor: [{ reference: 'Practitioner/9' }, { reference: 'Patient/1' }] }],
    [
      'QuestionnaireResponse',
      { subject: { reference: 'Group/3' }, source: { reference: 'Patient/1' } },
    ],
    ['AuditEvent', { entity: [{ what: { reference: 'Patient/1' } }] }],
  ])(
    'of %s are its patient, and nobody who only takes part [R4 compartment]',
    (resourceType, body) => {
      expect(patientReferences({ resourceType, ...body })).toEqual([relative('Patient', '1')]);
    },
  );

  it('are all participants of an appointment who may be patients', () => {
    const participant = ['Patient/1', 'Practitioner/9', 'Patient/2'].map((reference) => ({
      actor: { reference },
    }));
    expect(patientReferences({ resourceType: 'Appointment', participant })).toEqual([
      relative('Patient', '1'),
      relative('Patient', '2'),
    ]);
  });

  it('may be by identifier alone', () => {
    const subject = { identifier: { system: 'mrn', value: 'A' } };
    expect(patientReferences({ resourceType: 'Condition', subject })).toEqual([
      { kind: 'conditional', type: 'Patient', system: 'mrn', value: 'A' },
    ]);
  });

  it.each([
    ['an Organization', 'Organization', { partOf: { reference: 'Organization/1' } }],
    ['a Device of nobody', 'Device', { owner: { reference: 'Organization/1' } }],
    ['a contained subject', 'Observation', { subject: { reference: '#contained' } }],
    ['a subject that is no reference', 'Observation', { subject: 'Patient/1' }],
    ['a Provenance of another record', 'Provenance', { target: [{ reference: 'Observation/1' }] }],
  ])('are none of %s', (_what, resourceType, body) => {
    expect(patientReferences({ resourceType, ...body })).toEqual([]);
  });
});

describe('a type that is a name of every object', () => {
  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])(
    '%s names its patient like any other, and is not shared',
    (resourceType) => {
      const body = JSON.parse(
        `{"resourceType":"${resourceType}","subject":{"reference":"Patient/1"}}`,
      ) as Resource;
      expect(patientReferences(body)).toEqual([relative('Patient', '1')]);
      expect(patientReferences({ resourceType })).toEqual([]);
      expect(isSharedType(resourceType)).toBe(false);
    },
  );
});

describe('isSharedType', () => {
  it('tells what is a source’s from what is a person’s', () => {
    expect(['Organization', 'Location', 'Medication', 'Device'].every(isSharedType)).toBe(true);
    expect(['Patient', 'RelatedPerson', 'Provenance', 'Binary'].some(isSharedType)).toBe(false);
  });
});
