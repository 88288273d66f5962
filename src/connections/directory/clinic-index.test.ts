// Proves that a clinic is found by what people type: in any order, begun, misspelled, abbreviated, by its place or another
// name; and that what is no clinic finds nothing.

import { describe, expect, it } from 'vitest';
import { athenahealthFilling, filledUp } from '../../../simulator/directories/generate.ts';
import { measure } from '../../cli/bench/directory.ts';
import { madeQueries, nonsense } from '../../cli/bench/directory-data.ts';
import { createClinicIndex } from './clinic-index.ts';
import type { IndexedClinic } from './names.ts';

const clinic = (name: string, more: Partial<IndexedClinic> = {}): Omit<IndexedClinic, 'row'> => ({
  name,
  aliases: [],
  town: null,
  state: null,
  postalCode: null,
  ...more,
});
const clinics = [
  clinic('Harbor Lane Family Medicine', { town: 'Rockport', state: 'ME', postalCode: '04856' }),
  clinic('Safe Harbor Behavioral Health', { town: 'Kettle Lake', state: 'Maine' }),
  clinic('Harborside Women’s Health', { town: 'Alder Falls', state: 'New Hampshire' }),
  clinic('St. Brendan Hospital', { town: 'Alder Falls', state: 'NH', postalCode: '03101-2207' }),
  clinic('Clínica Peña'),
  clinic('Cedar Hollow Medical Center'),
  clinic('Cedar Hollow Medical Associates, P.C.', { aliases: ['Hollow Physicians'] }),
  clinic('Little Oaks Pediatrics'),
  clinic('Mount Airy OB/GYN'),
  clinic('Winslow Orthopaedics & Sports Medicine'),
  clinic('Kavanagh Healthcare'),
];
const index = createClinicIndex();
index.add(clinics.map((one, row) => ({ ...one, row })));
const names = (typed: string) => index.search(typed, 10).rows.map((row) => clinics[row]?.name);
const first = (typed: string) => names(typed)[0];

describe('a clinic', () => {
  it.each([
    ['its name', 'cedar hollow medical center', 'Cedar Hollow Medical Center'],
    ['its words in another order', 'medicine family harbor lane', 'Harbor Lane Family Medicine'],
    ['beginnings of its words', 'ced hol med ass', 'Cedar Hollow Medical Associates, P.C.'],
    ['a letter left out', 'harbr lane family', 'Harbor Lane Family Medicine'],
    ['two letters exchanged', 'harobr lane family', 'Harbor Lane Family Medicine'],
    ['a wrong letter at the start', 'karbor lane', 'Harbor Lane Family Medicine'],
    ['two slips in a long word', 'littel oaks pediatircs', 'Little Oaks Pediatrics'],
    ['abbreviations', 'cedar hollow med ctr', 'Cedar Hollow Medical Center'],
    ['the abbreviation of what children need', 'little oaks peds', 'Little Oaks Pediatrics'],
    ['saint for St.', 'saint brendan hosp', 'St. Brendan Hospital'],
    ['mt for Mount, obgyn as one word', 'mt airy obgyn', 'Mount Airy OB/GYN'],
    [
      'another spelling',
      'winslow orthopedics and sports medicine',
      'Winslow Orthopaedics & Sports Medicine',
    ],
    ['two words for one', 'kavanagh health care', 'Kavanagh Healthcare'],
    ['one word for two', 'littleoaks pediatrics', 'Little Oaks Pediatrics'],
    ['no accents', 'clinica pena', 'Clínica Peña'],
    ['an apostrophe or none', "harborside women's", 'Harborside Women’s Health'],
    [
      'initials without points',
      'cedar hollow medical associates pc',
      'Cedar Hollow Medical Associates, P.C.',
    ],
    ['another name that it goes by', 'hollow physicians', 'Cedar Hollow Medical Associates, P.C.'],
    ['its town', 'kettle lake', 'Safe Harbor Behavioral Health'],
    ['its name and its state by name', 'harbor lane maine', 'Harbor Lane Family Medicine'],
    ['its name and its state by code', 'safe harbor me', 'Safe Harbor Behavioral Health'],
    ['a state of two words', 'brendan new hampshire', 'St. Brendan Hospital'],
    ['its postal code', '03101', 'St. Brendan Hospital'],
    [
      'a word that is not listed beside those that are',
      'little oaks pediatrics bangor',
      'Little Oaks Pediatrics',
    ],
  ])('is found first by %s', (_by, typed, wanted) => {
    expect(first(typed)).toBe(wanted);
  });

  it('whose name begins with what was typed comes before one that has it further on', () => {
    expect(names('harbor').slice(0, 2)).toEqual([
      'Harbor Lane Family Medicine',
      'Harborside Women’s Health',
    ]);
    expect(names('harbor')).toContain('Safe Harbor Behavioral Health');
  });

  it('of exactly the name typed comes before longer ones', () => {
    const few = createClinicIndex();
    const rows = ['Rush Memorial Hospital of Rush', 'Rush', 'Rush Medical'];
    few.add(rows.map((name, row) => ({ ...clinic(name), row })));
    expect(few.search('rush', 3).rows[0]).toBe(1);
  });

  it('is there when it was added after a search', () => {
    const growing = createClinicIndex();
    growing.add([{ ...clinic('One'), row: 1 }]);
    expect(growing.search('zebra', 5).total).toBe(0);
    growing.add([{ ...clinic('Zebra Clinic'), row: 2 }]);
    expect(growing.search('zebra', 5).rows).toEqual([2]);
    expect(growing.size).toBe(2);
  });
});

describe('a search', () => {
  it('says how many there are beyond those it gives', () => {
    const many = createClinicIndex();
    many.add(Array.from({ length: 30 }, (_, row) => ({ ...clinic(`Pine Clinic ${row}`), row })));
    const { rows, total } = many.search('pine clinic', 5);
    expect(rows).toHaveLength(5);
    expect(total).toBe(30);
  });

  it('for nothing, or in an empty index, finds nothing', () => {
    expect(index.search('', 5)).toEqual({ rows: [], total: 0, isMore: false });
    expect(index.search(' ,. ', 5)).toEqual({ rows: [], total: 0, isMore: false });
    expect(createClinicIndex().search('harbor', 5)).toEqual({ rows: [], total: 0, isMore: false });
  });

  it.each(nonsense)('for “%s” finds nothing', (typed) => {
    expect(names(typed)).toEqual([]);
  });
});

describe('thousands of made-up clinics', () => {
  it('are found as well as known ones: at least 97 of 100 first, nearly all in the first five', () => {
    const made = filledUp([], athenahealthFilling, {
      vendor: 'athenahealth',
      size: 4_000,
      seed: 3,
    }).map((practice) => ({
      id: practice.id,
      fhirBaseUrl: null,
      name: practice.name,
      aliases: [],
      town: practice.city,
      state: practice.state,
      postalCode: practice.postalCode,
    }));
    const { kinds, nonsense: odd, beginnings } = measure(made, madeQueries(made), 1);
    const all = Object.values(kinds);
    const total = all.reduce((n, kind) => n + kind.queries, 0);
    expect(all.reduce((n, kind) => n + kind.first, 0) / total).toBeGreaterThanOrEqual(0.97);
    expect(kinds.exact?.first).toBe(kinds.exact?.queries);
    expect(all.reduce((n, kind) => n + kind.firstFive, 0)).toBeGreaterThanOrEqual(total - 1);
    expect(odd.found).toBe(0);
    expect(beginnings.outOfOrder / beginnings.asked).toBeLessThan(0.01);
  });
});
