// Proves what counts as a difference between the portal's patient and a known person.

import { describe, expect, it } from 'vitest';
import { differencesFrom, differenceWords } from './patient-match.ts';

const known = { name: 'Elena Marsh', birthDate: '1961-04-12' };

describe('the comparison with a known person', () => {
  it('finds no difference in case, accents or spaces', () => {
    expect(differencesFrom({ name: 'ELÉNA  marsh', birthDate: '1961-04-12' }, known)).toEqual([]);
  });

  it('finds another name and another birth date', () => {
    expect(differencesFrom({ name: 'Ellen Marsh', birthDate: '1961-04-21' }, known)).toEqual([
      'name',
      'birthDate',
    ]);
  });

  it('does not call a missing or less precise birth date different', () => {
    expect(differencesFrom({ name: 'Elena Marsh', birthDate: null }, known)).toEqual([]);
    expect(differencesFrom({ name: 'Elena Marsh', birthDate: '1961' }, known)).toEqual([]);
  });

  it('says both sides', () => {
    expect(
      differenceWords('birthDate', { name: 'Elena Marsh', birthDate: '1961-04-21' }, known),
    ).toBe(
      'The birth date differs: the portal says April 21, 1961, the record here April 12, 1961.',
    );
  });
});
