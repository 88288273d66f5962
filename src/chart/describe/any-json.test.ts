// Proves that no text whatever makes the chart fail: it is described in words that the store takes, or left out.

import fc from 'fast-check';
import { describe as group, expect, it } from 'vitest';
import { describers } from './clinical.ts';
import { describe } from './describe.ts';
import type { Described } from './described.ts';

const TYPES = ['Observation', ...describers.keys()];

/** What goes into the chart is text or nothing. */
function isStorable(d: Described): boolean {
  const cells = [d.title, d.note, d.value, d.unit, d.flag, d.clinician, d.at, d.visit];
  const m = d.measured;
  const more = m ? [m.analyte, m.name, m.code, m.value, m.unit, m.flag, m.flagBy, m.range] : [];
  return [...cells, ...more, ...(d.members ?? []), ...(d.text ?? [])].every(
    (cell) => cell === null || cell === undefined || typeof cell === 'string',
  );
}

/** What a hostile or careless source may put in the place of anything. */
const odd = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    [],
    {},
    [null],
    [[]],
    { toString: 1, valueOf: 1 },
    { value: { toString: null } },
    { length: 3 },
    'constructor',
    '__proto__',
    'entered-in-error',
    '2026-11',
    '85354-9',
    '<p',
    Number.MAX_VALUE,
    -0,
  ),
  fc.string(),
  fc.double(),
  fc.boolean(),
);
/** Mostly what FHIR says, in places something else. */
const or = <T>(usual: fc.Arbitrary<T>) => fc.oneof({ weight: 3, arbitrary: usual }, odd);
const record = (parts: Record<string, fc.Arbitrary<unknown>>) =>
  or(fc.record(parts, { requiredKeys: [] }));
const list = (item: fc.Arbitrary<unknown>) => or(fc.array(item, { maxLength: 2 }));
const word = or(
  fc.constantFrom('final', 'text', 'Encounter/1', 'Observation/1', '8480-6', '8462-4', '85354-9'),
);
const coding = record({ system: or(fc.constant('http://loinc.org')), code: word, display: word });
const concept = record({ coding: list(coding), text: word });
const quantity = record({
  value: or(fc.integer()),
  unit: word,
  code: word,
  comparator: or(fc.constant('<')),
});
const reference = record({ reference: word, display: word });
const period = record({ start: word, end: word });
const attachment = record({
  contentType: or(fc.constantFrom('text/html', 'text/plain')),
  data: or(fc.base64String()),
  title: word,
});
const values = {
  valueQuantity: quantity,
  valueCodeableConcept: concept,
  valueRange: record({ low: quantity, high: quantity }),
  valueRatio: record({ numerator: quantity, denominator: quantity }),
  valuePeriod: period,
  valueInteger: or(fc.integer()),
  valueString: word,
};
const any = record({
  status: word,
  lifecycleStatus: word,
  code: concept,
  category: list(concept),
  type: list(concept),
  description: or(concept),
  title: word,
  text: record({ status: word, div: or(fc.string()) }),
  interpretation: list(record({ coding: list(coding) })),
  referenceRange: list(record({ low: quantity, high: quantity, text: word })),
  component: list(record({ code: concept, ...values })),
  dataAbsentReason: concept,
  effectiveDateTime: word,
  effectivePeriod: period,
  period,
  encounter: reference,
  context: record({ encounter: list(reference), period }),
  result: list(reference),
  content: list(record({ attachment })),
  presentedForm: list(attachment),
  participant: list(record({ individual: reference, member: reference })),
  performer: list(record({ actor: reference, display: word })),
  reaction: list(record({ manifestation: list(concept), substance: concept, severity: word })),
  note: list(record({ text: word })),
  verificationStatus: concept,
  clinicalStatus: concept,
  vaccineCode: concept,
  medicationCodeableConcept: concept,
  ...values,
});

group('whatever came', () => {
  it('in the place of what should have come is described or left out', () => {
    fc.assert(
      fc.property(fc.constantFrom(...TYPES), any, (type, value) => {
        const described = describe(type, JSON.stringify(value));
        expect(described === undefined || isStorable(described)).toBe(true);
      }),
      { numRuns: 4_000 },
    );
  });

  it('as any JSON is described or left out', () => {
    fc.assert(
      fc.property(fc.constantFrom(...TYPES), fc.json(), (type, json) => {
        const described = describe(type, json);
        expect(described === undefined || isStorable(described)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('that is no object, or no JSON, is left out', () => {
    for (const text of ['', 'null', '[]', '7', '"a"', '{', '{"a":1}}', '<html>'])
      expect(describe('Observation', text)).toBeUndefined();
  });

  it('may be nested deeper than any stack', () => {
    const deep = (open: string, close: string) =>
      `{"resourceType":"Observation","n":1.0,"x":${open.repeat(200_000)}1${close.repeat(200_000)}}`;
    for (const text of [deep('[', ']'), deep('{"x":', '}')])
      expect(() => describe('Observation', text)).not.toThrow();
  });
});
