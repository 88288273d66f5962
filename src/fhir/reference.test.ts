// Proves how the text of a reference is read.

import { describe, expect, it } from 'vitest';
import { isUuid, parseReference, referencesIn } from './reference.ts';

describe('parseReference', () => {
  it.each([
    ['#med', { kind: 'contained', id: 'med' }],
    ['Patient/a-1.b', { kind: 'relative', type: 'Patient', id: 'a-1.b' }],
    ['Patient/1/_history/3', { kind: 'relative', type: 'Patient', id: '1' }],
    [
      'https://ehr.example:8443/a/fhir/r4/Patient/1',
      { kind: 'absolute', base: 'https://ehr.example:8443/a/fhir/r4', type: 'Patient', id: '1' },
    ],
    ['Patient/a_1~b', { kind: 'relative', type: 'Patient', id: 'a_1~b' }],
    [
      'HTTPS://ehr.example/fhir/Patient/1',
      { kind: 'absolute', base: 'HTTPS://ehr.example/fhir', type: 'Patient', id: '1' },
    ],
    ['urn:uuid:AB-c', { kind: 'urn', urn: 'urn:uuid:ab-c' }],
    ['urn:oid:2.16.840', { kind: 'urn', urn: 'urn:oid:2.16.840' }],
    [
      'Practitioner?identifier=http://hl7.org/fhir/sid/us-npi|99',
      {
        kind: 'conditional',
        type: 'Practitioner',
        system: 'http://hl7.org/fhir/sid/us-npi',
        value: '99',
      },
    ],
    [
      'Organization?active=true&identifier=urn%3Aoid%3A1%7CA%2BB+C',
      { kind: 'conditional', type: 'Organization', system: 'urn:oid:1', value: 'A+B+C' },
    ],
    ['Location?identifier=7', { kind: 'conditional', type: 'Location', system: '', value: '7' }],
    ['Location?name=x', { kind: 'other', text: 'Location?name=x' }],
    ['see chart', { kind: 'other', text: 'see chart' }],
    ['', { kind: 'other', text: '' }],
  ])('reads %j', (text, expected) => {
    expect(parseReference(text)).toEqual(expected);
  });
});

describe('referencesIn', () => {
  it('finds references at any depth, contained ones too, in the order of the text', () => {
    const resource = {
      resourceType: 'Claim',
      identifier: [{ system: 's', value: 'its own' }],
      patient: { reference: 'Patient/1' },
      item: [{ encounter: [{ reference: 'Encounter/2' }] }],
      contained: [{ resourceType: 'Coverage', payor: [{ reference: '#o' }] }],
    };
    expect([...referencesIn(resource)]).toEqual([
      { kind: 'relative', type: 'Patient', id: '1' },
      { kind: 'relative', type: 'Encounter', id: '2' },
      { kind: 'contained', id: 'o' },
    ]);
  });

  it('reads one identifier in place of an address [R4 references, logical]', () => {
    const resource = {
      resourceType: 'PractitionerRole',
      practitioner: { identifier: { system: 'npi', value: '9' }, display: 'Dr. No' },
      organization: { type: 'Organization', identifier: { system: 's', value: 'o' } },
      location: [{ display: 'somewhere' }],
    };
    expect([...referencesIn(resource)]).toEqual([
      { kind: 'conditional', type: '', system: 'npi', value: '9' },
      { kind: 'conditional', type: 'Organization', system: 's', value: 'o' },
    ]);
  });

  it('does not take a resource with one identifier of its own for a reference', () => {
    const resource = { resourceType: 'Bundle', identifier: { system: 's', value: 'b' } };
    expect([...referencesIn(resource)]).toEqual([]);
  });

  it('goes 10,000 levels deep', () => {
    let deep: unknown = { reference: 'Patient/1' };
    for (let n = 0; n < 10_000; n += 1) deep = [{ a: deep }];
    expect([...referencesIn(deep)]).toHaveLength(1);
  });
});

describe('isUuid', () => {
  it('knows a UUID from an id that looks alike', () => {
    expect(isUuid('76F217DF-3176-7627-8fef-e60a9b3574c2')).toBe(true);
    expect(isUuid('76f217df-3176-7627-8fef-e60a9b3574c')).toBe(false);
    expect(isUuid('a-80000.E-1')).toBe(false);
  });
});
