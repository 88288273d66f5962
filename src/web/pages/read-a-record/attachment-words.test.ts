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

  it('that is not here says why, and when it is asked for again', () => {
    const of = (state: Parameters<typeof absenceWords>[0]['state'], code: string, again = '') =>
      absenceWords({ state, code }, { isImported: false, again: again || null });
    expect(of('kept', '')).toBeNull();
    expect(of('absent', '')).toBe('Not published by the clinic.');
    expect(of('refused', 'fhir.forbidden', 'Sunday')).toBe(
      'The portal refused this file. Your clinic can say why. It is asked for again by a sync after Sunday.',
    );
    expect(of('refused', 'sync.attachment_foreign')).toBe(
      'This file lies on another server than the portal’s records, so it was not asked for.',
    );
    expect(of('failed', 'fhir.server_error')).toBe(
      'It could not be fetched: the portal had a fault of its own. Chartfold no longer asks for it.',
    );
    expect(of('failed', 'a.code_of_tomorrow', 'Sunday')).toBe(
      'It could not be fetched: the portal’s answer could not be used. It is asked for again by a sync after Sunday.',
    );
    expect(of('too-large', '')).toMatch(/^Larger than the 64 MB/);
    expect(of('waiting', '')).toMatch(/next sync/);
    expect(absenceWords({ state: 'waiting', code: null }, { isImported: true, again: null })).toBe(
      'The imported file only refers to it.',
    );
  });
});
