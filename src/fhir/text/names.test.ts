// Proves how a patient is named, and what counts as a difference from a known person.

import { describe, expect, it } from 'vitest';
import { differencesFrom, patientBasics } from './names.ts';

describe('a patient', () => {
  it.each([
    ['1961-04-12', '1961-04-12'],
    ['1961', '1961'],
    ['1961-13-40', null],
    ['April 1961', null],
    [1961, null],
  ])('born %s is born %s', (birthDate, expected) => {
    expect(patientBasics({ resourceType: 'Patient', birthDate }).birthDate).toBe(expected);
  });
});

describe('the comparison with a known person', () => {
  const known = { name: 'Elena Marsh', birthDate: '1961-04-12' };

  it.each(['ELÉNA  marsh', 'Elena-Marsh', 'elena marsh.'])('finds no difference in %s', (name) => {
    expect(differencesFrom({ name, birthDate: '1961-04-12' }, known)).toEqual([]);
  });

  it('finds another name and another birth date', () => {
    expect(differencesFrom({ name: 'Ellen Marsh', birthDate: '1961-04-21' }, known)).toEqual([
      'name',
      'birthDate',
    ]);
  });

  it.each([null, '1961', '1961-04'])('does not call the birth date %s different', (birthDate) => {
    expect(differencesFrom({ name: 'Elena Marsh', birthDate }, known)).toEqual([]);
    expect(differencesFrom(known, { name: 'Elena Marsh', birthDate })).toEqual([]);
  });
});

describe('the name that a portal gives', () => {
  it.each([
    [{ text: ' Elena \u202ehsraM\u0007 ' }, 'Elena hsraM'],
    [{ given: ['Elena\n\tRose'], family: '\u2067Marsh' }, 'Elena Rose Marsh'],
    [{ text: '\u202e' }, 'Name not recorded'],
  ])('acts on nothing that stands beside it: %j', (name, said) => {
    expect(patientBasics({ name: [name] }).name).toBe(said);
  });
});
