// Proves law L3 where it begins: each resource's own text is cut out of a page as it came.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scanBundle, scanResource } from './bundle.ts';

const page = (...entries: string[]) => `{"resourceType":"Bundle","entry":[${entries.join(',')}]}`;
const entry = (resource: string) => `{"resource":${resource}}`;
const raws = (text: string) => scanBundle(text).entries.map((found) => found.raw);

describe('the text of a resource', () => {
  it.each([
    ['a decimal with its trailing zero', '{"resourceType":"Observation","v":565.60}'],
    ['an exponent', '{"resourceType":"Observation","v":1E2,"w":-0.0e-7}'],
    ['an integer of 17 digits', '{"resourceType":"Observation","v":12345678901234567}'],
    ['duplicate keys', '{"resourceType":"Observation","v":1,"v":2}'],
    ['escapes', '{"resourceType":"Observation","v":"\\u00e9\\/\\ud83d\\ude00 \\"}{"}'],
    ['odd white space', '{ \t"resourceType" :\r\n"Observation" ,"v":[ ] , "w" : { } }'],
    ['letters of every plane', '{"resourceType":"Observation","v":"é – 検査 😀"}'],
    ['an empty resource', '{}'],
  ])('comes out exactly with %s [law L3]', (_what, resource) => {
    expect(raws(page(entry(resource)))).toEqual([resource]);
    expect(scanResource(` \n${resource}\n`).raw).toBe(resource);
  });

  it('comes out exactly whatever the resource and however it is printed', () => {
    const printed = fc
      .tuple(fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 5 }), fc.constantFrom(0, 1, 4))
      .map(([value, indent]) => JSON.stringify(value, null, indent));
    const space = fc.constantFrom('', ' ', '\r\n\t');
    fc.assert(
      fc.property(fc.array(printed), space, fc.string(), (resources, gap, url) => {
        const entries = resources.map(
          (raw) => `{${gap}"fullUrl":${JSON.stringify(url)},"resource"${gap}:${gap}${raw}${gap}}`,
        );
        const found = scanBundle(page(...entries)).entries;
        expect(found.map(({ raw }) => raw)).toEqual(resources);
        expect(found.every(({ fullUrl }) => fullUrl === url)).toBe(true);
      }),
    );
  });

  it('agrees with JSON.parse on what is JSON at all', () => {
    const token = fc.constantFrom(
      ...[
        '{',
        '}',
        '[',
        ']',
        ',',
        ':',
        '"a"',
        '"',
        '\\',
        '1',
        '-',
        '0',
        '.5',
        'e3',
        'true',
        'nul',
        ' ',
      ],
    );
    const text = fc.array(token, { maxLength: 12 }).map((parts) => `{"a":${parts.join('')}}`);
    fc.assert(
      fc.property(text, (json) => {
        expect(isScanned(json)).toBe(isParsed(json));
      }),
      { numRuns: 3000 },
    );
  });

  it('may be nested 10,000 levels deep', () => {
    const deep = `{"a":${'[{"b":'.repeat(5000)}1${'}]'.repeat(5000)}}`;
    expect(raws(page(entry(deep)))).toEqual([deep]);
  });
});

function isScanned(json: string): boolean {
  try {
    return scanResource(json).raw === json;
  } catch {
    return false;
  }
}

function isParsed(json: string): boolean {
  try {
    JSON.parse(json);
    return true;
  } catch {
    return false;
  }
}

describe('a page', () => {
  it('says what it is, whatever the order of its members', () => {
    const text = `\uFEFF {
      "entry": [
        { "search": { "mode": "include" },
          "resource": { "id": "p1", "resourceType": "Practitioner" },
          "fullUrl": "https://ehr.example/fhir/Practitioner/p1" },
        { "resource": { "resourceType": "Claim", "id": "c1", "contained": [{ "resourceType": "Coverage", "id": "x" }] },
          "request": { "method": "POST", "url": "Claim", "ifNoneExist": "identifier=s|v" } }
      ],
      "link": [{ "relation": "next", "url": "https://ehr.example/fhir?page=2" }, { "relation": "self" }, null],
      "total": 12, "type": "searchset", "resourceType": "Bundle"
    }`;
    const { entries, ...about } = scanBundle(text);
    expect(about).toEqual({
      type: 'searchset',
      total: 12,
      links: [{ relation: 'next', url: 'https://ehr.example/fhir?page=2' }],
      entriesWithoutResource: 0,
      withoutResource: [],
    });
    expect(entries).toMatchObject([
      {
        position: 1,
        resourceType: 'Practitioner',
        id: 'p1',
        searchMode: 'include',
        fullUrl: 'https://ehr.example/fhir/Practitioner/p1',
      },
      {
        position: 2,
        resourceType: 'Claim',
        id: 'c1',
        request: { method: 'POST', url: 'Claim', ifNoneExist: 'identifier=s|v' },
      },
    ]);
    expect(entries[1]).not.toHaveProperty('fullUrl');
  });

  it('counts what holds no resource and names its place', () => {
    const text = page('{"response":{}}', entry('{"id":"a"}'), 'null', '{"resource":[]}');
    expect(scanBundle(text)).toMatchObject({
      entries: [{ position: 2, id: 'a', resourceType: undefined }],
      entriesWithoutResource: 3,
      withoutResource: [1, 3, 4],
    });
  });

  it('takes the last of duplicate keys, as JSON.parse does', () => {
    const text = `{"resourceType":"Patient","resourceType":"Bundle","entry":[{"resource":{"id":"no"}}],
      "entry":[{"resource":{"id":"no"},"resource":{"id":"old","id":"new"}}]}`;
    expect(scanBundle(text).entries).toMatchObject([{ id: 'new' }]);
  });

  it('reads keys that are spelled with escapes', () => {
    const text =
      '{"resourceTyp\\u0065":"Bundle","entry":[{"r\\u0065source":{"\\u0069d":"a\\u0062"}}]}';
    expect(scanBundle(text).entries).toMatchObject([{ id: 'ab' }]);
  });

  it('takes an id that no store can keep, half of a character, for none', () => {
    const text = page(entry('{"id":"a\\ud800"}'), entry('{"id":"\\ud83d\\ude00"}'));
    expect(scanBundle(text).entries.map(({ id }) => id)).toEqual([undefined, '😀']);
  });

  it('may be empty', () => {
    expect(scanBundle('{"resourceType":"Bundle","type":"searchset","total":0}').entries).toEqual(
      [],
    );
  });

  it.each([
    ['a web page', '<!doctype html><html></html>'],
    ['nothing', ''],
    ['white space alone', ' \n '],
    ['a page with something behind it', `${page()} x`],
    ['a wrong token', page(entry('{"a":tru3}'))],
    ['a raw line break in a string', page(entry('{"a":"\n"}'))],
    ['a missing comma', page(entry('{"a":1 "b":2}'))],
  ])('that is %s is no JSON', (_what, text) => {
    expect(() => scanBundle(text)).toThrow(expect.objectContaining({ code: 'fhir.not_json' }));
  });

  it('that ends anywhere inside is truncated', () => {
    const text = page(entry('{"id":"a\\u00e9","n":-1.5e3,"t":true,"l":[null,{}]}'));
    for (let end = 1; end < text.length; end += 1) {
      expect(() => scanBundle(text.slice(0, end)), text.slice(0, end)).toThrow(
        expect.objectContaining({ code: 'fhir.truncated' }),
      );
    }
  });

  it.each([
    ['another resource', '{"resourceType":"OperationOutcome"}', 'OperationOutcome'],
    ['an object of no type', '{}', undefined],
    ['a list', '[{"resourceType":"Bundle"}]', undefined],
    ['a type that is no type', '{"resourceType":"Jane Doe, 1970"}', undefined],
  ])('that is %s is no bundle, and only a type is told', (_what, text, detail) => {
    expect(() => scanBundle(text)).toThrow(
      expect.objectContaining({ code: 'fhir.not_a_bundle', detail }),
    );
  });
});
