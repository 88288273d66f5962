// Proves the reader of Healow's list: two halves of one id make a practice, and what is no whole one is counted.

import { describe, expect, it } from 'vitest';
import { healowDirectory } from './directory.ts';

const organization = (id: string, name: string) => ({
  resource: {
    resourceType: 'Organization',
    id,
    name,
    alias: ['Also this'],
    address: [{ city: 'Wren Cove', state: 'ME', postalCode: '04811' }],
  },
});
const endpoint = (id: string, address = `https://fhir4.healow.com/fhir/r4/${id}`) => ({
  resource: { resourceType: 'Endpoint', id, address },
});
const read = (entry: unknown[]) =>
  healowDirectory.read(JSON.stringify({ resourceType: 'Bundle', entry }));

describe('the list of activated endpoints', () => {
  it('is practices by code, each at its own base, whichever half comes first', () => {
    const { clinics, unreadable } = read([
      organization('AACJCD', 'Pine Street Clinic'),
      endpoint('AACJCD'),
      endpoint('IAJHCD', 'https://fhir4.healow.com/fhir/r4/IAJHCD/'),
      organization('IAJHCD', 'Skin Center'),
    ]);
    expect(unreadable).toBe(0);
    expect(clinics).toEqual([
      {
        id: 'AACJCD',
        fhirBaseUrl: 'https://fhir4.healow.com/fhir/r4/AACJCD',
        name: 'Pine Street Clinic',
        aliases: ['Also this'],
        town: 'Wren Cove',
        state: 'ME',
        postalCode: '04811',
      },
      expect.objectContaining({
        id: 'IAJHCD',
        fhirBaseUrl: 'https://fhir4.healow.com/fhir/r4/IAJHCD',
      }),
    ]);
  });

  it('counts a half without its other one, and what is neither', () => {
    const { clinics, unreadable } = read([
      organization('AACJCD', 'Whole'),
      endpoint('AACJCD'),
      organization('BBBBBB', 'No endpoint'),
      endpoint('CCCCCC'),
      endpoint('DDDDDD', 'javascript:alert(1)'),
      { resource: { resourceType: 'Organization', id: 'EEEEEE' } },
      null,
    ]);
    expect(clinics.map((c) => c.name)).toEqual(['Whole']);
    expect(unreadable).toBe(5);
  });

  it('of the bases for clinicians’ programs names the same practices at the patients’ base', () => {
    const source = {
      URL: 'https://fhir4.eclinicalworks.com/fhir/r4/DGIACA',
      OrganizationName: 'Surgical Clinic',
      OrganizationZipCode: '59101',
    };
    const text = JSON.stringify({ Endpoints: [source] });
    expect(healowDirectory.isOwn(text)).toBe(true);
    expect(healowDirectory.read(text).clinics).toMatchObject([
      {
        id: 'DGIACA',
        fhirBaseUrl: 'https://fhir4.healow.com/fhir/r4/DGIACA',
        postalCode: '59101',
      },
    ]);
  });
});
