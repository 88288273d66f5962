// Proves that rights read as people say them.

import { describe, expect, it } from 'vitest';
import { endOfDay } from './dates.ts';
import { rightWords, sightWords } from './right-words.ts';

describe('a right in words', () => {
  it('names the kinds in the order of the form, however they came', () => {
    expect(sightWords(['visits', 'results', 'vitals'])).toBe('results, vital signs and visits');
    expect(sightWords(null)).toBe('everything');
  });

  it('says to what day it lasts, that day included', () => {
    const expiresAt = endOfDay('2026-12-03');
    expect(rightWords({ level: 'read', kinds: ['results', 'visits'], expiresAt })).toBe(
      'may read results and visits until December 3, 2026',
    );
  });

  it('says the minute where it does not end with a day', () => {
    const expiresAt = new Date(2026, 11, 3, 14, 5).toISOString();
    expect(rightWords({ level: 'read', kinds: null, expiresAt })).toMatch(
      /^may read everything until Thu, Dec 3.*, 2:05 PM$/,
    );
  });

  it('says nothing of an end where there is none', () => {
    expect(rightWords({ level: 'manage', kinds: null, expiresAt: null })).toBe(
      'manages this record',
    );
  });
});
