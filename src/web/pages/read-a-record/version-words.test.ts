// Proves the words for versions.

import { describe, expect, it } from 'vitest';
import { versionWords } from './version-words.ts';

describe('the version of a record', () => {
  it('is said with what became of the earlier ones', () => {
    expect(versionWords(1)).toBe('One version, unchanged since.');
    expect(versionWords(2)).toBe('Second version; the first is kept.');
    expect(versionWords(12)).toBe('Version 12; the earlier ones are kept.');
  });
});
