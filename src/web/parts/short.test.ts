// Proves how long texts are cut, and that nothing else is.

import { describe, expect, it } from 'vitest';
import { beginning, short, shortTexts, shownTexts } from './short.ts';

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

describe('a text that acts on what stands around it', () => {
  const from = { rows: [{ title: 'Elena \u202ehsraM' }], request: 'GET a\u202e' };
  it('is shown without that wherever it stands, but what is to be sent as it is', () => {
    expect(shortTexts(from)).toEqual({ rows: [{ title: 'Elena hsraM' }], request: 'GET a\u202e' });
  });

  it('is as long as it was where all of it is read', () => {
    const long = `${'y'.repeat(400)}\n`;
    expect(shownTexts({ text: `${long}\u0007` })).toEqual({ text: long });
  });
});
