// Each fault of the FHIR server, through real HTTP.

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { faultCatalogue, FaultError, makeFaultSwitches } from '../faults.ts';
import type { RunningSimulator } from '../start.ts';
import { type AppKey, connect, startWithApps } from '../testing/app.ts';

let simulator: RunningSimulator;
let key: AppKey;
let close: () => Promise<void>;
let nora: Awaited<ReturnType<typeof connect>>;
let search: string;

beforeAll(async () => {
  ({ simulator, key, close } = await startWithApps());
  nora = await connect(simulator, key);
  search = `Observation?patient=${nora.patient}`;
});
afterAll(() => close());
afterEach(() => {
  simulator.control.setFaults([]);
});

const set = (...on: unknown[]) => simulator.control.setFaults(on);

describe('the switches', () => {
  it('strike as often as they are told, after what they are told to let pass, for one type', () => {
    const faults = makeFaultSwitches([{ name: 'page.500', times: 2, after: 1, type: 'Goal' }]);
    const strikes = ['Goal', 'Device', 'Goal', 'Goal', 'Goal'].map(
      (type) => faults.strike('page.500', { type }) !== undefined,
    );
    expect(strikes).toEqual([false, false, true, true, false]);
    expect(faults.list()).toEqual([]);
  });

  it.each([
    ['an unknown name', ['page.501']],
    ['a parameter that the fault does not have', [{ name: 'token.html', type: 'Goal' }]],
    ['a number that is none', [{ name: 'page.500', times: 'two' }]],
    ['something that is no fault', [7]],
  ])('refuse %s', (_what, on) => {
    expect(() => makeFaultSwitches(on)).toThrow(FaultError);
  });

  it('have a sentence for each fault', () => {
    expect(new Set(faultCatalogue.map(({ name }) => name)).size).toBe(faultCatalogue.length);
    for (const { sentence } of faultCatalogue) expect(sentence).toMatch(/^[A-Z].+\.$/);
  });
});

describe('a page', () => {
  it('is a 500 with an OperationOutcome under page.500, once', async () => {
    set({ name: 'page.500', times: 1, type: 'Observation' });
    expect((await nora.get(`Condition?patient=${nora.patient}`)).status).toBe(200);
    const failed = await nora.get(search);
    expect(failed.status).toBe(500);
    expect((await failed.json()).resourceType).toBe('OperationOutcome');
    expect((await nora.get(search)).status).toBe(200);
  });

  it.each([
    [{}, null],
    [{ retryAfter: 1 }, '1'],
  ])('is a 429 under page.429 %o, with Retry-After %s', async (parameters, header) => {
    set({ name: 'page.429', times: 1, ...parameters });
    const limited = await nora.get(search);
    expect(limited.status).toBe(429);
    expect(limited.headers.get('retry-after')).toBe(header);
  });

  it('is a cut connection under page.reset, and the server lives on', async () => {
    set({ name: 'page.reset', times: 1 });
    await expect(nora.get(search)).rejects.toThrow();
    expect((await nora.get(search)).status).toBe(200);
    expect(simulator.control.requests().some(({ status }) => status === 0)).toBe(true);
  });

  it('is HTML under page.html-error', async () => {
    set('page.html-error');
    const page = await nora.get(search);
    expect(page.status).toBe(503);
    expect(page.headers.get('content-type')).toContain('text/html');
  });

  it('ends early under page.truncated-json', async () => {
    set('page.truncated-json');
    const page = await nora.get(search);
    expect(page.status).toBe(200);
    const text = await page.text();
    expect(text.length).toBeGreaterThan(1000);
    expect(() => JSON.parse(text)).toThrow(SyntaxError);
  });

  it('links to another origin under page.next-link-foreign-host, where a token is seen and refused', async () => {
    set('page.next-link-foreign-host');
    const url = next(await (await nora.get(search)).json());
    expect(new URL(url).hostname).toBe('localhost');
    expect(new URL(url).pathname).toBe('/athenahealth/production/fhir/r4/Observation');
    const followed = await nora.get(url);
    expect(followed.status).toBe(421);
    expect(simulator.control.requests().at(-1)).toMatchObject({
      path: '(other host)',
      authorization: 'Bearer',
    });
    set({ name: 'page.next-link-foreign-host', origin: 'https://elsewhere.example' });
    const other = next(await (await nora.get(search)).json());
    expect(other.startsWith('https://elsewhere.example/athenahealth/')).toBe(true);
  });

  it('links to itself under page.next-cycle', async () => {
    set('page.next-cycle');
    const first = await (await nora.get(search)).json();
    const second = await (await nora.get(next(first))).json();
    expect(second.entry[0].resource.id).toBe(first.entry[0].resource.id);
    expect(next(second)).toBe(next(first));
  });

  it('links to a further one each time under page.endless', async () => {
    set('page.endless');
    const seen = new Set<string>();
    let at = `Goal?patient=${nora.patient}`;
    for (let turn = 0; turn < 4; turn += 1) {
      const page = await nora.get(at);
      expect(page.status).toBe(200);
      at = next(await page.json());
      seen.add(at);
    }
    expect(seen.size).toBe(4);
  });

  it('also holds another patient’s records and their Provenance under page.other-patient', async () => {
    set({ name: 'page.other-patient', times: 1 });
    const { entry } = await (await nora.get(`Encounter?patient=${nora.patient}`)).json();
    const subjects = entry.map(
      ({ resource }: { resource: { subject?: { reference: string } } }) =>
        resource.subject?.reference,
    );
    const others = subjects.filter(
      (subject?: string) => subject !== undefined && subject !== `Patient/${nora.patient}`,
    );
    expect(others).toHaveLength(2);
    expect(subjects).toContain(`Patient/${nora.patient}`);
  });

  it('is written in ISO-8859-1 and says so under page.latin-1', async () => {
    const calm = await (await nora.get(search)).json();
    set('page.latin-1');
    const page = await nora.get(search);
    expect(page.headers.get('content-type')).toContain('charset=ISO-8859-1');
    const text = new TextDecoder('iso-8859-1').decode(await page.arrayBuffer());
    expect(JSON.parse(text)).toEqual(calm);
  });

  it('is no UTF-8 under page.invalid-utf8', async () => {
    set('page.invalid-utf8');
    const bytes = await (await nora.get(search)).arrayBuffer();
    expect(() => new TextDecoder('utf-8', { fatal: true }).decode(bytes)).toThrow(TypeError);
  });

  it('has its last entry twice under bundle.duplicate-entry', async () => {
    set('bundle.duplicate-entry');
    const { entry } = await (await nora.get(search)).json();
    expect(entry).toHaveLength(51);
    expect(entry[50]).toEqual(entry[49]);
  });

  it('has a total under bundle.total-wrong, and it is wrong', async () => {
    set('bundle.total-wrong');
    const { total } = await (await nora.get(search)).json();
    const { counts } = simulator.control.truth('production', nora.patient);
    expect(total).not.toBe(counts.Observation);
    expect(total).toBeTypeOf('number');
  });

  it('has other key orders each time under resource.key-order, with the same numbers', async () => {
    const calm = await (await nora.get(search)).text();
    set('resource.key-order');
    const [one, other] = [
      await (await nora.get(search)).text(),
      await (await nora.get(search)).text(),
    ];
    expect(one).not.toBe(other);
    const resources = (text: string) =>
      JSON.parse(text).entry.map(({ resource }: { resource: unknown }) => resource);
    expect(resources(one)).toEqual(resources(calm));
    const numbers = (text: string) => text.match(/"value":-?[\d.]+/g)?.sort();
    expect(numbers(one)).toEqual(numbers(calm));
  });

  it('has a meta.lastUpdated of now under meta.lastUpdated-moves', async () => {
    set('meta.lastUpdated-moves');
    const before = Date.now();
    const { entry } = await (await nora.get(search)).json();
    for (const { resource } of entry) {
      expect(Date.parse(resource.meta.lastUpdated)).toBeGreaterThanOrEqual(before);
    }
  });
});

describe('the server', () => {
  it('is refused under search.in-parts unless it names one category, or one value of what is said', async () => {
    set(
      { name: 'search.in-parts', type: 'Observation' },
      { name: 'search.in-parts', type: 'CareTeam', parameter: 'status' },
    );
    const status = async (path: string) => (await nora.get(path)).status;
    const refused = await nora.get(search);
    expect(refused.status).toBe(400);
    expect((await refused.json()).issue[0].code).toBe('required');
    expect(await status(`${search}&category=laboratory,survey`)).toBe(400);
    expect(await status(`${search}&category=laboratory`)).toBe(200);
    expect(await status(`CareTeam?patient=${nora.patient}&category=x`)).toBe(400);
    expect(await status(`CareTeam?patient=${nora.patient}&status=active`)).toBe(200);
    expect(await status(`Goal?patient=${nora.patient}`)).toBe(200);
  });

  it('is refused under search.one-id where it names several ids', async () => {
    const ids = simulator.control
      .truth('production', nora.patient)
      .resources.flatMap(({ type, id }) => (type === 'Practitioner' ? [id] : []));
    set({ name: 'search.one-id', type: 'Practitioner' });
    expect((await nora.get(`Practitioner?_id=${ids.join(',')}`)).status).toBe(400);
    expect((await nora.get(`Practitioner?_id=${ids[0]}`)).status).toBe(200);
  });

  it('is refused under search.no-count where it says how many it wants', async () => {
    set({ name: 'search.no-count', type: 'Observation' });
    expect((await nora.get(`${search}&_count=10`)).status).toBe(400);
    expect((await nora.get(search)).status).toBe(200);
  });

  it('gives what changed since a day, not under lastUpdated.refused, and everything under lastUpdated.ignored', async () => {
    const none = `${search}&_lastUpdated=ge2999-01-01`;
    expect((await (await nora.get(none)).json()).entry).toBeUndefined();
    set('lastUpdated.refused');
    expect((await nora.get(none)).status).toBe(400);
    set('lastUpdated.ignored');
    expect((await (await nora.get(none)).json()).entry).toHaveLength(50);
  });

  it('moves meta.lastUpdated with an edit, but not under lastUpdated.stands-still', () => {
    const { control } = simulator;
    const { id } = control
      .truth('production', nora.patient)
      .resources.find(({ type }) => type === 'Observation') ?? { id: '' };
    const at = { environment: 'production', type: 'Observation', id } as const;
    const moved = () => JSON.parse(control.text('production', 'Observation', id) ?? '').meta;
    const before = moved()?.lastUpdated;
    set('lastUpdated.stands-still');
    control.edit({ ...at, set: { language: 'x-one' } });
    expect(moved()?.lastUpdated).toBe(before);
    set();
    control.edit({ ...at, set: { language: 'x-two' } });
    expect(moved().lastUpdated).not.toBe(before);
  });

  it('says nothing of itself under metadata.empty, and gives a page under metadata.html', async () => {
    set('metadata.empty');
    expect((await (await nora.get('metadata')).json()).rest[0].resource).toEqual([]);
    set('metadata.html');
    const page = await nora.get('metadata');
    expect([page.status, page.headers.get('content-type')]).toEqual([
      200,
      'text/html; charset=utf-8',
    ]);
  });

  it('holds its answers back under reply.slow', async () => {
    set({ name: 'reply.slow', delayMs: 150, times: 1 });
    const started = performance.now();
    expect((await nora.get(search)).status).toBe(200);
    expect(performance.now() - started).toBeGreaterThanOrEqual(145);
  });

  it('refuses a token under 401.mid-sync until it is refreshed', async () => {
    set({ name: '401.mid-sync', after: 1, times: 1 });
    const fresh = await connect(simulator, key);
    expect((await fresh.get(search)).status).toBe(200);
    expect((await fresh.get(search)).status).toBe(401);
    expect((await fresh.get(search)).status).toBe(401);
    const { body } = await fresh.app.refresh(fresh.token.refresh_token);
    const headers = { authorization: `Bearer ${String(body.access_token)}` };
    expect((await fetch(`${fresh.fhirBase}/${search}`, { headers })).status).toBe(200);
  });

  it('strikes 401.mid-sync once, after three requests, unless told otherwise', async () => {
    set('401.mid-sync');
    const fresh = await connect(simulator, key);
    const statuses = [];
    for (let turn = 0; turn < 4; turn += 1) statuses.push((await fresh.get(search)).status);
    expect(statuses).toEqual([200, 200, 200, 401]);
    const { body } = await fresh.app.refresh(fresh.token.refresh_token);
    const headers = { authorization: `Bearer ${String(body.access_token)}` };
    expect((await fetch(`${fresh.fhirBase}/${search}`, { headers })).status).toBe(200);
  });

  it('answers every call with 403 under access.revoked', async () => {
    set('access.revoked');
    for (const path of [search, `Patient/${nora.patient}`]) {
      expect((await nora.get(path)).status).toBe(403);
    }
  });
});

function next(page: { link: { relation: string; url: string }[] }): string {
  return page.link.find(({ relation }) => relation === 'next')?.url ?? '';
}

describe('a clock that is wrong', () => {
  /** In whole hours, behind as ahead. */
  const hoursOff = (at: string | null) =>
    Math.trunc((Date.parse(at ?? '') - Date.now() + 60_000) / 3_600_000) + 0;

  it.each([
    [185, 3],
    [-185, -3],
  ])('by %d minutes shows in Date and in a Retry-After that is a date', async (minutes, hours) => {
    set({ name: 'clock.skew', minutes }, { name: 'page.429', times: 1, retryAfter: 1 });
    const limited = await nora.get(search);
    expect(hoursOff(limited.headers.get('date'))).toBe(hours);
    expect(hoursOff(limited.headers.get('retry-after'))).toBe(hours);
    set();
    expect(hoursOff((await nora.get(search)).headers.get('date'))).toBe(0);
  });

  it('is refused by words', () => {
    expect(() => set({ name: 'clock.skew', minutes: 'an hour' })).toThrow(FaultError);
  });
});

describe('a patient of many documents', () => {
  it('has them once, each with a text of its own', async () => {
    const documents = `DocumentReference?patient=${nora.patient}&_count=100`;
    set({ name: 'patient.20k-documents', documents: 12 });
    await nora.get(documents);
    const bundle = await (await nora.get(documents)).json();
    const notes = (
      bundle.entry as {
        resource: { description?: string; content: [{ attachment: { data?: string } }] };
      }[]
    ).filter(({ resource }) => resource.description?.startsWith('Note '));
    expect(notes).toHaveLength(12);
    const texts = notes.map(({ resource }) => resource.content[0].attachment.data);
    expect(new Set(texts).size).toBe(12);
  });
});
