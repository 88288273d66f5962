// Proves that a difference, applied to what was before, gives what came after, and that it is said in few places and in
// the spelling of the texts.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apply, diff, differences, type Json, parseExact, writeSorted } from './json-diff.ts';

const parse = (text: string): Json => {
  const value = parseExact(text);
  if (value === undefined) throw new Error(`no JSON: ${text}`);
  return value;
};
const between = (before: string, after: string) => differences(diff(parse(before), parse(after)));

/** Numbers in every spelling. */
const number = fc
  .tuple(fc.integer({ min: -99, max: 99 }), fc.constantFrom('', '.0', '.50', 'e2', 'E-1', '.10e+1'))
  .map(([whole, rest]) => `${whole}${rest}`);
const word = fc.constantFrom('a', 'b', '__proto__', 'constructor', 'id', 'code', 'system', 'url');
/** Texts of resource-like JSON: few keys and words, so that much is alike. */
const { text } = fc.letrec<{ text: string }>((tie) => ({
  text: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(
      number,
      fc.constantFrom('null', 'true', 'false'),
      word.map((w) => JSON.stringify(w)),
    ),
    fc.array(tie('text'), { maxLength: 6 }).map((items) => `[${items.join(',')}]`),
    fc
      .uniqueArray(fc.tuple(word, tie('text')), { maxLength: 5, selector: ([key]) => key })
      .map((members) => `{${members.map(([key, value]) => `"${key}":${value}`).join(',')}}`),
  ),
}));

describe('a difference', () => {
  it('applied to what was before gives what came after', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const [a, b] = [parse(before), parse(after)];
        expect(writeSorted(apply(a, diff(a, b)))).toBe(writeSorted(b));
      }),
      { numRuns: 2_000 },
    );
  });

  it('is none between a text and itself, and only there', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const [a, b] = [parse(before), parse(after)];
        expect(diff(a, a)).toEqual({ kind: 'same' });
        const isSame = writeSorted(a) === writeSorted(b);
        expect(differences(diff(a, b)).length === 0).toBe(isSame);
      }),
    );
  });

  it('of a list with one item put anywhere is that item', () => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 8 }), fc.nat(), (items, n) => {
        const at = n % (items.length + 1);
        const more = items.toSpliced(at, 0, '{"id":"the new one"}');
        const found = between(`[${items.join(',')}]`, `[${more.join(',')}]`);
        expect(found).toEqual([
          { path: `[${at}]`, before: null, after: '{"id":"the new one"}', isSameValue: false },
        ]);
      }),
    );
  });
});

describe('a number', () => {
  it.each([
    ['565.60', '565.6', true],
    ['1E2', '100', true],
    ['0.0', '-0', true],
    ['100', '1000', false],
    ['12345678901234567890.1', '12345678901234567890.2', false],
    ['-5', '5', false],
  ])('written %s and then %s differs; the same value: %s', (before, after, isSameValue) => {
    expect(between(`{"value":${before}}`, `{"value":${after}}`)).toEqual([
      { path: 'value', before, after, isSameValue },
    ]);
  });

  it('is not the same as its text', () => {
    expect(between('{"value":5}', '{"value":"5"}')).toMatchObject([{ isSameValue: false }]);
  });
});

describe('an item of a list', () => {
  const coded = (code: string, value: number) =>
    `{"code":{"coding":[{"system":"loinc","code":"${code}"}]},"valueQuantity":{"value":${value}}}`;

  it('is known by its code, wherever it stands', () => {
    expect(
      between(
        `{"component":[${coded('a', 1)},${coded('b', 2)}]}`,
        `{"component":[${coded('new', 0)},${coded('a', 1)},${coded('b', 3)}]}`,
      ).map(({ path, before, after }) => [path, before, after]),
    ).toEqual([
      ['component[0]', null, coded('new', 0)],
      ['component[2].valueQuantity.value', '2', '3'],
    ]);
  });

  it('of another code is another item', () => {
    const found = between(`[${coded('a', 1)}]`, `[${coded('b', 1)}]`);
    expect(found.map(({ before, after }) => [before === null, after === null])).toEqual([
      [false, true],
      [true, false],
    ]);
  });

  it('without a name is the same in the same place', () => {
    expect(between('{"dosage":[{"text":"5 mg"}]}', '{"dosage":[{"text":"10 mg"}]}')).toMatchObject([
      { path: 'dosage[0].text', before: '"5 mg"', after: '"10 mg"' },
    ]);
  });

  it('in a list too long to be put side by side is still told exactly', () => {
    const [a, b] = ['a', 'b'].map((letter) =>
      parse(JSON.stringify(Array.from({ length: 600 }, (_, n) => ({ id: `${letter}${n}` })))),
    ) as [Json, Json];
    expect(writeSorted(apply(a, diff(a, b)))).toBe(writeSorted(b));
  });
});

describe('what cannot be walked', () => {
  it('is no value', () => {
    expect(parseExact('{"a":')).toBeUndefined();
    expect(parseExact('['.repeat(200_000) + ']'.repeat(200_000))).toBeUndefined();
  });

  it('deep inside is compared whole', () => {
    const nested = (inner: string) => `${'['.repeat(150)}${inner}${']'.repeat(150)}`;
    expect(between(nested('1'), nested('2'))).toHaveLength(1);
    expect(between(nested('1'), nested('1'))).toEqual([]);
  });
});
