// Proves how an Observation reads: what the laboratory wrote stays as it wrote it, and is judged by what came with it.

import { describe as group, expect, it } from 'vitest';
import { describe } from './describe.ts';
import type { Described } from './described.ts';

/** Described from text, since how a number was written is part of what is proved. */
function read(parts: string): Described {
  const described = describe('Observation', `{"resourceType":"Observation","id":"o"${parts}}`);
  if (!described) throw new Error('not described');
  return described;
}

const GLUCOSE =
  ',"code":{"coding":[{"system":"http://loinc.org","code":"2345-7"}],"text":"Glucose"}';
const LAB = ',"category":[{"coding":[{"code":"laboratory"}]}]';
const quantity = (value: string, more = '') =>
  `,"valueQuantity":{"value":${value},"unit":"mg/dL"${more}}`;
const range = (parts: string) => `,"referenceRange":[{${parts}}]`;
const measured = (parts: string) => read(`${GLUCOSE}${LAB}${parts}`).measured;

group('a number', () => {
  it.each([
    ['565.60', '565.60'],
    ['5.0', '5.0'],
    ['0.10', '0.10'],
    ['1E2', '1E2'],
    ['1.50e-3', '1.50e-3'],
    ['-0.50', '-0.50'],
    ['100', '100'],
    ['9007199254740993', '9007199254740993'],
    ['12345678901234567', '12345678901234567'],
  ])('%s is shown as it was written', (written, shown) => {
    expect(measured(quantity(written))?.value).toBe(shown);
    expect(measured(`,"valueInteger":${written}`)?.value).toBe(shown);
  });

  it('with decimals that no instrument measures is shortened, and told in full on the sheet', () => {
    const described = read(GLUCOSE + quantity('26.458713174586112'));
    expect(described.value).toBe('26.46');
    expect(described.facts).toContainEqual({
      label: 'As sent',
      value: '26.458713174586112',
      code: null,
    });
    expect(read(GLUCOSE + quantity('565.60')).facts.map((f) => f?.label)).not.toContain('As sent');
  });

  it.each(['<', '<=', '>=', '>'])('with the comparator %s keeps it, and is not judged', (sign) => {
    const of = measured(quantity('0.5', `,"comparator":"${sign}"`) + range('"low":{"value":70}'));
    expect(of).toMatchObject({ value: `${sign}0.5`, unit: 'mg/dL', flag: null });
  });

  it.each(['1', '{score}'])('in the unit %s has none', (unit) => {
    expect(measured(`,"valueQuantity":{"value":3,"unit":"${unit}"}`)?.unit).toBeNull();
  });

  it('without a unit in words has the coded one', () => {
    expect(measured(',"valueQuantity":{"value":3,"code":"mmol/L"}')?.unit).toBe('mmol/L');
  });

  it('sent as a text is shown as that text', () => {
    expect(measured(quantity('"5.60"') + range('"high":{"value":"5.5"}'))).toMatchObject({
      value: '5.60',
      flag: 'high',
    });
  });
});

group('a value in another form', () => {
  it.each([
    [',"valueString":" Not detected "', 'Not detected'],
    [',"valueCodeableConcept":{"text":"Positive","coding":[{"display":"POS"}]}', 'Positive'],
    [',"valueCodeableConcept":{"coding":[{"code":"A1"},{"display":"Group A"}]}', 'Group A'],
    [',"valueBoolean":false', 'no'],
    [',"valueInteger":0', '0'],
    [',"valueDateTime":"2026-11-17"', '2026-11-17'],
    [',"valueTime":"08:30:00"', '08:30:00'],
    [',"valueRange":{"low":{"value":1.0},"high":{"value":2,"unit":"cm"}}', '1.0–2'],
    [',"valueRange":{"high":{"value":2.50,"unit":"cm"}}', '2.50'],
    [',"valueRatio":{"numerator":{"value":1},"denominator":{"value":128}}', '1:128'],
    [',"valuePeriod":{"start":"2026-11-01","end":"2026-11-03"}', '2026-11-01 – 2026-11-03'],
  ])('is read: %s', (parts, value) => {
    expect(measured(parts)).toMatchObject({ value, flag: null });
  });

  it.each([
    ',"valueCodeableConcept":{}',
    ',"valueCodeableConcept":{"coding":[]}',
    ',"valueString":"  "',
    ',"valueQuantity":{}',
    ',"valueQuantity":{"value":null,"unit":"mg/dL"}',
    ',"valueQuantity":{"value":{"toString":1,"valueOf":1}}',
    ',"valueQuantity":{"value":[1]}',
    ',"valueInteger":null',
    ',"valueRange":{"low":{}}',
    ',"valueRatio":{"numerator":{"value":1}}',
    '',
  ])('that says nothing is no result: %s', (parts) => {
    const described = read(GLUCOSE + LAB + parts);
    expect(described).toMatchObject({ kind: 'result', title: 'Glucose', value: null });
    expect(described.measured).toBeNull();
  });

  it('that is absent says why, in the timeline and not among the results', () => {
    const described = read(`${GLUCOSE}${LAB},"dataAbsentReason":{"text":"Not Performed"}`);
    expect(described).toMatchObject({ value: 'no value: not performed', measured: null });
  });
});

group('blood pressure', () => {
  const part = (code: string, value: string) =>
    `{"code":{"coding":[{"system":"http://loinc.org","code":"${code}"}],"text":"Part ${code}"}${value}}`;
  const panel = (...parts: string[]) =>
    `,"code":{"coding":[{"system":"http://loinc.org","code":"85354-9"}],"text":"BP panel"}` +
    `,"category":[{"coding":[{"code":"vital-signs"}]}],"component":[${parts.join()}]`;
  const mm = (value: string) => `,"valueQuantity":{"value":${value},"unit":"mm[Hg]"}`;

  it('is one value, systolic over diastolic, whichever came first', () => {
    const described = read(panel(part('8462-4', mm('78')), part('8480-6', mm('128.0'))));
    expect(described).toMatchObject({ kind: 'vital', value: '128.0/78', unit: 'mmHg' });
    expect(described.measured).toMatchObject({ name: 'Blood pressure', category: 'vital-signs' });
    expect(described.facts.map((f) => f?.label)).toContain('Part 8480-6');
  });

  it.each([
    [part('8480-6', mm('128'))],
    [part('8480-6', mm('128')), part('8462-4', ',"dataAbsentReason":{"text":"unknown"}')],
    [part('8480-6', mm('128')), part('8462-4', ',"valueQuantity":{"unit":"mm[Hg]"}')],
  ])('of which one half is missing is no result, case %#', (...parts) => {
    expect(read(panel(...parts)).measured).toBeNull();
  });

  it('of other measurements in parts is all of them in words', () => {
    const parts = `${GLUCOSE},"component":[${part('1', mm('3'))},${part('2', ',"valueString":"clear"')},{}]`;
    expect(read(parts).value).toBe('Part 1 3 mmHg; Part 2 clear');
  });
});

group('a unit', () => {
  const value = (unit: string) =>
    read(`${GLUCOSE}${LAB},"valueQuantity":{"value":37.2,"unit":"${unit}"}`);
  const factOf = (unit: string) => value(unit).facts.find((f) => f?.label === 'As sent')?.value;

  it.each([
    ['Cel', '°C'],
    ['[degF]', '°F'],
    ['10*3/uL', '10³/µL'],
    ['mL/min/{1.73_m2}', 'mL/min/1.73 m²'],
    ['{beats}/min', 'beats/min'],
  ])('in the code %s is shown as people write it, and kept as it was sent', (code, shown) => {
    expect(value(code)).toMatchObject({ unit: shown, measured: { unit: shown } });
    expect(factOf(code)).toBe(`37.2 ${code}`);
  });

  it.each(['mg/dL', 'cel', 'widgets'])('that reads as it is, %s, is left', (unit) => {
    expect(value(unit).unit).toBe(unit);
    expect(factOf(unit)).toBeUndefined();
  });
});

group('what it is', () => {
  it('named in words alone is known by its words', () => {
    const one = read(',"code":{"text":"Home Weight"},"valueString":"a"').measured;
    const other = read(',"code":{"text":"home weight"},"valueString":"b"').measured;
    expect(one).toMatchObject({ analyte: 'text|home weight', code: null, category: 'other' });
    expect(other?.analyte).toBe(one?.analyte);
  });

  it('is known by LOINC before the laboratory’s own code', () => {
    const own = '{"system":"urn:lab","code":"GLU"}';
    const code = (codings: string) => `,"code":{"coding":[${codings}]},"valueString":"a"`;
    expect(read(code(own)).measured).toMatchObject({ analyte: 'urn:lab|GLU', code: 'GLU' });
    const loinc = '{"system":"http://loinc.org","code":"2345-7"}';
    expect(read(code(`${own},${loinc}`)).measured?.analyte).toBe('loinc|2345-7');
  });

  it('without any name is called so', () => {
    expect(read(',"valueString":"a"').title).toBe('Unnamed measurement');
  });
});

group('a mark or a range', () => {
  const flagOf = (parts: string) => {
    const of = measured(quantity('5.0') + parts);
    return of && [of.flag, of.flagBy, of.range];
  };
  const mark = (code: string) => `,"interpretation":[{"coding":[{"code":"${code}"}]}]`;

  it.each([
    ['"low":{"value":4.0},"high":{"value":6.50}', '4.0–6.50', null],
    ['"low":{"value":5.1},"high":{"value":6}', '5.1–6', 'low'],
    ['"low":{"value":1},"high":{"value":4.9}', '1–4.9', 'high'],
    ['"high":{"value":5.0}', 'up to 5.0', null],
    ['"high":{"value":4}', 'up to 4', 'high'],
    ['"low":{"value":5.0}', '5.0 or more', null],
    ['"low":{"value":6}', '6 or more', 'low'],
    ['"low":{"value":0},"high":{"value":0}', '0–0', 'high'],
    ['"text":"less than 5"', 'less than 5', null],
    ['"low":{"value":6},"text":"over 6"', 'over 6', 'low'],
    ['"low":{},"high":{"value":null}', null, null],
    ['"low":{"value":"abc"}', 'abc or more', null],
  ])('%s reads “%s” and marks %s', (parts, words, flag) => {
    expect(flagOf(range(parts))).toEqual([flag, flag ? 'range' : null, words]);
  });

  it.each([
    ['H', 'high'],
    ['LL', 'critical-low'],
    ['HH', 'critical-high'],
    ['A', 'abnormal'],
  ])('%s by the laboratory is %s', (code, flag) => {
    expect(flagOf(mark(code))).toEqual([flag, 'source', null]);
  });

  it('by the laboratory counts more than the range', () => {
    const outside = range('"high":{"value":1}');
    expect(flagOf(mark('N') + outside)).toEqual([null, null, 'up to 1']);
    expect(flagOf(mark('L') + outside)).toEqual(['low', 'source', 'up to 1']);
  });

  it.each(['constructor', 'toString', '__proto__', 'hasOwnProperty', 'S', ''])(
    'that is none, “%s”, leaves it to the range',
    (code) => {
      expect(flagOf(mark(code) + range('"high":{"value":1}'))).toEqual([
        'high',
        'range',
        'up to 1',
      ]);
    },
  );
});

group('a state', () => {
  const status = (word: string) =>
    read(`${GLUCOSE}${LAB}${quantity('5')}${range('"high":{"value":1}')},"status":"${word}"`);

  it('entered in error is in the timeline, marked, without a flag, and not among the results', () => {
    expect(status('entered-in-error')).toMatchObject({
      enteredInError: true,
      value: '5',
      flag: null,
      measured: null,
    });
  });

  it('cancelled is in the timeline and not among the results', () => {
    expect(status('cancelled')).toMatchObject({ note: 'cancelled', measured: null });
  });

  it.each(['amended', 'corrected'])('%s is marked and counts', (word) => {
    expect(status(word)).toMatchObject({ amended: true, measured: { value: '5', flag: 'high' } });
  });

  it.each(['preliminary', 'final'])('%s counts', (word) => {
    expect(status(word)).toMatchObject({ amended: false, measured: { value: '5' } });
  });
});
