// Proves the simulated R4 portals by a client of others' making: fhirclient, in the way that it documents for Node,
// launches there, reads and refreshes. What it reads must be what the portal holds.
// @see https://docs.smarthealthit.org/client-js/node

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { walk } from '../../src/cli/selftest/scripted-browser.ts';
import { knownScopes } from '../../simulator/fhir-server/scopes.ts';
import { type RunningSimulator, startSimulator } from '../../simulator/start.ts';
import { simulatedVendors } from '../../simulator/vendors/index.ts';
import type { SimulatedVendor } from '../../simulator/vendors/vendor.ts';
import { counterpart, needsCounterparts } from '../support/counterparts.ts';

/** What is used of it. @see https://docs.smarthealthit.org/client-js/client */
type Client = {
  readonly patient: { readonly id: string | null };
  readonly user: { readonly fhirUser: string | null };
  readonly state: { readonly tokenResponse: { readonly access_token: string } };
  request(about: string, options?: { pageLimit: number; flat: boolean }): Promise<unknown>;
};
type Api = {
  authorize(options: Readonly<Record<string, string>>): Promise<unknown>;
  ready(): Promise<Client>;
};
type Smart = (request: IncomingMessage, response: ServerResponse, storage: object) => Api;

/** Some vendors send people back to https alone, so it stands behind a proxy that ends TLS, as its documents foresee. */
const PUBLIC_HOST = 'fhirclient.example';
const REDIRECT = `https://${PUBLIC_HOST}/callback`;
const CLIENT = { clientId: 'fhirclient', clientSecret: 'between-the-two-of-us' };
const PROXIED = { 'x-forwarded-host': PUBLIC_HOST, 'x-forwarded-proto': 'https' };

const r4Vendors = simulatedVendors.filter(({ behaviour }) => behaviour.fhirVersion === '4.0.1');

let simulator: RunningSimulator;

beforeAll(async () => {
  // What a vendor wants repeated at a renewal, against RFC 6749 section 6, no client sends that does not know the vendor.
  const behaviour = Object.fromEntries(
    r4Vendors.map(({ id, behaviour: { refresh } }) => [id, { refresh: { ...refresh, needs: [] } }]),
  );
  simulator = await startSimulator({ size: 300, behaviour });
});
afterAll(() => simulator?.close());

describe.each(r4Vendors)('fhirclient at the simulated $id', (vendor) => {
  let app: ClientApp | undefined;
  beforeAll(() => {
    simulator.control.registerClient({
      portal: vendor.id,
      environment: 'production',
      clientId: CLIENT.clientId,
      clientSecret: CLIENT.clientSecret,
      auth: 'client_secret_basic',
      redirectUris: [REDIRECT],
    });
  });
  afterEach(() => app?.close());

  it('launches with PKCE, refreshes, and reads what the portal holds', async (context) => {
    needsCounterparts(context);
    const { iss, account, practice } = placeOf(vendor);
    app = await startClientApp({ iss, scope: scopesFor(vendor) });
    // So short that the first question of all needs a fresh one.
    simulator.control.setFaults([{ name: 'token.expires-early', times: 1 }]);
    simulator.control.clearRequests();
    const client = await app.signIn({ ...account, practice, decision: 'allow' });
    expect(grantsOf(vendor)).toEqual(['authorization_code']);
    const first = client.state.tokenResponse.access_token;

    const patientId = client.patient.id ?? client.user.fhirUser?.split('/').at(-1) ?? '';
    const patient = await client.request(`Patient/${patientId}`);
    expect(patient).toEqual(held(vendor, 'Patient', patientId));
    expect(client.state.tokenResponse.access_token).not.toBe(first);
    expect(grantsOf(vendor)).toEqual(['authorization_code', 'refresh_token']);

    const isExact = vendor.behaviour.exactTypes.includes('Observation');
    const found = (await client.request(
      // Some vendors know searches by exactly their parameters, and of this one no page size.
      `Observation?patient=${patientId}&category=laboratory${isExact ? '' : '&_count=5'}`,
      // It follows links wherever they point: those of a vendor that names another host are none to be followed.
      { pageLimit: vendor.behaviour.linkHost === 'own' ? 0 : 1, flat: true },
    )) as { id: string }[];
    const { resources } = simulator.control.truth('production', patientId, vendor.id);
    const results = resources
      .filter(({ type }) => type === 'Observation')
      .map(({ id }) => held(vendor, 'Observation', id))
      .filter(isLaboratory);
    expect(found.length).toBeGreaterThan(0);
    if (vendor.behaviour.linkHost === 'own') expect(idsOf(found)).toEqual(idsOf(results));
    for (const one of found) expect(one).toEqual(held(vendor, 'Observation', one.id));
  });

  it('is sent nowhere but to the address that it was registered with', async (context) => {
    needsCounterparts(context);
    const { iss, account, practice } = placeOf(vendor);
    const redirectUri = 'https://elsewhere.example/callback';
    app = await startClientApp({ iss, scope: scopesFor(vendor), redirectUri });
    const signIn = app.signIn({ ...account, practice, decision: 'allow' });
    await expect(signIn).rejects.toThrow('ended with 400');
  });
});

/** Where a vendor's patients are found, and the first who can sign in. */
function placeOf({ id }: SimulatedVendor) {
  const found = simulator.control
    .describe()
    .environments.find(({ portal, name }) => portal === id && name === 'production');
  const [account] = found?.accounts ?? [];
  if (!found || !account) throw new Error(`${id} has no patient who can sign in.`);
  const practice = account.charts[0]?.practiceId ?? '';
  return {
    iss: found.fhirBaseUrl.replace('{clinic}', practice),
    account: { username: account.username, password: account.password },
    practice,
  };
}

/** What it asks for, as the vendor spells it. */
function scopesFor({ behaviour }: SimulatedVendor): string {
  const wanted =
    /^(openid|fhirUser|offline_access|launch\/patient|patient\/(Patient|Observation)\.(read|rs|r|s))$/;
  return knownScopes(behaviour)
    .filter((scope) => wanted.test(scope))
    .join(' ');
}

function held({ id: vendor }: SimulatedVendor, type: string, id: string): object {
  return JSON.parse(simulator.control.text('production', type, id, vendor) ?? 'null') as object;
}

function isLaboratory(resource: object): boolean {
  return JSON.stringify((resource as { category?: unknown }).category ?? '').includes(
    '"laboratory"',
  );
}

function idsOf(resources: readonly object[]): string[] {
  return resources.map((resource) => String((resource as { id?: unknown }).id)).sort();
}

function grantsOf({ id }: SimulatedVendor) {
  return simulator.control
    .requests()
    .filter(({ portal, grantType, status }) => portal === id && grantType && status === 200)
    .map(({ grantType }) => grantType);
}

type ClientApp = Awaited<ReturnType<typeof startClientApp>>;

/** A small app around it: the two pages that its documents ask for, and a session that holds what it stores. */
async function startClientApp(about: { iss: string; scope: string; redirectUri?: string }) {
  const smart = counterpart('fhirclient') as Smart;
  const { iss, scope, redirectUri = REDIRECT } = about;
  const session = new Map<string, unknown>();
  const storage = {
    get: async (key: string) => session.get(key),
    set: async (key: string, value: unknown) => session.set(key, value).get(key),
    unset: async (key: string) => session.delete(key),
  };
  const launched = Promise.withResolvers<Client>();
  const server: Server = createServer((request, response) => {
    const api = smart(request, response, storage);
    if (request.url === '/launch') {
      const options = { ...CLIENT, iss, scope, redirectUri, pkceMode: 'required' };
      api.authorize(options).catch(launched.reject);
    } else {
      api.ready().then(launched.resolve, launched.reject);
      response.end();
    }
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const here = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    /** Goes through the portal's pages as a person. */
    async signIn(answers: Parameters<typeof walk>[1]): Promise<Client> {
      const came = await walk(`${here}/launch`, answers, { stopAt: redirectUri });
      if (came.status !== 0) throw new Error(`The sign-in ended with ${came.status}.`);
      await fetch(`${here}/callback${new URL(came.url).search}`, { headers: PROXIED });
      return launched.promise;
    },
    async close(): Promise<void> {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
