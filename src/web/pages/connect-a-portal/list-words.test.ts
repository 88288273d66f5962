// Proves the words about lists of clinics.

import { describe, expect, it } from 'vitest';
import { ageWords, megabytes, offerWords, progressWords, troubleWords } from './list-words.ts';

describe('words about a list of clinics', () => {
  it('give its size as people do', () => {
    expect(megabytes(20_000_000)).toBe('20 MB');
    expect(megabytes(1_440_000)).toBe('1.4 MB');
    expect(megabytes(2_000_000)).toBe('2 MB');
    expect(megabytes(3_000)).toBe('less than 0.1 MB');
  });

  it('name whose lists are wanted, and their size where it is known', () => {
    expect(offerWords([{ vendor: 'athenahealth', bytes: 20e6 }])).toContain(
      'the list that athenahealth publishes',
    );
    const both = offerWords([
      { vendor: 'athenahealth', bytes: 20e6 },
      { vendor: 'Healow', bytes: 15e6 },
    ]);
    expect(both).toContain('athenahealth and Healow publish, about 35 MB together');
    expect(
      offerWords([
        { vendor: 'A', bytes: null },
        { vendor: 'B', bytes: null },
      ]),
    ).not.toContain('MB');
  });

  it('say how far it has come, against a size that is an estimate', () => {
    expect(progressWords(4_500_000, 20_000_000)).toBe('4.5 MB of about 20 MB');
    expect(progressWords(21_000_000, 20_000_000)).toBe('21 MB, reading it');
    expect(progressWords(4_500_000, null)).toBe('4.5 MB so far');
  });

  it('say when the last try failed, and why', () => {
    const trouble = 'Its server cannot be reached.';
    expect(troubleWords({ triedAt: '2026-11-20T03:00:00Z', trouble })).toBe(
      'The last try, on November 20, 2026, failed. Its server cannot be reached.',
    );
    expect(troubleWords({ triedAt: '2026-11-20T03:00:00Z', trouble: null })).toBe('');
  });

  it('call a list old after three months', () => {
    const now = new Date('2026-11-22T12:00:00Z');
    expect(ageWords('2026-11-01T12:00:00Z', now)).toBe('.');
    expect(ageWords('2026-08-01T12:00:00Z', now)).toContain('old');
    expect(ageWords(null, now)).toBe('');
  });
});
