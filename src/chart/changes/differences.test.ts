// Proves what is said to differ between two versions: the fields a person reads, old and new, once each.

import { describe, expect, it } from 'vitest';
import { describe as described } from '../describe/describe.ts';
import { fieldDifferences } from './differences.ts';

const between = (type: string, before: string, after: string) =>
  fieldDifferences(described(type, before), described(type, after)).map(
    ({ label, before: was, after: is, isSameValue }) =>
      [label, was, is, ...(isSameValue ? ['same'] : [])] as const,
  );
const observation = (value: string, more = '') =>
  `{"resourceType":"Observation","status":"final","code":{"text":"Glucose"},"valueQuantity":{"value":${value},"unit":"mg/dL"}${more}}`;

describe('a result', () => {
  it('tells value, unit, range and flag', () => {
    const range = (high: string) => `,"referenceRange":[{"high":{"value":${high}}}]`;
    expect(
      between('Observation', observation('5', range('6')), observation('7', range('6.5'))),
    ).toEqual([
      ['Value', '5 mg/dL', '7 mg/dL'],
      ['Reference range', 'up to 6', 'up to 6.5'],
      ['Flag', null, 'high'],
    ]);
    const inMoles = observation('5').replace('mg/dL', 'mmol/L');
    expect(between('Observation', observation('5'), inMoles)).toEqual([
      ['Value', '5 mg/dL', '5 mmol/L'],
    ]);
  });

  it('written with another number of digits is told, and said to be the same value', () => {
    expect(between('Observation', observation('565.60'), observation('565.6'))).toEqual([
      ['Value', '565.60 mg/dL', '565.6 mg/dL', 'same'],
    ]);
  });

  it('that was amended, corrected, or entered in error says so', () => {
    for (const status of ['amended', 'corrected', 'entered-in-error'])
      expect(
        between('Observation', observation('5'), observation('5').replace('final', status)),
      ).toContainEqual(['Status', 'final', status.replaceAll('-', ' ')]);
  });

  it('of another day and hour tells both', () => {
    const at = (time: string) => observation('5', `,"effectiveDateTime":"${time}"`);
    expect(between('Observation', at('2026-11-17'), at('2026-11-18T09:20:00-05:00'))).toEqual([
      ['Date', '2026-11-17', '2026-11-18 09:20'],
    ]);
  });
});

describe('a prescription', () => {
  const pill = (dose: string, status = 'active') =>
    `{"resourceType":"MedicationRequest","status":"${status}","medicationCodeableConcept":{"text":"Lisinopril"},"dosageInstruction":[{"text":"${dose}"}]}`;

  it('tells dose and status, once each', () => {
    expect(between('MedicationRequest', pill('5 mg'), pill('10 mg', 'stopped'))).toEqual([
      ['Dosage', '5 mg', '10 mg'],
      ['Status', 'active', 'stopped'],
    ]);
  });
});

describe('a text', () => {
  const note = (text: string) =>
    `{"resourceType":"DocumentReference","description":"Note","content":[{"attachment":{"contentType":"text/plain","data":"${Buffer.from(text).toString('base64')}"}}]}`;

  it('tells the paragraphs that went and came, a long one by its beginning', () => {
    const long = 'x'.repeat(500);
    expect(between('DocumentReference', note('One.\n\nTwo.'), note(`One.\n\n${long}`))).toEqual([
      ['Text', 'Two.', `${'x'.repeat(280)} …`],
    ]);
  });
});

describe('what says the same', () => {
  it('tells nothing', () => {
    expect(between('Observation', observation('5'), observation('5'))).toEqual([]);
  });

  it('and what can be read no more is told as gone', () => {
    expect(fieldDifferences(described('Observation', observation('5')), undefined)).toContainEqual({
      label: 'Value',
      before: '5 mg/dL',
      after: null,
      isSameValue: false,
    });
  });
});
