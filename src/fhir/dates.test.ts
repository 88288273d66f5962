// Proves that FHIR dates keep their precision and sort, and that none is made up.

import { describe, expect, it } from 'vitest';
import { dateSortKey, parseFhirDate } from './dates.ts';

const key = (text: unknown) => dateSortKey(parseFhirDate(text));

describe('parseFhirDate', () => {
  it.each([
    ['2019', 'year', '2019', undefined, undefined],
    ['2019-07', 'month', '2019-07', undefined, undefined],
    ['2019-07-31', 'day', '2019-07-31', undefined, undefined],
    ['2019-07-31T23:30', 'minute', '2019-07-31', '23:30', undefined],
    ['2019-07-31T23:30:05-05:00', 'second', '2019-07-31', '23:30:05', '-05:00'],
    ['2019-07-31T23:30:05.1234567Z', 'fraction', '2019-07-31', '23:30:05.1234567', 'Z'],
    ['2020-02-29', 'day', '2020-02-29', undefined, undefined],
  ])('reads %s with its precision, as it was written', (text, precision, day, time, zone) => {
    expect(parseFhirDate(text)).toEqual({ text, precision, day, time, zone });
  });

  it.each([
    undefined,
    null,
    '',
    2019,
    'yesterday',
    '0000',
    '19',
    '2019-13',
    '2019-02-29',
    '2019-04-31',
    '2019-07-31T24:00:00Z',
    '2019-07-31T10:61Z',
    '07/31/2019',
    '2019-07-31 10:00',
  ])('makes nothing of %j', (text) => {
    expect(parseFhirDate(text)).toBeUndefined();
  });
});

describe('dateSortKey', () => {
  it.each([
    ['2019', '2019-01-01T00:00:00.000Z'],
    ['2019-07', '2019-07-01T00:00:00.000Z'],
    ['2019-07-31', '2019-07-31T00:00:00.000Z'],
    ['2019-07-31T23:30:05-05:00', '2019-08-01T04:30:05.000Z'],
    ['2019-07-31T23:30:05.0059+05:30', '2019-07-31T18:00:05.005Z'],
    ['0099-07-31', '0099-07-31T00:00:00.000Z'],
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z'],
  ])('of %s is %s', (text, expected) => {
    expect(key(text)).toBe(expected);
  });

  it('of a missing or broken date is empty, and never a day in 1970', () => {
    expect(key(undefined)).toBe('');
    expect(key('unknown')).toBe('');
  });
});
