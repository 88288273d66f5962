// Proves when two texts of a resource say the same.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalForm } from './canonical.ts';

const same = (a: string, b: string, volatile: string[] = []) =>
  canonicalForm(a, volatile) === canonicalForm(b, volatile);

describe('two texts', () => {
  it.each([
    ['key order', '{"a":1,"b":{"c":2,"d":3}}', '{"b":{"d":3,"c":2},"a":1}'],
    ['white space', '{"a":[1,{"b":2}]}', ' { "a" : [ 1 , {\n"b":2 } ] }\n'],
    ['the spelling of a letter', '{"a":"é/"}', '{"a":"\\u00e9\\/"}'],
    ['the spelling of a key', '{"é":1}', '{"\\u00E9":1}'],
    ['a byte order mark', '{"a":1}', '\uFEFF{"a":1}'],
  ])('that differ in %s say the same', (_what, a, b) => {
    expect(same(a, b)).toBe(true);
  });

  it.each([
    ['a trailing zero', '{"a":565.60}', '{"a":565.6}'],
    ['the form of a number', '{"a":1E2}', '{"a":100}'],
    ['the last of 17 digits', '{"a":12345678901234567}', '{"a":12345678901234568}'],
    ['a duplicate key', '{"a":1,"a":2}', '{"a":2}'],
    ['the order of duplicates', '{"a":1,"a":2}', '{"a":2,"a":1}'],
    ['the order of a list', '{"a":[1,2]}', '{"a":[2,1]}'],
    ['a number and its text', '{"a":1}', '{"a":"1"}'],
    ['nothing and null', '{}', '{"a":null}'],
    ['an empty list and an empty object', '{"a":[]}', '{"a":{}}'],
  ])('that differ in %s do not', (_what, a, b) => {
    expect(same(a, b)).toBe(false);
  });

  it('are the same when only volatile members differ, inside lists too', () => {
    const a = '{"meta":{"lastUpdated":"1","versionId":"1"},"l":[{"url":"x","n":1}]}';
    const b = '{"l":[{"n":1,"url":"y"}],"meta":{"versionId":"1","lastUpdated":"2"}}';
    expect(same(a, b, ['meta.lastUpdated', 'l.url'])).toBe(true);
    expect(same(a, b, ['meta.lastUpdated'])).toBe(false);
    expect(same(a, b, ['lastUpdated', 'url'])).toBe(false);
  });
});

describe('the canonical form', () => {
  it('says what the text says, for every JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(0, 2), (value, indent) => {
        const form = canonicalForm(JSON.stringify(value, null, indent));
        expect(JSON.parse(form ?? '')).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalForm(form ?? '')).toBe(form);
      }),
    );
  });

  it('is none for a text that is no JSON', () => {
    for (const text of ['', '{', '{"a":1}x', '{"a":01}']) {
      expect(canonicalForm(text)).toBeUndefined();
    }
  });

  it('is found for a text nested 10,000 levels deep', () => {
    const deep = `${'[{"b":'.repeat(5000)}1${'}]'.repeat(5000)}`;
    expect(canonicalForm(` ${deep} `)).toBe(deep);
  });

  it('takes no longer than its length asks for, however deeply members are nested beside others', () => {
    const deep = `${'{"a":[0,'.repeat(50_000)}1${'],"b":2}'.repeat(50_000)}`;
    expect(canonicalForm(deep)).toBe(deep);
  }, 3_000);
});
