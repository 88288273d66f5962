// Proves that the brands which an added server names are searched as its clinics, and that what is wrong or hostile in
// them harms neither the server nor the search.

import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { outbound } from '../../e2e/support/outbound.ts';
import { startProgram, type TestProgram } from '../../e2e/support/program.ts';
import { createOutbound, type Outbound } from '../platform/outbound.ts';
import { searchClinics } from './clinics.ts';
import { DIRECTORY_QUEUE } from './context.ts';
import { updateJob } from './directory/job.ts';
import { addServer } from './servers.ts';

const BASE = 'https://quarry.example/smart/production/fhir';
const BRANDS = 'https://brands.quarry.example/all.json';

let program: TestProgram;
let server: Server;
/** What the address of the brands answers. */
let answer: (response: ServerResponse) => void;
/** Where the server says that its brands are. */
let named: string;
let asked: string[];

beforeEach(async () => {
  named = BRANDS;
  asked = [];
  server = createServer((_request, response) => answer(response));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const strict = createOutbound(new Set());
  const by: Outbound = async (url, init) => {
    asked.push(url);
    if (url === BRANDS) return outbound(`http://127.0.0.1:${port}/`, init);
    if (!url.startsWith(BASE)) return strict(url, init);
    const there = url.replace('https://quarry.example', program.simulator.url);
    const heard = await outbound(there, init);
    if (!url.endsWith('/smart-configuration')) return heard;
    const text = (await heard.text()).replaceAll(program.simulator.url, 'https://quarry.example');
    const said = JSON.parse(text) as object;
    return Response.json({ ...said, user_access_brand_bundle: named });
  };
  program = await startProgram({ portal: 'smart', outbound: by });
  await program.jobs.start({ [DIRECTORY_QUEUE]: updateJob(program.context) });
});
afterEach(async () => {
  await program.close();
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

const endpoint = (id: string, address: string) => ({
  resource: { resourceType: 'Endpoint', id, address },
});
const brand = (name: string, of: string, more: object = {}) => ({
  resource: {
    resourceType: 'Organization',
    id: name.slice(0, 64),
    name,
    endpoint: [{ reference: `Endpoint/${of}` }],
    ...more,
  },
});
const gives = (...entry: object[]) => {
  const text = JSON.stringify({ resourceType: 'Bundle', entry });
  answer = (response) => response.end(text);
};
const add = async () => {
  const request = { address: BASE, name: 'Quarry', clientId: 'ours', clientSecret: null };
  const key = await addServer(program, { ...request, auth: 'none', by: null });
  await program.jobs.idle();
  return key;
};
const found = async (typed: string) => (await searchClinics(program, typed, 10)).clinics;
const trouble = async () => (await program.directory.states())[0]?.trouble;

it('the brands of an added server are found, and lead to its sign-in', async () => {
  gives(
    endpoint('ours', `${BASE}/`),
    brand('Harbor Lane Pediatrics', 'ours', { address: [{ city: 'Rockport', state: 'ME' }] }),
    brand('Old Mill Family Practice', 'ours', { alias: ['Millside'] }),
  );
  const key = await add();
  for (const typed of ['harbr lane rockport', 'millside'])
    expect((await found(typed))[0]?.entry?.key).toBe(key);
  const [harbor] = await found('harbor lane');
  // One server has one sign-in: its brands make no connections apart.
  expect(harbor?.clinic).toMatchObject({
    id: '',
    name: 'Harbor Lane Pediatrics',
    town: 'Rockport',
  });
  expect(program.registry.usable(key, '').fhirBaseUrl).toBe(BASE);
});

describe('of a hostile bundle', () => {
  it('clinics at other servers are left: a server speaks for itself alone', async () => {
    gives(
      endpoint('ours', BASE),
      endpoint('theirs', 'https://evil.example/fhir'),
      brand('Harbor Lane Pediatrics', 'ours'),
      brand('Harbor General Hospital', 'theirs'),
    );
    await add();
    expect((await found('harbor')).map(({ clinic }) => clinic.name)).toEqual([
      'Harbor Lane Pediatrics',
    ]);
  });

  it('with clinics of others alone, nothing is taken, and that is said', async () => {
    gives(endpoint('theirs', 'https://evil.example/fhir'), brand('Harbor General', 'theirs'));
    await add();
    expect(await found('harbor')).toEqual([]);
    expect(await trouble()).toBe('directory.none_of_server');
  });

  it('a name longer than any that can be read is left', async () => {
    gives(
      endpoint('ours', BASE),
      brand('Harbor Lane', 'ours'),
      brand('Harbor '.repeat(100), 'ours'),
    );
    await add();
    expect(await found('harbor')).toHaveLength(1);
  });

  it.each<[string, string, typeof answer]>([
    ['a page', 'directory.not_a_list', (response) => response.end('<!doctype html>')],
    [
      'without an end',
      'net.too_large',
      (response) => {
        const piece = Buffer.alloc(8 << 20, ' ');
        const more = () => {
          while (!response.destroyed) if (!response.write(piece)) return;
        };
        response.on('drain', more);
        more();
      },
    ],
    [
      'that leads into a private network',
      'net.private_address',
      (response) => {
        response.writeHead(302, { location: 'http://10.0.0.8/list' });
        response.end();
      },
    ],
  ])('%s is refused, and the server is there all the same', async (_what, code, how) => {
    answer = how;
    const key = await add();
    expect(await trouble()).toBe(code);
    expect(program.registry.usable(key, '').registration?.clientId).toBe('ours');
  });

  it('an address by http is not asked', async () => {
    named = 'http://brands.quarry.example/all.json';
    await add();
    expect(asked).not.toContain(named);
    expect(await program.directory.states()).toEqual([]);
  });

  it('an address in a private network is not asked', async () => {
    named = 'https://10.0.0.8/all.json';
    await add();
    expect(await trouble()).toBe('net.private_address');
  });
});
