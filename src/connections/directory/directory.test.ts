// Proves that lists of clinics come in whole or not at all: asked for by what is known of the last one, kept when the new
// one is no list, cut off or far shorter, read from files, and searched only for portals that are on.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { migrations } from '../../../e2e/support/migrations.ts';
import { outbound } from '../../../e2e/support/outbound.ts';
import { systemClock } from '../../platform/clock.ts';
import { type PortalOverride, readConfig } from '../../platform/config/read.ts';
import type { Store } from '../../platform/db/db.ts';
import { openStore } from '../../platform/db/sqlite/open.ts';
import { silentLog } from '../../platform/log.ts';
import { createRegistry, type PortalEntry, vendorKeys } from '../../portals/registry.ts';
import { createDirectory, type Directory } from './directory.ts';
import { listOf, writeEdition } from './lists.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;
let answer: Answer;
let server: Server;
let url: string;
let store: Store;
let folder: string;
let directory: Directory;
let told: number;

beforeEach(async () => {
  server = createServer((request, response) => answer(request, response));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/list.json`;
  store = await openStore({ file: ':memory:', keyHex: 'ab'.repeat(32), migrations });
  folder = await mkdtemp(join(tmpdir(), 'chartfold-'));
  told = 0;
  directory = directoryWith({ ATHENA_CLIENT_ID: 'here' });
});
afterEach(async () => {
  await directory.close();
  await store.close();
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
  await rm(folder, { recursive: true });
});

function directoryWith(env: Record<string, string>, added: readonly PortalOverride[] = []) {
  const names = vendorKeys.map((key) => key.name);
  const config = readConfig(env, names);
  const registry = createRegistry({ ...config, portals: [listedAt(url), ...added] }, null);
  const tell = () => {
    told += 1;
  };
  return createDirectory({
    db: store.db,
    outbound,
    clock: systemClock,
    log: silentLog,
    registry,
    tell,
  });
}

const unsaid = {
  name: undefined,
  fhirBaseUrl: undefined,
  authorizationEndpoint: undefined,
  tokenEndpoint: undefined,
  clientId: undefined,
  clientSecret: undefined,
  auth: undefined,
  scopes: undefined,
  aud: undefined,
  directoryUrl: undefined,
  requestsPerMinute: undefined,
};
const listedAt = (directoryUrl: string): PortalOverride => ({
  ...unsaid,
  vendor: 'athenahealth',
  environment: 'production',
  directoryUrl,
});
const serverAt = (fhirBaseUrl: string): PortalOverride => ({
  ...unsaid,
  vendor: 'smart',
  environment: 'production',
  name: fhirBaseUrl,
  fhirBaseUrl,
  clientId: 'here',
  directoryUrl: url,
});

const bundle = (names: readonly string[]) =>
  JSON.stringify({
    resourceType: 'Bundle',
    entry: names.map((name, at) => ({
      resource: {
        resourceType: 'Organization',
        name,
        extension: [
          {
            url: 'https://fhir.athena.io/StructureDefinition/ah-practice',
            valueReference: { reference: `Organization/a-1.Practice-${at + 1}` },
          },
        ],
      },
    })),
  });
const pines = (count: number) => Array.from({ length: count }, (_, n) => `Pine Clinic ${n}`);
const gives = (body: string, headers: Record<string, string> = {}): Answer => {
  return (_request, response) => {
    response.writeHead(200, headers);
    response.end(body);
  };
};
const entry = () => directory.offered()[0] as PortalEntry;
const update = () => directory.update(entry());
const state = async () => (await directory.states())[0];
const found = async (typed: string) =>
  (await directory.search(typed, 10)).found.map(({ clinic }) => clinic.name);
const code = (promise: Promise<unknown>) =>
  promise.then(
    () => 'none',
    (error: { code?: string }) => error.code,
  );

it('a list that two servers name gives each its own clinics', async () => {
  await directory.close();
  const bases = ['https://near.example/r4', 'https://far.example/r4'];
  directory = directoryWith({}, bases.map(serverAt));
  const brands = bases.map((at, n) => ({ name: `Hill Clinic ${n}`, url: at }));
  answer = gives(JSON.stringify(brands), { etag: '"one"' });
  for (const server of directory.offered()) await directory.update(server);
  const { found: both } = await directory.search('hill clinic', 5);
  expect(both.map(({ clinic, entry: at }) => [clinic.name, at?.fhirBaseUrl])).toEqual([
    ['Hill Clinic 0', bases[0]],
    ['Hill Clinic 1', bases[1]],
  ]);
});

describe('a list that was never read', () => {
  it('is offered with whose it is and how large, and nothing is asked of its server', async () => {
    answer = () => expect.unreachable('asked');
    expect(directory.offered().map(({ key }) => key)).toEqual(['athenahealth/production']);
    expect(await state()).toMatchObject({
      source: url,
      vendor: 'athenahealth',
      readAt: null,
      clinics: 0,
      bytes: 20_000_000,
      reading: null,
    });
    expect(await found('pine')).toEqual([]);
  });

  it('of a portal that is off is not offered', async () => {
    const off = directoryWith({});
    expect(off.offered()).toEqual([]);
    expect(await off.states()).toEqual([]);
    await off.close();
  });
});

describe('a list that comes', () => {
  it('is read, can be searched, and tells who listens', async () => {
    answer = gives(bundle([...pines(1_200), 'Harbor Lane']), { etag: '"1"' });
    expect(await update()).toEqual({ outcome: 'read', clinics: 1_201, unreadable: 0 });
    expect(await state()).toMatchObject({ clinics: 1_201, trouble: null, reading: null });
    expect(await found('harbr lane')).toEqual(['Harbor Lane']);
    const { found: pine, ...rest } = await directory.search('pine clinic', 10);
    expect(pine).toHaveLength(10);
    // Counting all of them would take longer than finding the likeliest.
    expect(rest).toEqual({ total: 400, isMore: true });
    expect(pine[0]?.entry?.key).toBe('athenahealth/production');
    expect((await directory.find(entry(), '1201'))?.name).toBe('Harbor Lane');
    expect(await directory.find(entry(), '9999')).toBeUndefined();
    expect(told).toBeGreaterThan(0);
  });

  it('is asked for by its ETag the next time, and not read again where it is the same', async () => {
    const asked: (string | undefined)[] = [];
    answer = (request, response) => {
      asked.push(request.headers['if-none-match']);
      const known = request.headers['if-none-match'] === '"1"';
      response.writeHead(known ? 304 : 200, { etag: '"1"' });
      response.end(known ? undefined : bundle(['Harbor Lane']));
    };
    await update();
    expect(await update()).toMatchObject({ outcome: 'unchanged', clinics: 1 });
    expect(asked).toEqual([undefined, '"1"']);
  });

  it('is asked for by its date where there is no ETag', async () => {
    const date = 'Sun, 01 Nov 2026 10:00:00 GMT';
    const asked: (string | undefined)[] = [];
    answer = (request, response) => {
      asked.push(request.headers['if-modified-since']);
      gives(bundle(['Harbor Lane']), { 'last-modified': date })(request, response);
    };
    await update();
    await update();
    expect(asked).toEqual([undefined, date]);
  });

  it('takes the place of the one before at once, which leaves nothing behind', async () => {
    answer = gives(bundle(['Harbor Lane', 'Cedar Hollow', 'Old Mill']));
    await update();
    answer = gives(bundle(['Harbor Lane', 'Cedar Hollow']));
    await update();
    expect(await found('old mill')).toEqual([]);
    expect(await found('cedar')).toEqual(['Cedar Hollow']);
    const rows = await store.db.selectFrom('listed_clinic').select('name').execute();
    expect(rows).toHaveLength(2);
  });

  it('is fetched once where it is asked for twice at a time', async () => {
    let asked = 0;
    answer = (request, response) => {
      asked += 1;
      gives(bundle(['Harbor Lane']))(request, response);
    };
    await Promise.all([update(), update()]);
    expect(asked).toBe(1);
  });

  it('is followed where it has moved to, so many times at most', async () => {
    answer = (request, response) => {
      if (request.url === '/moved') return gives(bundle(['Harbor Lane']))(request, response);
      response.writeHead(302, { location: '/moved' });
      response.end();
    };
    expect(await update()).toMatchObject({ clinics: 1 });
    answer = (_request, response) => {
      response.writeHead(302, { location: '/list.json' });
      response.end();
    };
    expect(await code(update())).toBe('directory.refused');
  });
});

describe('a list that is none', () => {
  const whole = bundle(pines(30));
  const broken: [string, string, Answer][] = [
    ['is a web page', 'directory.not_a_list', gives('<!doctype html><p>Sorry')],
    ['is empty', 'directory.not_a_list', gives('')],
    ['ends inside', 'directory.cut_off', gives(whole.slice(0, -40))],
    ['is another resource', 'directory.not_a_list', gives('{"resourceType":"Patient"}')],
    ['names nobody', 'directory.not_a_list', gives('{"resourceType":"Bundle","entry":[]}')],
    ['has lost more than a third', 'directory.shrunk', gives(bundle(pines(19)))],
    [
      'is a fault of its server',
      'directory.refused',
      (_request, response) => {
        response.writeHead(500);
        response.end();
      },
    ],
    [
      'is cut off on its way',
      'net.unreachable',
      (_request, response) => {
        response.writeHead(200, { 'content-length': String(whole.length) });
        response.write(whole.slice(0, 500));
        response.socket?.end();
      },
    ],
  ];

  it.each(broken)(
    '%s: the one before is kept, and what was wrong is said',
    async (_what, why, wrong) => {
      answer = gives(whole);
      await update();
      answer = wrong;
      expect(await code(update())).toBe(why);
      expect(await state()).toMatchObject({ clinics: 30, trouble: why, reading: null });
      expect(await found('pine clinic 7')).toContain('Pine Clinic 7');
      answer = gives(whole);
      await update();
      expect(await state()).toMatchObject({ trouble: null });
    },
  );

  it('the first time leaves a list that was never read, with what was wrong', async () => {
    answer = gives('<html>');
    expect(await code(update())).toBe('directory.not_a_list');
    expect(await state()).toMatchObject({ readAt: null, trouble: 'directory.not_a_list' });
  });

  it('said to be unchanged before it was ever read is none', async () => {
    answer = (_request, response) => {
      response.writeHead(304, { etag: '"1"' });
      response.end();
    };
    expect(await code(update())).toBe('directory.refused');
    expect(await state()).toMatchObject({ readAt: null, trouble: 'directory.refused' });
  });

  it('shorter by less than a third is taken', async () => {
    answer = gives(whole);
    await update();
    answer = gives(bundle(pines(21)));
    expect(await update()).toMatchObject({ outcome: 'read', clinics: 21 });
  });
});

describe('a file', () => {
  const file = async (name: string, text: string) => {
    const path = join(folder, name);
    await writeFile(path, text);
    return path;
  };

  it('is taken for the vendor that it says, and one of the same name takes its place', async () => {
    const own = await file('practices.json', '{"24411":"Harbor Lane","7":"Old Mill"}');
    expect(await directory.importFile(own, null)).toMatchObject({
      vendor: 'athenahealth',
      clinics: 2,
    });
    expect(await found('old mill')).toEqual(['Old Mill']);
    await file('practices.json', '{"24411":"Harbor Lane"}');
    await directory.importFile(own, null);
    expect(await found('old mill')).toEqual([]);
  });

  it('of another vendor takes the name over with its clinics, not before', async () => {
    const own = await file('clinics.json', '{"24411":"Harbor Lane"}');
    await directory.importFile(own, null);
    const list = await listOf(store.db, {
      source: 'file:clinics.json',
      vendor: 'healow',
      environment: 'production',
    });
    const edition = {
      vendor: 'healow',
      environment: 'production',
      etag: null,
      lastModified: null,
      clinics: 1,
      unreadable: 0,
      bytes: 1,
    } as const;
    const cutOff = () => Promise.reject(new Error('the process ended'));
    await expect(writeEdition(store.db, list, edition, 0, cutOff)).rejects.toThrow();
    expect(await state()).toMatchObject({ vendor: 'athenahealth', clinics: 1 });
    await file('clinics.json', '[{"name":"Far","url":"https://fhir4.healow.com/fhir/r4/ABCDEF"}]');
    await directory.importFile(own, null);
    expect(await state()).toMatchObject({ vendor: 'healow', clinics: 1 });
  });

  it('of a portal that is off is found only by who asks for everything', async () => {
    const clinics = await file(
      'list.json',
      '[{"name":"Far Clinic","url":"https://fhir4.healow.com/fhir/r4/ABCDEF"}]',
    );
    expect(await directory.importFile(clinics, 'healow')).toMatchObject({ vendor: 'healow' });
    expect(await found('far clinic')).toEqual([]);
    const { found: everywhere } = await directory.search('far clinic', 5, true);
    expect(everywhere).toMatchObject([{ vendor: 'healow', entry: null }]);
  });

  it('of any servers gives each clinic its own: that of a portal here, else one to be added', async () => {
    const brands = await file(
      'brands.json',
      JSON.stringify([
        { name: 'Far Clinic', url: 'https://ehr.example/r4/' },
        { name: 'Far Practice', url: 'https://API.platform.athenahealth.com/fhir/r4' },
      ]),
    );
    await directory.importFile(brands, 'smart');
    const { found: both } = await directory.search('far', 5);
    expect(both.map(({ clinic, entry }) => [clinic.name, clinic.fhirBaseUrl, entry?.key])).toEqual([
      ['Far Clinic', 'https://ehr.example/r4', undefined],
      ['Far Practice', 'https://API.platform.athenahealth.com/fhir/r4', 'athenahealth/production'],
    ]);
  });

  it('with a clinic that the vendor’s list has too shows it once', async () => {
    answer = gives(bundle(['Harbor Lane']));
    await update();
    await directory.importFile(await file('practices.json', '{"1":"Harbor Lane"}'), null);
    expect(await found('harbor lane')).toEqual(['Harbor Lane']);
  });

  it('imported twice at a time counts once', async () => {
    const names = Object.fromEntries(pines(500).map((name, at) => [String(at + 1), name]));
    const own = await file('practices.json', JSON.stringify(names));
    await Promise.all([directory.importFile(own, null), directory.importFile(own, null)]);
    const rows = await store.db.selectFrom('listed_clinic').select('name').execute();
    expect(rows).toHaveLength(500);
  });

  it('larger than any list is not read to its end', async () => {
    const large = await file('large.json', '{}');
    await truncate(large, 256 * 1024 * 1024 + 1);
    expect(await code(directory.importFile(large, null))).toBe('directory.not_a_list');
  });

  it('of addresses without names is refused as such, and one name among them is a clinic', async () => {
    const at = (OrganizationName: string) => ({ URL: 'https://ehr.example/r4', OrganizationName });
    const list = (...names: string[]) => JSON.stringify({ Endpoints: names.map(at) });
    const nameless = await file('a.json', list('', ' '));
    expect(await code(directory.importFile(nameless, null))).toBe('directory.no_names');
    const one = await file('b.json', list('', 'Far Clinic'));
    expect(await directory.importFile(one, null)).toMatchObject({ clinics: 1, unreadable: 1 });
  });

  it('that is none, or no list, is refused and changes nothing', async () => {
    expect(await code(directory.importFile(join(folder, 'none.json'), null))).toBe(
      'directory.no_such_file',
    );
    expect(await code(directory.importFile(await file('a.json', 'hello'), null))).toBe(
      'directory.not_a_list',
    );
    expect(await code(directory.importFile(await file('b.json', '{"a":1}'), null))).toBe(
      'directory.not_a_list',
    );
    expect(await store.db.selectFrom('clinic_list').selectAll().execute()).toEqual([]);
  });
});
