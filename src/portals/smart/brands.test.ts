// Proves the reader of user-access brands: brands, their parts and portals, merged by identifier; and of plainer lists.

import { describe, expect, it } from 'vitest';
import { smartDirectory } from './directory.ts';

const endpoint = (id: string, version?: string) => ({
  fullUrl: `https://ehr.example/Endpoint/${id}`,
  resource: {
    resourceType: 'Endpoint',
    id,
    address: `https://ehr.example/${id}/R4/`,
    ...(version
      ? {
          extension: [
            {
              url: 'http://hl7.org/fhir/StructureDefinition/endpoint-fhir-version',
              valueCode: version,
            },
          ],
        }
      : {}),
  },
});
const brand = (id: string, more: object) => ({
  fullUrl: `https://brand.example/Organization/${id}`,
  resource: { resourceType: 'Organization', id, name: `Brand ${id}`, ...more },
});
const refers = (...ids: string[]) => ({
  endpoint: ids.map((id) => ({ reference: `https://ehr.example/Endpoint/${id}` })),
});
const identified = (value: string) => ({
  identifier: [{ system: 'urn:ietf:rfc:3986', value }],
});
const portal = (portalName: string, id: string) => ({
  url: 'http://hl7.org/fhir/StructureDefinition/organization-portal',
  extension: [
    { url: 'portalName', valueString: portalName },
    { url: 'portalEndpoint', valueReference: { reference: `https://ehr.example/Endpoint/${id}` } },
  ],
});
const read = (...entry: unknown[]) =>
  smartDirectory.read(JSON.stringify({ resourceType: 'Bundle', entry }));

describe('a bundle whose keys come in another order', () => {
  const entry = [endpoint('a'), brand('1', refers('a'))];
  it.each([
    ['its entries first', { entry, resourceType: 'Bundle' }],
    [
      'what is said about it first',
      { meta: { tag: [{ code: 'x' }] }, resourceType: 'Bundle', entry },
    ],
    [
      'what it is last of all',
      { meta: { source: 'y'.repeat(5_000) }, entry, resourceType: 'Bundle' },
    ],
  ])('%s, is one all the same', (_how, value) => {
    expect(smartDirectory.read(JSON.stringify(value)).clinics.map(({ name }) => name)).toEqual([
      'Brand 1',
    ]);
  });

  it('is told by its own keys, not by those of what is in it', () => {
    const inside = JSON.stringify([
      { name: 'Far', url: 'https://ehr.example/r4', resourceType: 1 },
    ]);
    expect(smartDirectory.read(inside).clinics.map(({ name }) => name)).toEqual(['Far']);
    const names = '{"contained":{"resourceType":"Bundle"}}';
    expect(() => smartDirectory.read(names)).toThrow(
      expect.objectContaining({ code: 'directory.not_a_list' }),
    );
  });
});

describe('a bundle of brands', () => {
  it('gives a clinic for each portal of a brand, by brand and place', () => {
    const { clinics, unreadable } = read(
      brand('1', {
        ...identified('https://brand.example'),
        alias: ['Old Name'],
        address: [{ city: 'Boston', state: 'MA', postalCode: '02118' }, { city: 'Newton' }],
        ...refers('a'),
      }),
      endpoint('a', '4.0.1'),
    );
    expect(unreadable).toBe(0);
    expect(clinics).toEqual([
      {
        id: 'https://brand.example',
        fhirBaseUrl: 'https://ehr.example/a/R4',
        name: 'Brand 1',
        aliases: ['Old Name', 'Brand 1, Newton'],
        town: 'Boston',
        state: 'MA',
        postalCode: '02118',
      },
    ]);
  });

  it('names the portals of a brand that has several, and keeps them apart', () => {
    const { clinics } = read(
      brand('1', {
        ...refers('a', 'b'),
        extension: [portal('Adults', 'a'), portal('Children', 'b')],
      }),
      endpoint('a'),
      endpoint('b'),
    );
    expect(clinics.map((c) => c.name)).toEqual(['Brand 1, Adults', 'Brand 1, Children']);
    expect(new Set(clinics.map((c) => c.id)).size).toBe(2);
  });

  it('merges brands by their identifier [SMART 2.2 @420]', () => {
    const same = identified('https://brand.example');
    const { clinics } = read(
      brand('1', { ...same, ...refers('a') }),
      brand('2', { ...same, alias: ['Second'] }),
      endpoint('a'),
    );
    expect(clinics).toMatchObject([{ name: 'Brand 1', aliases: ['Brand 2', 'Second'] }]);
  });

  it('gives a part of a brand its brand’s portal', () => {
    const { clinics } = read(
      brand('1', refers('a')),
      brand('2', { partOf: { reference: 'Organization/1' } }),
      endpoint('a'),
    );
    expect(clinics.map((c) => [c.name, c.fhirBaseUrl])).toEqual([
      ['Brand 1', 'https://ehr.example/a/R4'],
      ['Brand 2', 'https://ehr.example/a/R4'],
    ]);
  });

  it('leaves out servers of another FHIR version, and counts what it can’t read', () => {
    const { clinics, unreadable } = read(
      brand('1', refers('a', 'b')),
      endpoint('a', '1.0.2'),
      endpoint('b', '4.0.1'),
      { resource: { resourceType: 'Endpoint', id: 'c' } },
      { resource: { resourceType: 'Organization', id: '3' } },
    );
    expect(clinics.map((c) => c.fhirBaseUrl)).toEqual(['https://ehr.example/b/R4']);
    expect(unreadable).toBe(2);
  });
});

describe('a list without brands', () => {
  it('gives each Endpoint under the name of the Organization in it', () => {
    const { resource } = endpoint('a');
    const { clinics } = read({
      resource: {
        ...resource,
        contained: [
          { resourceType: 'Organization', name: 'Lido Clinic', address: [{ city: 'Orange Park' }] },
        ],
      },
    });
    expect(clinics).toMatchObject([{ id: 'a', name: 'Lido Clinic', town: 'Orange Park' }]);
  });

  it('may be an array of names and addresses; other text is refused', () => {
    const text = '[{"id":"1","name":"One","url":"https://ehr.example/r4/"},{"name":"Two"}]';
    expect(smartDirectory.read(text)).toMatchObject({
      clinics: [{ id: '1', fhirBaseUrl: 'https://ehr.example/r4' }],
      unreadable: 1,
    });
    for (const other of ['<html>', '[]', '{}', '7', '{"a":1}'])
      expect(() => smartDirectory.read(other)).toThrow();
  });
});
