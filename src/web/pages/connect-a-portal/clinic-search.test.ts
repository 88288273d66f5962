// Proves what of a clinic's name is marked, for what was typed.

import { describe, expect, it } from 'vitest';
import { markMatches } from './clinic-search.ts';

describe('marking what matched', () => {
  const marked = (text: string, typed: string) =>
    markMatches(text, typed)
      .map((run) => (run.hit ? `[${run.text}]` : run.text))
      .join('');

  it('marks the beginnings of words', () => {
    expect(marked('Harborside Women’s Health', 'harbor')).toBe('[Harbor]side Women’s Health');
    expect(marked('Safe Harbor', 'harb sa')).toBe('[Sa]fe [Harb]or');
  });

  it('loses no character', () => {
    expect(
      markMatches('St. Brendan, Peña', 'pen')
        .map((r) => r.text)
        .join(''),
    ).toBe('St. Brendan, Peña');
  });

  it('marks through accents and apostrophes', () => {
    expect(marked('Clínica Peña', 'clin pena')).toBe('[Clín]ica [Peña]');
    expect(marked('Women’s Health', 'womens')).toBe('[Women’s] Health');
  });

  it('marks nothing where nothing was typed', () => {
    expect(marked('Harbor', '')).toBe('Harbor');
  });
});
