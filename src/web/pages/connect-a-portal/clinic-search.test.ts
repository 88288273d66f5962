// Proves what of a clinic's name is marked, for what was typed, and what is said of a clinic.

import { describe, expect, it } from 'vitest';
import type { Clinic } from '../../../http/contract.ts';
import { askedWords, markMatches, townWords, whereWords } from './clinic-search.ts';

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

describe('what is said of', () => {
  const clinic: Clinic = {
    portal: 'one/production',
    address: null,
    portalName: 'One',
    environment: 'production',
    clinicId: '7',
    name: 'Harbor Lane',
    town: 'Rockport, ME',
    tellsClinic: true,
    sample: false,
    notes: [],
    questions: 19,
    connected: [],
  };
  const said = (c: Clinic) => [whereWords(c), townWords(c), askedWords(c)];

  it('a clinic is its town and its software', () => {
    expect(said(clinic)).toEqual([
      'Rockport, ME, One',
      'Rockport, ME',
      'Chartfold asks 19 questions',
    ]);
    expect(said({ ...clinic, town: null }).slice(0, 2)).toEqual(['One', '']);
  });

  const whole = { ...clinic, clinicId: '', name: 'One', town: null };
  it('a portal as a whole is that it says which clinic it was, where it does', () => {
    expect(said(whole).slice(0, 2)).toEqual([
      'Any of its clinics: after the sign-in it says which.',
      'Any of its clinics',
    ]);
    expect(said({ ...whole, tellsClinic: false }).slice(0, 2)).toEqual(['', '']);
  });

  it('a server that alone says what there is to ask is no number of questions', () => {
    expect(askedWords({ ...whole, questions: 0 })).toBe(
      'Chartfold asks for what the server says it has',
    );
  });
});
