// Proves what of a page is taken for the patient's own, and that what is not is counted by kind and reason.

import { describe, expect, it } from 'vitest';
import { scanBundle } from '../fhir/bundle.ts';
import { normalisePage } from './normalise.ts';

const BASE = 'https://ehr.example/fhir/r4';
const asked = { person: 'person-1', patientId: 'p1', fhirBaseUrl: BASE, links: 'own' } as const;

type Entry = { fullUrl?: string; resource?: object };
const page = (...entry: Entry[]) =>
  normalisePage(scanBundle(JSON.stringify({ resourceType: 'Bundle', entry })), asked);

const observation = (more: object) => ({
  resource: { resourceType: 'Observation', id: 'o', ...more },
});
const of = (reference: string) => observation({ subject: { reference } });
const other = (type: string, count = 1) => ({ code: 'sync.other_patient', type, count });
const kept = (...entry: Entry[]) => page(...entry).resources.map(({ type, id }) => `${type}/${id}`);

describe('a record of the patient asked about', () => {
  it.each([
    ['by id', 'Patient/p1'],
    ['by id and version', 'Patient/p1/_history/1'],
    ['by its address on the FHIR base', `${BASE}/Patient/p1`],
    ['by its address and version', `${BASE}/Patient/p1/_history/3`],
    ['by its address, written another way', 'HTTPS://EHR.example:443/fhir/r4/Patient/p1'],
    ['by a urn of its id', 'urn:uuid:P1'],
    ['within the record', '#p2'],
    ['by nothing that is an address', 'the patient'],
  ])('is kept when it names them %s', (_how, reference) => {
    expect(page(of(reference))).toMatchObject({ resources: [{ id: 'o' }], setAside: [] });
  });

  it('is kept when the page itself says that its urn is theirs', () => {
    const urn = 'urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0';
    const patient = { fullUrl: urn, resource: { resourceType: 'Patient', id: 'p1' } };
    expect(kept(of(urn.toUpperCase().replace('URN:UUID', 'urn:uuid')), patient)).toEqual([
      'Observation/o',
      'Patient/p1',
    ]);
  });

  it('is kept when it names them beside others, an identifier alone, a group, or nobody', () => {
    const participant = ['Patient/p2', 'Patient/p1'].map((reference) => ({ actor: { reference } }));
    const group = { fullUrl: 'urn:uuid:g', resource: { resourceType: 'Group', id: 'g' } };
    expect(
      page(
        { resource: { resourceType: 'Appointment', id: 'a', participant } },
        observation({ subject: { identifier: { system: 'mrn', value: '7' } } }),
        of('Group/g'),
        of('urn:uuid:g'),
        group,
        { resource: { resourceType: 'Practitioner', id: 'd' } },
        { resource: { resourceType: 'Organization', id: 'h' } },
        { resource: { resourceType: 'constructor', id: 'c' } },
      ),
    ).toMatchObject({ resources: { length: 8 }, setAside: [] });
  });
});

describe('a record of another patient', () => {
  it.each([
    ['another id', 'Patient/p2'],
    ['an id that begins like theirs', 'Patient/p11'],
    ['the id on another server', 'https://elsewhere.example/fhir/r4/Patient/p1'],
    ['another id on the FHIR base', `${BASE}/Patient/p2`],
    ['a version of another', 'Patient/p2/_history/1'],
    ['a urn that nothing says is theirs', 'urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0'],
  ])('is set aside and named when it names %s', (_how, reference) => {
    expect(page(of(reference))).toMatchObject({
      resources: [],
      setAside: [other('Observation')],
    });
  });

  it.each([
    ['Coverage', { beneficiary: { reference: 'Patient/p2' } }],
    ['AllergyIntolerance', { patient: { reference: 'Patient/p2' } }],
    ['Task', { for: { reference: 'Patient/p2' }, owner: { reference: 'Patient/p1' } }],
    ['Patient', {}],
  ])('is set aside whatever the element: %s', (resourceType, more) => {
    const entry = { resource: { resourceType, id: 'x', ...more } };
    expect(page(entry)).toMatchObject({ resources: [], setAside: [other(resourceType)] });
  });

  it('takes its Provenance with it, and leaves that of the patient’s own', () => {
    const provenance = (id: string, ...targets: string[]) => ({
      resource: {
        resourceType: 'Provenance',
        id,
        target: targets.map((reference) => ({ reference })),
      },
    });
    const own = { resource: { resourceType: 'Observation', id: 'mine' } };
    const result = page(
      provenance('theirs', 'Observation/o/_history/2'),
      provenance('both', 'Observation/o', 'Observation/mine'),
      provenance('mine', `${BASE}/Observation/mine`),
      provenance('none'),
      own,
      of('Patient/p2'),
    );
    expect(result.resources.map(({ id }) => id)).toEqual(['both', 'mine', 'none', 'mine']);
    expect(result.setAside).toEqual([other('Provenance'), other('Observation')]);
  });
});

describe('what is no record', () => {
  it('is set aside and counted by kind, beside what is another patient’s', () => {
    const outcome = { resource: { resourceType: 'OperationOutcome', id: 'x' } };
    const { setAside } = page(
      outcome,
      outcome,
      {},
      { resource: { id: 'no-type' } },
      { resource: { resourceType: 'Observation' } },
      of('Patient/p2'),
      of('Patient/p3'),
    );
    const none = (type: string, count: number) => ({ code: 'sync.not_a_record', type, count });
    expect(setAside).toEqual([
      none('', 2),
      none('OperationOutcome', 2),
      none('Observation', 1),
      other('Observation', 2),
    ]);
  });
});
