// Proves the words for a record's files.

import { describe, expect, it } from 'vitest';
import { absenceWords, fileWords, sizeWords } from './attachment-words.ts';

describe('a file of a record', () => {
  it('is named by what it is and how large it is', () => {
    expect(fileWords({ contentType: 'application/pdf', bytes: 640 })).toBe('PDF, 640 bytes');
    expect(fileWords({ contentType: 'Text/HTML; charset=utf-8', bytes: 12_400 })).toBe(
      'Web page, 12 kB',
    );
    expect(fileWords({ contentType: 'image/webp', bytes: null })).toBe('Picture');
    expect(fileWords({ contentType: null, bytes: 1 })).toBe('File, 1 byte');
  });

  it('has a size that never reads as a thousand of the smaller unit', () => {
    expect([999, 1_000, 999_499, 999_500, 3_400_000].map(sizeWords)).toEqual([
      '999 bytes',
      '1 kB',
      '999 kB',
      '1.0 MB',
      '3.4 MB',
    ]);
  });

  it('that is not here says why, and whether it is asked for again', () => {
    const of = (state: 'kept' | 'waiting' | 'absent' | 'refused' | 'failed' | 'too-large') =>
      absenceWords({ state, reason: 'A reason.', nextTryAt: null }, false);
    expect(of('kept')).toBeNull();
    expect(of('absent')).toBe('Not published by the clinic.');
    expect(of('refused')).toBe('The portal refused this file. A reason.');
    expect(of('failed')).toBe(
      'It could not be fetched. A reason. Chartfold no longer asks for it.',
    );
    expect(of('too-large')).toBe('A reason.');
    const waiting = { state: 'waiting', reason: null, nextTryAt: null } as const;
    expect(absenceWords(waiting, false)).toMatch(/next sync/);
    expect(absenceWords(waiting, true)).toBe('The imported file only refers to it.');
  });
});
