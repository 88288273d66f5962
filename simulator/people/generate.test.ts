// The generated people: the same every time, whole, and with the recorded oddities at about the recorded rates.

import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { athenahealthBehaviour } from '../../src/portals/athenahealth/behaviour.ts';
import { makeResourceStore } from '../fhir-server/store.ts';
import { athenahealthVendor } from '../vendors/athenahealth.ts';
import type { GeneratedResource, WorldRequest } from './world.ts';

const request: WorldRequest = {
  environment: 'production',
  seed: 1,
  people: 1,
  size: undefined,
  anchor: '2026-01-15',
};
const main = 'a-24411.E-2051';
const generate = (asked: WorldRequest) => {
  const resources: GeneratedResource[] = [];
  return {
    ...athenahealthVendor.generateWorld(asked, (generated) => resources.push(generated)),
    resources,
  };
};
const world = generate(request);
const ofType = (type: string) =>
  world.resources.filter(({ resource }) => resource.resourceType === type);
const share = (list: readonly unknown[], of: readonly unknown[]) => list.length / of.length;
const digest = (request: WorldRequest) => {
  const store = makeResourceStore([]);
  const hash = createHash('sha256');
  for (const generated of generate(request).resources) {
    store.put(generated);
    const { resourceType, id } = generated.resource;
    hash.update(store.get(resourceType, id)?.text ?? '');
  }
  return hash.digest('hex');
};

describe('a world', () => {
  it('is the same, byte for byte, for the same seed, and another for another', () => {
    expect(digest(request)).toBe(digest({ ...request }));
    expect(digest(request)).not.toBe(digest({ ...request, seed: 2 }));
  });

  it('has no two resources of one type and id', () => {
    const keys = world.resources.map(({ resource }) => `${resource.resourceType}/${resource.id}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('has ids that FHIR allows [FHIR R4 datatypes.html#id]', () => {
    for (const { resource } of world.resources)
      expect(resource.id).toMatch(/^[A-Za-z0-9\-.]{1,64}$/);
  });

  it('has no reference that leads nowhere, and none that is absolute', () => {
    const store = makeResourceStore(world.resources);
    const lost = new Set<string>();
    for (const { resource } of world.resources) {
      for (const reference of store.get(resource.resourceType, resource.id)?.references ?? []) {
        const [type = '', id = ''] = reference.split('/');
        if (store.get(type, id) === undefined) lost.add(reference);
      }
    }
    expect([...lost]).toEqual([]);
  });

  it('lets no chart refer to another', () => {
    const store = makeResourceStore(world.resources);
    for (const { resource, patientId } of world.resources) {
      for (const reference of store.get(resource.resourceType, resource.id)?.references ?? []) {
        const [type = '', id = ''] = reference.split('/');
        const owner = store.get(type, id)?.patientId;
        if (owner !== undefined) expect(owner).toBe(patientId);
      }
    }
  });

  it('has a family at three or more practices, an account with several, and one with a child', () => {
    expect(world.practices.length).toBeGreaterThanOrEqual(3);
    const nora = world.accounts.find(({ username }) => username === 'nora@example.org');
    expect(nora?.charts.map(({ practiceId }) => practiceId)).toEqual(['24411', '40192']);
    const tomas = world.accounts.find(({ username }) => username === 'tomas@example.org');
    expect(tomas?.charts.map(({ patientId }) => patientId)).toContain('a-18823.E-5310');
    expect(world.accounts).toHaveLength(4);
    for (const { charts } of world.accounts) {
      for (const { patientId } of charts) {
        expect(ofType('Patient').some(({ resource }) => resource.id === patientId)).toBe(true);
      }
    }
  });

  it('ends before the anchor, and goes back ten years', () => {
    const days = ofType('Encounter').map(({ resource }) =>
      String((resource.period as { start: string }).start),
    );
    expect(days.every((day) => day < '2026-01-16')).toBe(true);
    expect(days.some((day) => day < '2016-09')).toBe(true);
    expect(world.resources.every(({ updated }) => updated < '2026-01-16')).toBe(true);
  });
});

describe('the main chart', () => {
  const chart = world.resources.filter(({ patientId }) => patientId === main);

  it('is rich: 900 to 1,500 resources of all clinical types', () => {
    expect(chart.length).toBeGreaterThanOrEqual(900);
    expect(chart.length).toBeLessThanOrEqual(1500);
    expect(new Set(chart.map(({ resource }) => resource.resourceType)).size).toBe(16);
  });

  it.each([300, 6000])('scales to about %i resources', (size) => {
    const count = generate({ ...request, size }).resources.filter(
      ({ patientId }) => patientId === main,
    ).length;
    expect(count).toBeGreaterThan(size * 0.8);
    expect(count).toBeLessThan(size * 1.35);
  });

  it('has a ferritin that fell and rose, at two laboratories with different ranges', () => {
    const ferritin = chart
      .map(({ resource }) => resource)
      .filter((resource) => {
        const { coding } = (resource.code ?? {}) as { coding?: { code: string }[] };
        return coding?.[0]?.code === '2276-4' && resource.status === 'final';
      });
    const values = ferritin.map(
      (resource) =>
        JSON.parse(JSON.stringify(resource.valueQuantity)) as {
          value: number;
          comparator?: string;
        },
    );
    expect(Math.min(...values.map(({ value }) => value))).toBeLessThan(12);
    expect(values.at(-1)?.value).toBeGreaterThan(40);
    const ranges = new Set(ferritin.map((resource) => JSON.stringify(resource.referenceRange)));
    expect(ranges.size).toBe(2);
  });

  it('writes numbers with the digits of its laboratory, trailing zeros too', () => {
    const store = makeResourceStore(chart);
    const texts = chart.map(
      ({ resource }) => store.get(resource.resourceType, resource.id)?.text ?? '',
    );
    expect(texts.some((text) => /"value":\d+\.\d*0,/.test(text))).toBe(true);
    expect(texts.some((text) => /"value":\d+\.\d{9,},/.test(text))).toBe(true);
  });

  it('writes some texts with \\u escapes and some without', () => {
    const store = makeResourceStore(world.resources);
    const texts = world.resources.map(
      ({ resource }) => store.get(resource.resourceType, resource.id)?.text ?? '',
    );
    expect(texts.some((text) => /\\u00[ef]/.test(text))).toBe(true);
    expect(texts.some((text) => /[à-ÿ]/.test(text))).toBe(true);
  });
});

describe('the oddities', () => {
  const { rates } = athenahealthBehaviour;
  const observations = ofType('Observation').map(({ resource }) => resource);
  const conditions = ofType('Condition').map(({ resource }) => resource);
  const documents = ofType('DocumentReference').map(({ resource }) => resource);

  it.each([
    ['entered-in-error', rates.observationEnteredInError],
    ['unknown', rates.observationUnknown],
    ['cancelled', rates.observationCancelled],
  ])('make Observations %s at about the recorded rate', (status, rate) => {
    const found = share(
      observations.filter((resource) => resource.status === status),
      observations,
    );
    expect(found).toBeGreaterThan(rate * 0.6);
    expect(found).toBeLessThan(rate * 1.5);
  });

  it('leave about a tenth of the Observations with words for a code', () => {
    const found = share(
      observations.filter(({ code }) => !Object.hasOwn(code as object, 'coding')),
      observations,
    );
    expect(found).toBeGreaterThan(0.05);
    expect(found).toBeLessThan(0.15);
  });

  it('leave most Conditions without a clinical status, and enter many in error', () => {
    const active = share(
      conditions.filter(({ clinicalStatus }) => clinicalStatus !== undefined),
      conditions,
    );
    expect(active).toBeGreaterThan(0.08);
    expect(active).toBeLessThan(0.28);
    const wrong = conditions.filter(({ verificationStatus }) =>
      JSON.stringify(verificationStatus).includes('entered-in-error'),
    );
    expect(share(wrong, conditions)).toBeGreaterThan(0.2);
    expect(share(wrong, conditions)).toBeLessThan(0.38);
  });

  it('leave half of all resources without meta.lastUpdated', () => {
    const charted = world.resources.filter(({ patientId }) => patientId !== undefined);
    const without = charted.filter(
      ({ resource }) =>
        (resource.meta as { lastUpdated?: string } | undefined)?.lastUpdated === undefined,
    );
    expect(share(without, charted)).toBeGreaterThan(0.45);
    expect(share(without, charted)).toBeLessThan(0.55);
  });

  it('put a third of the documents inline and say of the rest that they are absent', () => {
    const attachments = documents.map(
      ({ content }) => (content as { attachment: Record<string, unknown> }[])[0]?.attachment ?? {},
    );
    const inline = attachments.filter(({ data }) => data !== undefined);
    expect(share(inline, attachments)).toBeGreaterThan(0.28);
    expect(share(inline, attachments)).toBeLessThan(0.45);
    for (const attachment of attachments) {
      expect(attachment).not.toHaveProperty('url');
      if (attachment.data === undefined) {
        expect(attachment.contentType).toBe('application/octet-stream');
        expect(JSON.stringify(attachment._data)).toContain('data-absent-reason');
      } else {
        expect(Buffer.from(String(attachment.data), 'base64').toString()).toMatch(/^<html>/);
      }
    }
  });

  it('include empty values, comparators, amended results and words for results', () => {
    const empty = observations.filter(
      ({ valueCodeableConcept }) =>
        valueCodeableConcept !== undefined &&
        Object.keys(valueCodeableConcept as object).length === 0,
    );
    expect(empty.length).toBeGreaterThan(0);
    const texts = observations.map((resource) => JSON.stringify(resource));
    expect(texts.some((text) => text.includes('"comparator":"<"'))).toBe(true);
    expect(observations.some(({ status }) => status === 'amended')).toBe(true);
    expect(observations.some(({ valueString }) => typeof valueString === 'string')).toBe(true);
    const pressure = observations.find(({ component }) => component !== undefined);
    expect(pressure?.component).toHaveLength(2);
  });

  it('give a patient several official names and a social security number that nobody can have', () => {
    const nora = ofType('Patient').find(({ resource }) => resource.id === main)?.resource;
    const names = nora?.name as { use: string; period?: { end?: string } }[];
    expect(names.filter(({ use }) => use === 'official')).toHaveLength(2);
    expect(names.filter(({ period }) => period?.end === undefined)).toHaveLength(1);
    for (const { resource } of ofType('Patient')) {
      const identifiers = resource.identifier as { system: string; value: string }[];
      const ssn = identifiers.find(({ system }) => system.endsWith('us-ssn'));
      expect(ssn?.value).toMatch(/^9\d\d-\d\d-\d{4}$/);
    }
  });

  it('use every intent of MedicationRequest', () => {
    const intents = new Set(ofType('MedicationRequest').map(({ resource }) => resource.intent));
    expect([...intents].sort()).toEqual(['option', 'order', 'plan', 'proposal']);
  });
});

describe('the preview', () => {
  it('has the vendor’s published patient and login at practice 80000', () => {
    const preview = generate({ ...request, environment: 'preview', people: 0 });
    expect(preview.practices.map(({ id }) => id)).toEqual(['80000']);
    expect(preview.accounts.map(({ username, password }) => [username, password])).toEqual([
      ['phrtest_preview@mailinator.com', 'Password1'],
    ]);
    expect(preview.resources.some(({ resource }) => resource.id === 'a-80000.E-14545')).toBe(true);
  });
});
