// The FHIR server's rules, through real HTTP with a token from the real flow.

import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningSimulator } from '../start.ts';
import { allScopes, type AppKey, connect, startWithApps } from '../testing/app.ts';

let simulator: RunningSimulator;
let key: AppKey;
let close: () => Promise<void>;
let nora: Awaited<ReturnType<typeof connect>>;

beforeAll(async () => {
  ({ simulator, key, close } = await startWithApps());
  nora = await connect(simulator, key);
});
afterAll(() => close());

type Bundle = {
  total?: number;
  link: { relation: string; url: string }[];
  entry?: { fullUrl: string; resource: Record<string, unknown>; search: { mode: string } }[];
};

async function bundle(path: string, from = nora): Promise<Bundle> {
  const response = await from.get(path);
  expect(response.status).toBe(200);
  return (await response.json()) as Bundle;
}

function next(page: Bundle): string | undefined {
  return page.link.find(({ relation }) => relation === 'next')?.url;
}

async function idsOnAllPages(path: string): Promise<string[]> {
  const ids: string[] = [];
  for (let url: string | undefined = path; url !== undefined; ) {
    const page: Bundle = await bundle(url);
    ids.push(...(page.entry ?? []).map(({ resource }) => String(resource.id)));
    url = next(page);
  }
  return ids;
}

describe('a search', () => {
  it('gives pages of 50 without a total, each with a link to the next [FHIR R4 http.html#paging]', async () => {
    const page = await bundle(`Observation?patient=${nora.patient}`);
    expect(page.entry).toHaveLength(50);
    expect(page).not.toHaveProperty('total');
    expect(next(page)).toMatch(/[?&]cursor=[^&]+$/);
    expect(page.link.find(({ relation }) => relation === 'self')?.url).toContain(
      `patient=${nora.patient}`,
    );
  });

  it('gives each resource once over all its pages, as many as there are', async () => {
    const ids = await idsOnAllPages(`Observation?patient=${nora.patient}&_count=70`);
    const truth = simulator.control.truth('production', nora.patient);
    expect(ids).toHaveLength(truth.counts.Observation ?? 0);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('keeps the question in the next link as it was written', async () => {
    const path = `Observation?patient=${nora.patient}&ah-practice=Organization/a-1.Practice-24411&_count=9`;
    const url = next(await bundle(path)) ?? '';
    expect(url.startsWith(`${nora.fhirBase}/${path}&cursor=`)).toBe(true);
  });

  it('takes up to 1,000 resources a page and no more', async () => {
    expect(
      (await bundle(`Observation?patient=${nora.patient}&_count=1000`)).entry?.length,
    ).toBeGreaterThan(700);
    const small = await bundle(`Condition?patient=${nora.patient}&_count=3`);
    expect(small.entry).toHaveLength(3);
  });

  it('refuses a cursor that it never gave', async () => {
    expect((await nora.get(`Observation?patient=${nora.patient}&cursor=nothing`)).status).toBe(400);
  });

  it('gives an empty bundle without entry where there is nothing', async () => {
    const page = await bundle(`Observation?patient=${nora.patient}&category=exam`);
    expect(page).not.toHaveProperty('entry');
  });

  it.each([
    ['MedicationRequest', '[[patient,intent],[_id]]'],
    ['AllergyIntolerance', '[[patient]]'],
    ['Observation', '[[patient],[_id]]'],
    ['Location', '[[_id]]'],
    ['Practitioner', '[[_id],[identifier,ah-practice]]'],
  ])(
    'of %s without a required combination is refused with 403 in the vendor’s words',
    async (type, list) => {
      const needsIntent = type === 'MedicationRequest' ? `patient=${nora.patient}` : '';
      const response = await nora.get(`${type}?${needsIntent}`);
      expect(response.status).toBe(403);
      const { issue } = await response.json();
      expect(issue[0]).toMatchObject({ severity: 'fatal', code: 'forbidden' });
      expect(issue[0].details.text).toBe(
        `The search query could not be performed because one of the required parameter combinations ${list} was not provided.`,
      );
    },
  );

  it('of MedicationRequest takes a list of intents, and all four together find everything', async () => {
    const all = await idsOnAllPages(
      `MedicationRequest?patient=${nora.patient}&intent=proposal,plan,order,option`,
    );
    const orders = await idsOnAllPages(`MedicationRequest?patient=${nora.patient}&intent=order`);
    const { counts } = simulator.control.truth('production', nora.patient);
    expect(all).toHaveLength(counts.MedicationRequest ?? 0);
    expect(orders.length).toBeGreaterThan(0);
    expect(orders.length).toBeLessThan(all.length);
  });

  it('brings Provenance beside its targets when asked to', async () => {
    const page = await bundle(`Encounter?patient=${nora.patient}&_revinclude=Provenance:target`);
    const modes = (page.entry ?? []).map(({ search }) => search.mode);
    expect(modes).toContain('include');
    const matches = new Set(
      (page.entry ?? [])
        .filter(({ search }) => search.mode === 'match')
        .map(({ resource }) => `Encounter/${String(resource.id)}`),
    );
    for (const { resource, search } of page.entry ?? []) {
      if (search.mode !== 'include') continue;
      const [target] = resource.target as { reference: string }[];
      expect(matches).toContain(target?.reference);
    }
  });

  it('of Provenance itself needs a target', async () => {
    expect((await nora.get(`Provenance?patient=${nora.patient}`)).status).toBe(403);
    const page = await bundle(`Provenance?target=Patient/${nora.patient}`);
    expect(page.entry).toHaveLength(1);
  });

  it('narrows by category, date, status and time of change', async () => {
    const count = async (filter: string) =>
      (await idsOnAllPages(`Observation?patient=${nora.patient}&_count=1000&${filter}`)).length;
    const all = await count('');
    const lab = await count('category=laboratory');
    const vitals = await count('category=vital-signs');
    const social = await count(
      'category=http://terminology.hl7.org/CodeSystem/observation-category|social-history',
    );
    expect(lab + vitals + social).toBe(all);
    expect(social).toBe(2);
    expect((await count('date=ge2021-01-01')) + (await count('date=lt2021-01-01'))).toBe(all);
    expect(
      (await count('_lastUpdated=gt2020-06-30')) + (await count('_lastUpdated=le2020-06-30')),
    ).toBe(all);
    const [wrong, final] = [await count('status=entered-in-error'), await count('status=final')];
    expect(wrong).toBeGreaterThan(0);
    expect(await count('status=entered-in-error,final')).toBe(wrong + final);
  });

  it('can be posted to _search with a form', async () => {
    const form = new URLSearchParams({ patient: nora.patient, _count: '2' });
    const response = await nora.get('Condition/_search', { method: 'POST', body: form });
    expect(response.status).toBe(200);
    const page = (await response.json()) as Bundle;
    expect(page.entry).toHaveLength(2);
    expect((await bundle(next(page) ?? '')).entry).toHaveLength(2);
  });

  it('accepts the patient as a bare id and as a reference', async () => {
    const bare = await bundle(`Condition?patient=${nora.patient}`);
    const reference = await bundle(`Condition?patient=Patient/${nora.patient}`);
    expect(reference.entry).toEqual(bare.entry);
  });
});

describe('the practice', () => {
  const search = (practice: string) => nora.get(`Device?patient=${nora.patient}${practice}`);

  it.each([
    ['with a raw slash', '&ah-practice=Organization/a-1.Practice-24411'],
    ['with an encoded slash', '&ah-practice=Organization%2Fa-1.Practice-24411'],
    ['without its type', '&ah-practice=a-1.Practice-24411'],
    ['not at all', ''],
  ])('may be given %s', async (_how, practice) => {
    expect((await search(practice)).status).toBe(200);
  });

  it('is refused as a bare number with 400, details being a plain string', async () => {
    const response = await search('&ah-practice=24411');
    expect(response.status).toBe(400);
    expect((await response.json()).issue).toEqual([
      { severity: 'error', code: 'business-rule', details: 'Invalid FHIR request' },
    ]);
  });

  it('is refused with 403 when it is another one', async () => {
    expect((await search('&ah-practice=Organization/a-1.Practice-31057')).status).toBe(403);
    const read = `Patient/${nora.patient}?ah-practice=Organization/a-1.Practice-31057`;
    expect((await nora.get(read)).status).toBe(403);
  });
});

describe('another patient', () => {
  const tomas = 'a-24411.E-2052';

  it('is not found by id, and refused in a search', async () => {
    expect((await nora.get(`Patient/${tomas}`)).status).toBe(404);
    expect((await nora.get(`Observation?patient=${tomas}`)).status).toBe(403);
  });

  it('has nothing read or found through _id or target', async () => {
    const { resources } = simulator.control.truth('production', tomas);
    const theirs = resources.find(({ type }) => type === 'Observation');
    expect((await nora.get(`Observation/${theirs?.id}`)).status).toBe(404);
    expect(await bundle(`Observation?_id=${theirs?.id}`)).not.toHaveProperty('entry');
    expect(await bundle(`Provenance?target=Patient/${tomas}`)).not.toHaveProperty('entry');
    expect(await bundle(`Patient?_id=${tomas}`)).not.toHaveProperty('entry');
    expect(await bundle('Patient?name=Ellingsen')).toHaveProperty('entry.length', 1);
    expect(await bundle('Patient?name=Tom%C3%A1s')).not.toHaveProperty('entry');
  });
});

describe('a read', () => {
  it('gives the exact text of which the truth has the digest', async () => {
    const { resources } = simulator.control.truth('production', nora.patient);
    for (const type of ['Patient', 'Observation', 'MedicationRequest', 'Medication', 'Location']) {
      const known = resources.find((resource) => resource.type === type);
      const text = await (await nora.get(`${type}/${known?.id}`)).text();
      expect(createHash('sha256').update(text).digest('hex')).toBe(known?.sha256);
    }
  });

  it('gives the same text that stands in the bundle', async () => {
    const page = await (await nora.get(`Goal?patient=${nora.patient}`)).text();
    const id = /"id":"([^"]+)"/.exec(page.slice(page.indexOf('"entry"')))?.[1];
    expect(page).toContain(await (await nora.get(`Goal/${id}`)).text());
  });

  it('of an unknown id is 404 with an OperationOutcome', async () => {
    const response = await nora.get('Observation/a-24411.resultamb-0');
    expect(response.status).toBe(404);
    expect((await response.json()).resourceType).toBe('OperationOutcome');
  });

  it('of Binary is refused to a patient, whatever was granted', async () => {
    const response = await nora.get('Binary/a-24411.document-1');
    expect(response.status).toBe(403);
    expect((await response.json()).issue[0].details.text).toBe('Invalid Token Scope');
  });
});

describe('a practitioner', () => {
  it('is found by identifier together with the practice, and not by the identifier alone', async () => {
    const { resources } = simulator.control.truth('production', nora.patient);
    const id = resources.find(({ type }) => type === 'Practitioner')?.id;
    const { identifier } = await (await nora.get(`Practitioner/${id}`)).json();
    const search = `Practitioner?identifier=${identifier[0].value}`;
    expect((await nora.get(search)).status).toBe(403);
    const found = await bundle(`${search}&ah-practice=Organization/a-1.Practice-24411`);
    expect(found.entry?.map(({ resource }) => resource.id)).toEqual([id]);
  });
});

describe('scopes', () => {
  it('that are missing are answered with "Invalid Token Scope"', async () => {
    const scope = 'openid launch/patient patient/Patient.read';
    const narrow = await connect(simulator, key, { scope });
    const response = await narrow.get(`ServiceRequest?patient=${narrow.patient}`);
    expect(response.status).toBe(403);
    expect((await response.json()).issue[0]).toEqual({
      severity: 'fatal',
      code: 'forbidden',
      details: { text: 'Invalid Token Scope' },
      expression: ['ServiceRequest'],
    });
    expect((await nora.get(`ServiceRequest?patient=${nora.patient}`)).status).toBe(200);
  });

  it.each([
    ['rs', 200, 200],
    ['r', 403, 200],
    ['s', 200, 403],
  ])(
    'of v2 with .%s answer a search with %i and a read with %i',
    async (letters, searched, read) => {
      const scope = `openid launch/patient patient/Patient.rs patient/Device.${letters}`;
      const app = await connect(simulator, key, { scope });
      const id = simulator.control
        .truth('production', app.patient)
        .resources.find(({ type }) => type === 'Device')?.id;
      expect((await app.get(`Device?patient=${app.patient}`)).status).toBe(searched);
      expect((await app.get(`Device/${id}`)).status).toBe(read);
    },
  );
});

describe('an answer', () => {
  it('has the vendor’s media type and headers', async () => {
    const url = `${nora.fhirBase}/Condition?patient=${nora.patient}`;
    const { headers } = await nora.get(url);
    expect(headers.get('content-type')).toBe('application/fhir+json; charset=utf-8');
    expect(headers.get('ratelimit-limit')).toBe('500');
    expect(Number(headers.get('ratelimit-remaining'))).toBeLessThan(500);
    expect(headers.get('ratelimit-reset')).toBe('1');
    expect(headers.get('x-request-id')).toMatch(/^[\w-]{36}$/);
    expect(headers.get('location')).toBe(url);
    expect(headers.get('cneonction')).toBe('close');
  });

  it('is compressed only when that is asked for', async () => {
    const path = `Condition?patient=${nora.patient}`;
    const plain = await nora.get(path, { headers: { 'accept-encoding': 'identity' } });
    const packed = await nora.get(path, { headers: { 'accept-encoding': 'gzip' } });
    expect(plain.headers.get('content-encoding')).toBeNull();
    expect(packed.headers.get('content-encoding')).toBe('gzip');
    expect(await packed.text()).toBe(await plain.text());
  });

  it('without a token, or with an unknown one, is 401', async () => {
    for (const headers of [{}, { authorization: 'Bearer nothing' }]) {
      const response = await fetch(`${nora.fhirBase}/Patient/${nora.patient}`, { headers });
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toContain('Bearer');
    }
  });

  it.each(['Basic?patient=x', 'Nonsense/1', '../v1/80000/ping', 'Patient/a/b'])(
    'off the map (%s) is the gateway’s plain text',
    async (path) => {
      const response = await nora.get(path);
      expect(response.status).toBe(404);
      expect(response.headers.get('content-type')).toContain('text/plain');
      expect(await response.text()).toBe('Service not registered with API gateway.');
    },
  );

  it('of one environment needs that environment’s token', async () => {
    const url = `${simulator.url}/athenahealth/preview/fhir/r4/Patient/a-80000.E-14545`;
    expect((await nora.get(url)).status).toBe(401);
  });
});

describe('what is published without a token', () => {
  it('is a CapabilityStatement that puts the DSTU2 extension first', async () => {
    const statement = await (await fetch(`${nora.fhirBase}/metadata`)).json();
    const [rest] = statement.rest;
    expect(
      rest.security.extension.map(({ url }: { url: string }) => url.includes('DSTU2')),
    ).toEqual([true, false]);
    expect(rest.resource).toHaveLength(27);
    const { searchParam } = rest.resource.find(({ type }: { type: string }) => type === 'Goal');
    expect(searchParam).toContainEqual({ name: '_lastUpdated', type: 'date' });
    expect(allScopes.split(' ')).toHaveLength(25);
  });

  it('is the directory of practices, which share one address', async () => {
    const url = `${simulator.url}/athenahealth/production/athena-fhir-service-base-urls.json`;
    const { entry } = await (await fetch(url)).json();
    const resources = entry.map(({ resource }: { resource: Record<string, unknown> }) => resource);
    const endpoints = resources.filter(
      (r: { resourceType: string }) => r.resourceType === 'Endpoint',
    );
    expect(endpoints).toHaveLength(1);
    expect(endpoints[0].address).toBe(nora.fhirBase);
    const practices = resources.filter(
      (r: { resourceType: string }) => r.resourceType === 'Organization',
    );
    expect(practices.length).toBeGreaterThanOrEqual(3);
    for (const practice of practices) {
      expect(practice.extension[0]).toEqual({
        url: 'https://fhir.athena.io/StructureDefinition/ah-practice',
        valueReference: { reference: `Organization/${practice.id}` },
      });
      expect(practice.id).toMatch(/^a-1\.Practice-\d+$/);
      expect(practice.address[0].city).toMatch(/\w/);
    }
  });
});
