// Proves which of the links and redirects that a portal gives are followed with its token.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { outbound } from '../../e2e/support/outbound.ts';
import { startProgram, type TestProgram } from '../../e2e/support/program.ts';
import type { Outbound } from '../platform/outbound.ts';
import { type AuthorisedFetch, authorisedFetch, fetchOfSignIn } from './authorised-fetch.ts';
import { getConnection } from './context.ts';
import { disconnect } from './disconnect.ts';
import { openGrant } from './grant.ts';

let program: TestProgram;
let portal: AuthorisedFetch;
let base: string;
beforeAll(async () => {
  program = await startProgram();
  const entry = program.registry.usable('athenahealth/production', '');
  base = entry.fhirBaseUrl;
  portal = authorisedFetch(program.context, program.refresher, {
    connectionId: 'none',
    entry,
    clinicId: '',
  });
});
afterAll(() => program.close());

it.each([
  ['below the FHIR base', '/Observation?page=2'],
  // HAPI gives its next pages so.
  ['of the FHIR base itself', '?_getpages=7&_getpagesoffset=20'],
])('a link %s is followed', (_what, rest) => {
  expect(portal.followable(`${base}${rest}`)).toContain(`${base}${rest}`);
});

it.each([
  ['on another host', () => 'https://ehr.example/fhir/r4/Observation'],
  ['with a name before the host', () => base.replace('//', '//somebody@')],
  ['beside the FHIR base', () => `${base}-of-another?_getpages=7`],
  ['above the FHIR base', () => `${base}/../?_getpages=7`],
])('a link %s is not followed', (_what, link) => {
  expect(() => portal.followable(link())).toThrow(
    expect.objectContaining({ code: 'net.foreign_origin' }),
  );
});

describe('the tokens of a sync', () => {
  /** A connection, a fetch that was used before, and whose token each call of its FHIR base carries from then on. */
  const begun = async (calls: Outbound = outbound) => {
    const tokens: string[] = [];
    const own = await startProgram({
      outbound: (url, init) => {
        const token = new Headers(init?.headers).get('authorization');
        if (url.includes('/fhir/') && token) tokens.push(token.slice('Bearer '.length));
        return calls(url, init);
      },
    });
    const connectionId = await own.connect();
    const { clinic_id: clinicId } = await getConnection(own.db, connectionId);
    const entry = own.registry.usable('athenahealth/production', clinicId);
    const target = { connectionId, entry, clinicId };
    const fetching = authorisedFetch(own.context, own.refresher, target);
    const { patient_id } = await getConnection(own.db, connectionId);
    const ask = async () => {
      const address = fetching.addressOf(`Patient?_id=${patient_id}`);
      return (await fetching.get(address, { timeoutMs: 5_000 })).status;
    };
    expect(await ask()).toBe(200);
    tokens.splice(0);
    const tokenNow = async () => (await openGrant(own.context, connectionId))?.accessToken ?? '';
    return { own, connectionId, ask, tokens, tokenNow };
  };

  it('are read once, not before each page', async () => {
    const { own, ask, tokens, tokenNow } = await begun();
    const token = await tokenNow();
    const { promise, resolve } = Promise.withResolvers<void>();
    // Who has the one connection keeps all others waiting.
    const busy = own.db.transaction().execute(() => promise);
    expect(await ask()).toBe(200);
    expect(tokens.map((one) => one === token)).toEqual([true]);
    resolve();
    await busy;
    await own.close();
  });

  it('that were replaced meanwhile are met where the old ones are refused, and none are asked for', async () => {
    const { own, connectionId, ask, tokens, tokenNow } = await begun();
    const stale = await tokenNow();
    await own.refresher.refresh(connectionId, stale);
    const fresh = await tokenNow();
    own.simulator.control.setFaults([{ name: '401.mid-sync', after: 0 }]);
    expect([await ask(), await ask()]).toEqual([200, 200]);
    expect(tokens.map((one) => one === fresh)).toEqual([false, true, true]);
    expect((await tokenNow()) === fresh).toBe(true);
    await own.close();
  });

  it('that were read while they were renewed are not used after that', async () => {
    const { promise: isLate, resolve: end } = Promise.withResolvers<void>();
    let late: Promise<number> | undefined;
    const { own, ask, tokens, tokenNow } = await begun(async (url, init) => {
      if (url.includes('/fhir/') && late) await isLate;
      const answer = await outbound(url, init);
      if (String(init?.body).includes('grant_type=refresh_token')) {
        late = ask();
        await expect.poll(() => tokens.length).toBe(2);
      }
      return answer;
    });
    const stale = await tokenNow();
    own.simulator.control.setFaults([{ name: '401.mid-sync', after: 0 }]);
    const first = ask();
    await expect.poll(() => tokens.length).toBe(3);
    const after = ask();
    await expect.poll(() => tokens.length).toBe(4);
    end();
    expect(await Promise.all([first, after, late])).toEqual([200, 200, 200]);
    expect(tokens.map((token) => token === stale)).toEqual([true, true, false, false, false]);
    await own.close();
  });

  it('that are gone meanwhile are not renewed where they are refused', async () => {
    const { own, connectionId, ask } = await begun();
    await disconnect(own.context, connectionId);
    own.simulator.control.setFaults([{ name: '401.mid-sync', after: 0 }]);
    await expect(ask()).rejects.toMatchObject({ code: 'smart.sign_in_again' });
    await own.close();
  });
});

describe('a redirect', () => {
  const seen: { where: string; path: string; token: string | undefined; accept?: string }[] = [];
  const servers = new Map<string, Server>();
  const addressOf = (name: string) => {
    const { port } = servers.get(name)?.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  };
  const leadsTo: Record<string, () => string> = {
    '/fhir/Condition': () => '/fhir/Condition/',
    '/fhir/Relative': () => 'Relative/there',
    '/fhir/Away': () => `${addressOf('other')}/fhir/Away`,
    '/fhir/Above': () => '/private',
    '/fhir/Round': () => '/fhir/Round',
  };
  const serve = async (where: string) => {
    const server = createServer(({ url: path = '', headers }, response) => {
      seen.push({ where, path, token: headers.authorization, accept: headers.accept ?? '' });
      const to = leadsTo[path]?.();
      response.writeHead(to ? 302 : 200, to ? { location: to } : {}).end('{}');
    });
    servers.set(where, server);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  };
  let fetching: AuthorisedFetch;
  beforeAll(async () => {
    await serve('own');
    await serve('other');
    const entry = program.registry.usable('athenahealth/production', '');
    const vendor = { ...entry.vendor, portal: { ...entry.vendor.portal, everyCall: {} } };
    fetching = fetchOfSignIn(
      program.context,
      { entry: { ...entry, vendor, fhirBaseUrl: `${addressOf('own')}/fhir` }, clinicId: '' },
      {
        accessToken: 'the-token',
        refreshToken: null,
        refreshSince: null,
        expiresAt: null,
        tokenOrigin: null,
      },
    );
  });
  afterEach(() => seen.splice(0));
  afterAll(async () => {
    for (const server of servers.values()) {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    }
  });
  const ask = async (type: string) => {
    const { status } = await fetching.get(type, { timeoutMs: 5_000 });
    return { status, paths: seen.map(({ where, path }) => `${where} ${path}`) };
  };

  it.each([
    ['Condition', '/fhir/Condition/'],
    ['Relative', '/fhir/Relative/there'],
  ])('within the portal is followed with the same headers: %s', async (type, to) => {
    expect(await ask(type)).toEqual({ status: 200, paths: [`own /fhir/${type}`, `own ${to}`] });
    const [first, second] = seen;
    expect(second).toMatchObject({ token: 'Bearer the-token', accept: first?.accept });
  });

  it.each([
    ['to another origin', 'Away'],
    ['above the FHIR base', 'Above'],
  ])('%s is not followed, and no token goes there', async (_where, type) => {
    expect(await ask(type)).toEqual({ status: 302, paths: [`own /fhir/${type}`] });
  });

  it('that leads round and round is left', async () => {
    const { status, paths } = await ask('Round');
    expect([status, paths.length]).toEqual([302, 4]);
  });
});
