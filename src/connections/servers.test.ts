// Proves what is looked at before a server is taken, and that one taken is there again after a restart. The server is
// the simulated one, by real HTTP; only its name is an https one.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { outbound } from '../../e2e/support/outbound.ts';
import { startProgram, type TestProgram } from '../../e2e/support/program.ts';
import type { PortalOverride } from '../platform/config/read.ts';
import { createOutbound, type Outbound } from '../platform/outbound.ts';
import { createRegistry } from '../portals/registry.ts';
import { addServer, type AddServerRequest, lookAtServer, putServers } from './servers.ts';

const HOST = 'https://quarry.example';
const BASE = `${HOST}/smart/production/fhir`;

let program: TestProgram;
/** What the server answers in place of its own answer, by the end of the address. */
let instead: Record<string, Response>;

beforeEach(async () => {
  instead = {};
  const named: Outbound = async (url, init) => {
    const [, answer] = Object.entries(instead).find(([end]) => url.endsWith(end)) ?? [];
    if (answer) return answer.clone();
    if (!url.startsWith(HOST)) return outbound(url, init);
    const response = await outbound(url.replace(HOST, program.simulator.url), init);
    return new Response((await response.text()).replaceAll(program.simulator.url, HOST), response);
  };
  program = await startProgram({ portal: 'smart', outbound: named });
});
afterEach(() => program.close());

const written: PortalOverride = {
  vendor: 'smart',
  environment: 'production',
  name: undefined,
  fhirBaseUrl: undefined,
  authorizationEndpoint: undefined,
  tokenEndpoint: undefined,
  clientId: 'the operator’s',
  clientSecret: undefined,
  auth: 'none',
  scopes: undefined,
  aud: undefined,
  directoryUrl: undefined,
  requestsPerMinute: undefined,
};

const wanted = (request: Partial<AddServerRequest> = {}): AddServerRequest => ({
  address: BASE,
  name: 'Quarry Hill',
  clientId: 'ours',
  clientSecret: null,
  auth: 'none',
  by: null,
  ...request,
});

describe('a look at an address', () => {
  it.each([
    BASE,
    `  ${BASE}/ `,
    `${BASE}/metadata`,
    `${BASE}/.well-known/smart-configuration`,
    `${BASE}/metadata/`,
    `${BASE}//`,
    `${BASE}?_format=json#top`,
    BASE.replace('quarry.example', 'Quarry.Example.:443'),
    BASE.replace('https://', ''),
  ])('finds the server at %j', async (address) => {
    expect(await lookAtServer(program, address)).toEqual({
      fhirBaseUrl: BASE,
      name: 'quarry.example',
      fhirVersion: '4.0.1',
      auth: ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'],
      signInHost: 'quarry.example',
      tokenHost: 'quarry.example',
      brandBundle: null,
    });
  });

  it.each([
    'http://quarry.example/fhir',
    'ftp://quarry.example',
    'https://',
    'https://a@b.example',
  ])('refuses %j', async (address) => {
    await expect(lookAtServer(program, address)).rejects.toMatchObject({
      code: 'server.not_https',
    });
  });

  it('tells a page from a FHIR server', async () => {
    instead['/metadata'] = new Response('<!doctype html><title>Welcome</title>');
    await expect(lookAtServer(program, BASE)).rejects.toMatchObject({ code: 'server.not_fhir' });
  });

  it('tells another version of FHIR', async () => {
    instead['/metadata'] = Response.json({ resourceType: 'Conformance', fhirVersion: '1.0.2' });
    await expect(lookAtServer(program, BASE)).rejects.toMatchObject({
      code: 'server.other_version',
      detail: '1.0.2',
    });
  });

  it.each([
    ['is too long', `5.0.0 ${'x'.repeat(1000)}`],
    ['has two lines', `4.0.1\n${'x'.repeat(1000)}`],
    ['is markup', '<b>4.0.1</b>'],
  ])('repeats no version that %s', async (_what, fhirVersion) => {
    instead['/metadata'] = Response.json({ resourceType: 'CapabilityStatement', fhirVersion });
    const refused = await lookAtServer(program, BASE).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'server.not_fhir' });
    expect(String(refused)).not.toContain('x'.repeat(100));
  });

  it('tells a server that has no sign-in for patients', async () => {
    instead['/smart-configuration'] = new Response('not here', { status: 404 });
    await expect(lookAtServer(program, BASE)).rejects.toMatchObject({
      code: 'smart.discovery_failed',
    });
  });

  it('gives a host of many letters a name that can be kept', async () => {
    const host = `${'a.'.repeat(110)}quarry.example`;
    const long: Outbound = (url, init) =>
      program.outbound(url.replace(host, 'quarry.example'), init);
    const found = await lookAtServer({ outbound: long }, BASE.replace('quarry.example', host));
    expect(found.name).toBe(host.slice(0, 100));
  });

  const says = (more: object) => {
    instead['/smart-configuration'] = Response.json({
      authorization_endpoint: `${BASE}/authorize`,
      token_endpoint: `${BASE}/token`,
      ...more,
    });
  };

  it.each([
    [{}, ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt']],
    [
      { capabilities: ['launch-standalone'] },
      ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    ],
    [
      {
        capabilities: ['client-public'],
        token_endpoint_auth_methods_supported: ['client_secret_post', 'tls_client_auth'],
      },
      ['none', 'client_secret_post'],
    ],
  ])('finds how a program proves itself there in %j', async (more, auth) => {
    says(more);
    expect((await lookAtServer(program, BASE)).auth).toEqual(auth);
  });

  it('tells whose hosts it names for the sign-in and the tokens', async () => {
    says({ authorization_endpoint: 'https://login.other.example/authorize' });
    expect(await lookAtServer(program, BASE)).toMatchObject({
      signInHost: 'login.other.example',
      tokenHost: 'quarry.example',
    });
  });

  it('tells a server that takes no proof known here', async () => {
    says({ capabilities: ['sso'], token_endpoint_auth_methods_supported: ['tls_client_auth'] });
    await expect(lookAtServer(program, BASE)).rejects.toMatchObject({
      code: 'server.other_auth',
      detail: 'tls_client_auth',
    });
  });

  it('asks nothing in a private network', async () => {
    const strict = createOutbound(new Set());
    for (const address of ['https://127.0.0.1/fhir', 'https://10.0.0.8/fhir', 'https://[::1]/fhir'])
      await expect(lookAtServer({ outbound: strict }, address)).rejects.toMatchObject({
        code: 'net.private_address',
      });
    await strict.close();
  });
});

describe('a server that was added', () => {
  it('can be connected, and is there after a restart with its secret', async () => {
    const key = await addServer(
      program,
      wanted({ auth: 'client_secret_basic', clientSecret: 'between us' }),
    );
    expect(key).toBe('smart/production/Quarry Hill');
    expect(program.registry.usable(key, '').fhirBaseUrl).toBe(BASE);
    const registry = createRegistry({ ...program.config, portals: [] }, null);
    await putServers({ ...program, registry });
    expect(registry.usable(key, '').registration).toEqual({
      clientId: 'ours',
      auth: 'client_secret_basic',
      clientSecret: 'between us',
    });
    const row = await program.db.selectFrom('added_server').selectAll().executeTakeFirstOrThrow();
    expect(JSON.stringify(row)).not.toContain('between us');
  });

  it('is added once, and its name is not given to another', async () => {
    const key = await addServer(program, wanted());
    expect(await addServer(program, wanted())).toBe(key);
    expect(program.registry.entries.filter((entry) => entry.key === key)).toHaveLength(1);
    const theirs = wanted({ clientId: 'theirs', by: 'ben' });
    await expect(addServer(program, theirs)).rejects.toMatchObject({ code: 'server.name_taken' });
  });

  it('takes another client id from who added it, whatever it is called then', async () => {
    const first = wanted({ clientId: 'misspelt', by: 'ann' });
    const key = await addServer(program, first);
    const spelt = { ...first, name: 'Another', clientId: 'spelt' };
    expect(await addServer(program, spelt)).toBe(key);
    const restarted = createRegistry({ ...program.config, portals: [] }, null);
    await putServers({ ...program, registry: restarted });
    for (const { entries } of [program.registry, restarted])
      expect(
        entries.filter(({ added }) => added).map(({ registration }) => registration?.clientId),
      ).toEqual(['spelt']);
  });

  it('keeps the client id that connections were made with, and takes another secret', async () => {
    const first = wanted({ auth: 'client_secret_basic', clientSecret: 'one', by: 'ann' });
    const key = await addServer(program, first);
    const connection = await program.connect();
    await program.db.updateTable('connection').set({ portal: key }).execute();
    const other = { ...first, clientId: 'another' };
    await expect(addServer(program, other)).rejects.toMatchObject({
      code: 'server.in_use',
      detail: 'they were made as ours',
    });
    expect(program.registry.usable(key, '').registration?.clientId).toBe('ours');
    expect(await addServer(program, { ...first, clientSecret: 'two' })).toBe(key);
    await program.db
      .updateTable('connection')
      .set({ status: 'disconnected' })
      .where('id', '=', connection)
      .execute();
    expect(await addServer(program, other)).toBe(key);
    expect(program.registry.usable(key, '').registration?.clientId).toBe('another');
  });

  it('is not put right where the operator has given its name since', async () => {
    await addServer(program, wanted({ by: 'ann' }));
    const [shadow] = program.registry.entries.filter(({ added }) => added);
    const override = { ...written, name: 'Quarry Hill', fhirBaseUrl: BASE };
    const registry = createRegistry({ ...program.config, portals: [override] }, null);
    await putServers({ ...program, registry });
    const again = wanted({ by: 'ann', clientId: 'another' });
    await expect(addServer({ ...program, registry }, again)).rejects.toMatchObject({
      code: 'server.name_taken',
    });
    expect(registry.usable(shadow?.key ?? '', '').registration?.clientId).toBe('the operator’s');
  });

  it.each(['Quarry\u202eHill', 'Quarry\u0007Hill', 'Quarry\u200bHill'])(
    'is not called %j, which is not what is seen of it',
    async (name) => {
      await expect(addServer(program, wanted({ name }))).rejects.toMatchObject({
        code: 'http.invalid_request',
      });
    },
  );

  it('is the same under another name', async () => {
    const key = await addServer(program, wanted());
    expect(await addServer(program, wanted({ name: 'The quarry' }))).toBe(key);
  });

  it('takes another secret from who added it, now and after a restart', async () => {
    const first = wanted({ auth: 'client_secret_basic', clientSecret: 'misspelt', by: 'ann' });
    const key = await addServer(program, first);
    const corrected = { ...first, auth: 'client_secret_post', clientSecret: 'spelt' } as const;
    expect(await addServer(program, corrected)).toBe(key);
    const restarted = createRegistry({ ...program.config, portals: [] }, null);
    await putServers({ ...program, registry: restarted });
    for (const registry of [program.registry, restarted])
      expect(registry.usable(key, '').registration).toMatchObject({
        auth: 'client_secret_post',
        clientSecret: 'spelt',
      });
    expect(program.registry.entries.filter((entry) => entry.key === key)).toHaveLength(1);
  });

  it('keeps its secret where another account brings a different one', async () => {
    const first = wanted({ auth: 'client_secret_basic', clientSecret: 'mine', by: 'ann' });
    const key = await addServer(program, first);
    await expect(
      addServer(program, { ...first, clientSecret: 'theirs', by: 'ben' }),
    ).rejects.toMatchObject({ code: 'server.name_taken' });
    expect(program.registry.usable(key, '').registration?.clientSecret).toBe('mine');
  });

  it('is not taken without the secret that its way needs', async () => {
    await expect(addServer(program, wanted({ auth: 'client_secret_post' }))).rejects.toMatchObject({
      code: 'server.secret_missing',
    });
    expect(await program.db.selectFrom('added_server').selectAll().execute()).toEqual([]);
  });
});
