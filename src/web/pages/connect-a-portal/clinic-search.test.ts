// Proves which clinics match what was typed, and what of their names is marked.

import { describe, expect, it } from 'vitest';
import type { Clinic } from '../../../http/contract.ts';
import { findClinics, markMatches } from './clinic-search.ts';

const clinic = (name: string, town: string | null): Clinic => ({
  portal: 'p',
  portalName: 'Portal',
  environment: 'production',
  clinicId: name,
  name,
  town,
  sample: false,
  notes: [],
  questions: 31,
  connected: [],
});
const clinics = [
  clinic('Safe Harbor Behavioral Health', 'Kettle Lake, Maine'),
  clinic('Harbor Family Medicine', 'Port Alder, Maine'),
  clinic('St. Brendan Hospital', 'Alder Falls, Maine'),
  clinic('Clínica Peña', null),
  clinic('Women’s Health of Maine', 'Harborside'),
];
const names = (typed: string) => findClinics(clinics, typed).map((c) => c.name);

describe('finding a clinic', () => {
  it('lists all of them before anything is typed', () => {
    expect(names('')).toHaveLength(5);
    expect(names('  ')).toHaveLength(5);
  });

  it('puts names that begin with the word first', () => {
    expect(names('harbor')).toEqual([
      'Harbor Family Medicine',
      'Safe Harbor Behavioral Health',
      'Women’s Health of Maine',
    ]);
  });

  it('finds by town, and by words in any order', () => {
    expect(names('alder')).toEqual(['Harbor Family Medicine', 'St. Brendan Hospital']);
    expect(names('maine harbor')).toHaveLength(3);
  });

  it('needs every typed word', () => {
    expect(names('harbor cardiology')).toEqual([]);
  });

  it('does not mind accents or apostrophes', () => {
    expect(names('clinica pena')).toEqual(['Clínica Peña']);
    expect(names("women's")).toEqual(['Women’s Health of Maine']);
    expect(names('womens')).toEqual(['Women’s Health of Maine']);
  });
});

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
