// Proves which procedures are visits: by their code and its system, and by nothing else.

import { describe, expect, it } from 'vitest';
import { ownName, visitOfCode } from './visit-codes.ts';

const CPT = 'http://www.ama-assn.org/go/cpt';
const coded = (code: string, system: string | undefined = CPT, display?: string) => ({
  coding: [{ system, code, display }],
});

describe('a procedure’s code', () => {
  it.each([
    ['99201', 'Office visit'],
    ['99215', 'Office visit'],
    ['99232', 'Hospital visit'],
    ['99244', 'Consultation'],
    ['99283', 'Emergency visit'],
    ['99309', 'Nursing facility visit'],
    ['99348', 'Home visit'],
    ['99396', 'Preventive visit'],
    ['99422', 'Online visit'],
    ['99442', 'Visit by telephone'],
  ])('%s of CPT is that of a visit: %s', (code, words) => {
    expect(visitOfCode(coded(code))).toBe(words);
  });

  it.each(['99200', '99291', '99000', '36415', '45378', '9921', '992133', ''])(
    '%j of CPT is not',
    (code) => {
      expect(visitOfCode(coded(code))).toBeNull();
    },
  );

  it.each([
    'https://www.ama-assn.org/practice-management/cpt-current-procedural-terminology',
    'urn:oid:2.16.840.1.113883.6.12',
  ])('is of CPT where its system is %s', (system) => {
    expect(visitOfCode(coded('99213', system))).toBe('Office visit');
  });

  it('is of CPT where the system stands in place of its name', () => {
    expect(visitOfCode(coded('99203', '', 'CPT-4'))).toBe('Office visit');
  });

  it('of another system is none of a visit', () => {
    expect(visitOfCode(coded('99213', 'http://loinc.org'))).toBeNull();
    expect(visitOfCode(coded('99213', ''))).toBeNull();
    expect(visitOfCode(undefined)).toBeNull();
  });
});

describe('a procedure’s own name', () => {
  it('is what came, but for a mere code or the name of the system', () => {
    expect(ownName(coded('99213', CPT, 'Established patient, 20 min'))).toBe(
      'Established patient, 20 min',
    );
    for (const unnamed of [coded('99213'), coded('99213', CPT, 'CPT-4'), {}, { text: 'CPT' }])
      expect(ownName(unnamed)).toBeNull();
  });
});
