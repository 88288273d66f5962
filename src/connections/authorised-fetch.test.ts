// Proves which of the links and redirects that a portal gives are followed with its token.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startProgram, type TestProgram } from '../../e2e/support/program.ts';
import { type AuthorisedFetch, authorisedFetch, fetchOfSignIn } from './authorised-fetch.ts';

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
