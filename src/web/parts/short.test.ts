// Proves how long texts are cut, and that nothing else is.

import { describe, expect, it } from 'vitest';
import { beginning, short, shortTexts } from './short.ts';

describe('a long text', () => {
  it('is its beginning and its length', () => {
    expect(short('x'.repeat(1_000_000), 5)).toBe('xxxxx… (1,000,000 characters)');
    expect(short('as it is', 8)).toBe('as it is');
  });

  it('is cut between characters', () => {
    expect(beginning('ab🫀cd', 3)).toBe('ab');
    expect(beginning('ab🫀cd', 4)).toBe('ab🫀');
  });

  it('is cut wherever it stands, but for addresses', () => {
    const long = 'y'.repeat(400);
    const cut = `${'y'.repeat(300)}… (400 characters)`;
    expect(
      shortTexts({ rows: [{ title: long, count: 3, flag: null }], names: [long], request: long }),
    ).toEqual({
      rows: [{ title: cut, count: 3, flag: null }],
      names: [cut],
      request: long,
    });
  });
});
