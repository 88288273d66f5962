// A small app of a patient, written by hand from the specifications, for tests of the simulator: a browser with a
// cookie jar, the authorization code flow, and each way of client authentication. It shares no code with the product.

import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { EnvironmentName } from '../environments.ts';
import type { ClientAuth, ClientRegistration } from '../smart-server/clients.ts';
import { type RunningSimulator, type SimulatorOptions, startSimulator } from '../start.ts';

export const redirectUri = 'http://localhost:4200/athena/callback';
export const clientSecret = 'kept by the app: 20% & more';
export const allScopes = [
  'openid',
  'fhirUser',
  'offline_access',
  'launch/patient',
  ...[
    'AllergyIntolerance',
    'Binary',
    'CarePlan',
    'CareTeam',
    'Condition',
    'Device',
    'DiagnosticReport',
    'DocumentReference',
    'Encounter',
    'Goal',
    'Immunization',
    'Location',
    'Medication',
    'MedicationRequest',
    'Observation',
    'Organization',
    'Patient',
    'Practitioner',
    'Procedure',
    'Provenance',
    'ServiceRequest',
  ].map((type) => `patient/${type}.read`),
].join(' ');

/** A browser without script: follows nothing by itself and keeps cookies by path. */
export function makeBrowser() {
  const jar = new Map<string, { value: string; path: string }>();
  const request = async (url: string, init: RequestInit = {}): Promise<Response> => {
    const { pathname } = new URL(url);
    const cookie = [...jar]
      .filter(([, { path }]) => pathname.startsWith(path))
      .map(([name, { value }]) => `${name.split(' ')[0]}=${value}`)
      .join('; ');
    const headers = { ...(init.headers as Record<string, string>), cookie };
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(/; */);
      const [name = '', value = ''] = pair.split('=', 2);
      const path = attributes.find((text) => /^path=/i.test(text))?.slice(5) ?? '/';
      if (value === '') jar.delete(`${name} ${path}`);
      else jar.set(`${name} ${path}`, { value, path });
    }
    return response;
  };
  return {
    get: (url: string) => request(url),
    post: (url: string, form: Record<string, string> | URLSearchParams) =>
      request(url, { method: 'POST', body: new URLSearchParams(form) }),
  };
}

export type Browser = ReturnType<typeof makeBrowser>;

/** What an authorization asks for and how the person answers; the defaults are Nora's main record and consent. */
export type Asking = {
  readonly environment?: EnvironmentName;
  readonly clientId?: string;
  readonly scope?: string;
  /** Authorization parameters in place of the right ones; `undefined` leaves one out. */
  readonly parameters?: Readonly<Record<string, string | undefined>>;
  readonly username?: string;
  readonly password?: string;
  readonly practice?: string;
  readonly decision?: 'allow' | 'deny';
  /** Scopes whose box is cleared before consent. */
  readonly untick?: readonly string[];
};

/** Where the browser ended, and what the app needs to go on. */
export type Returned = { readonly url: URL; readonly verifier: string; readonly nonce: string };

/** The authorization request as a URL. */
export function authorizationUrl(
  simulator: RunningSimulator,
  asking: Asking,
): { url: string; verifier: string; nonce: string } {
  const base = `${simulator.url}/athenahealth/${asking.environment ?? 'production'}`;
  const verifier = randomBytes(32).toString('base64url');
  const nonce = randomUUID();
  const parameters: Record<string, string | undefined> = {
    response_type: 'code',
    client_id: asking.clientId ?? 'none',
    redirect_uri: redirectUri,
    scope: asking.scope ?? allScopes,
    aud: `${base}/fhir/r4`,
    state: 'state-of-this-attempt',
    nonce,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...asking.parameters,
  };
  const url = new URL(`${base}/oauth2/v1/authorize`);
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  return { url: url.href, verifier, nonce };
}

/** Drives the pages of one authorization, like a person, until the browser is sent back to the app. */
export async function authorize(
  simulator: RunningSimulator,
  asking: Asking = {},
  browser: Browser = makeBrowser(),
): Promise<Returned> {
  const { url, verifier, nonce } = authorizationUrl(simulator, asking);
  const end = await walk(simulator, await browser.get(url), asking, browser);
  return { url: new URL(end), verifier, nonce };
}

/** Goes on from an answer of the authorization server: follows redirects and fills in the page that comes. */
export async function walk(
  simulator: RunningSimulator,
  from: Response,
  asking: Asking,
  browser: Browser,
): Promise<string> {
  let response = from;
  let page = '';
  for (let step = 0; step < 20; step += 1) {
    const location = response.headers.get('location');
    if (location !== null) {
      page = new URL(location, simulator.url).href;
      if (!page.startsWith(simulator.url)) return page;
      response = await browser.get(page);
      continue;
    }
    const html = await response.text();
    const form = fillIn(html, asking);
    if (form === undefined) throw new Error(`No form on the page: ${response.status} ${html}`);
    response = await browser.post(page, form);
  }
  throw new Error('The authorization pages never ended.');
}

/** The token reply, or the error, as parsed JSON. */
export type TokenReply = { readonly status: number; readonly body: Record<string, unknown> };

/** The app's side of the token endpoint. */
export function makeApp(simulator: RunningSimulator, auth: ClientAuth, key: AppKey) {
  return {
    async exchange(
      { url, verifier }: Returned,
      extra: Record<string, string> = {},
      environment: EnvironmentName = 'production',
    ): Promise<TokenReply> {
      const form = {
        grant_type: 'authorization_code',
        code: url.searchParams.get('code') ?? '',
        redirect_uri: redirectUri,
        code_verifier: verifier,
        ...extra,
      };
      return this.post('token', form, environment);
    },
    refresh(
      refreshToken: unknown,
      extra: Record<string, string> = { client_id: auth, scope: allScopes },
    ): Promise<TokenReply> {
      const form = { grant_type: 'refresh_token', refresh_token: String(refreshToken), ...extra };
      return this.post('token', form);
    },
    async post(
      endpoint: string,
      form: Record<string, string>,
      environment: EnvironmentName = 'production',
    ): Promise<TokenReply> {
      const url = `${simulator.url}/athenahealth/${environment}/oauth2/v1/${endpoint}`;
      const tokenUrl = `${simulator.url}/athenahealth/${environment}/oauth2/v1/token`;
      const { headers, fields } = await authenticate(auth, key, tokenUrl);
      const body = new URLSearchParams({ ...fields, ...form });
      const response = await fetch(url, { method: 'POST', body, headers });
      const text = await response.text();
      const isJson = response.headers.get('content-type')?.includes('json') === true;
      return { status: response.status, body: isJson ? JSON.parse(text) : { text } };
    },
  };
}

export type AppKey = { readonly privateKey: CryptoKey; readonly kid: string };

/** A client assertion; `claims` and `header` replace the right ones. */
export async function assertion(
  key: AppKey,
  audience: string,
  claims: Record<string, unknown> = {},
  header: Record<string, unknown> = {},
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const all = {
    iss: 'private_key_jwt',
    sub: 'private_key_jwt',
    aud: audience,
    jti: randomUUID(),
    iat: now,
    exp: now + 240,
    ...claims,
  };
  return new SignJWT(all)
    .setProtectedHeader({ alg: 'RS384', kid: key.kid, typ: 'JWT', ...header })
    .sign(key.privateKey);
}

/** A simulator with one registration for each way of authentication, and the key server that one of them needs. */
export async function startWithApps(options: SimulatorOptions = {}): Promise<{
  simulator: RunningSimulator;
  key: AppKey;
  close(): Promise<void>;
}> {
  const { privateKey, publicKey } = await generateKeyPair('RS384', { modulusLength: 2048 });
  const kid = randomUUID();
  const jwk = { ...(await exportJWK(publicKey)), kid, alg: 'RS384', use: 'sig' };
  const keys = createServer((_request, response) => {
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify({ keys: [jwk] }));
  });
  await new Promise<void>((resolve) => keys.listen(0, '127.0.0.1', resolve));
  const jwksUri = `http://127.0.0.1:${(keys.address() as AddressInfo).port}/jwks.json`;
  const clients = (['production', 'preview'] as const).flatMap((environment) =>
    registrations(environment, jwksUri),
  );
  const simulator = await startSimulator({ anchor: '2026-01-15', clients, ...options });
  return {
    simulator,
    key: { privateKey, kid },
    async close() {
      await simulator.close();
      keys.closeAllConnections();
      await new Promise((resolve) => keys.close(resolve));
    },
  };
}

/** An access token of the public client and the FHIR requests made with it. */
export async function connect(simulator: RunningSimulator, key: AppKey, asking: Asking = {}) {
  const environment = asking.environment ?? 'production';
  const app = makeApp(simulator, 'none', key);
  const { status, body } = await app.exchange(await authorize(simulator, asking), {}, environment);
  if (status !== 200) throw new Error(`No token: ${JSON.stringify(body)}`);
  const fhirBase = `${simulator.url}/athenahealth/${environment}/fhir/r4`;
  return {
    app,
    token: body,
    patient: String(body.patient),
    fhirBase,
    get: (path: string, init: RequestInit = {}) =>
      fetch(path.startsWith('http') ? path : `${fhirBase}/${path}`, {
        ...init,
        headers: { authorization: `Bearer ${String(body.access_token)}`, ...init.headers },
      }),
  };
}

function registrations(environment: EnvironmentName, jwksUri: string): ClientRegistration[] {
  const common = { portal: 'athenahealth', environment, redirectUris: [redirectUri] } as const;
  return [
    { ...common, clientId: 'none', auth: 'none' },
    { ...common, clientId: 'client_secret_basic', auth: 'client_secret_basic', clientSecret },
    { ...common, clientId: 'client_secret_post', auth: 'client_secret_post', clientSecret },
    { ...common, clientId: 'private_key_jwt', auth: 'private_key_jwt', jwksUri },
  ];
}

async function authenticate(
  auth: ClientAuth,
  key: AppKey,
  tokenUrl: string,
): Promise<{ headers: Record<string, string>; fields: Record<string, string> }> {
  switch (auth) {
    case 'none':
      return { headers: {}, fields: { client_id: 'none' } };
    case 'client_secret_basic': {
      const pair = `${encodeURIComponent(auth)}:${encodeURIComponent(clientSecret)}`;
      const credentials = Buffer.from(pair).toString('base64');
      return { headers: { authorization: `Basic ${credentials}` }, fields: {} };
    }
    case 'client_secret_post':
      return { headers: {}, fields: { client_id: auth, client_secret: clientSecret } };
    case 'private_key_jwt':
      return {
        headers: {},
        fields: {
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          client_assertion: await assertion(key, tokenUrl),
        },
      };
  }
}

function fillIn(html: string, asking: Asking): URLSearchParams | undefined {
  const form = new URLSearchParams();
  if (html.includes('name="username"')) {
    const isPreview = asking.environment === 'preview';
    form.set(
      'username',
      asking.username ?? (isPreview ? 'phrtest_preview@mailinator.com' : 'nora@example.org'),
    );
    form.set('password', asking.password ?? (isPreview ? 'Password1' : 'Sample-Login-1'));
    return html.includes('role="alert"') ? undefined : form;
  }
  if (html.includes('name="practice"')) {
    form.set('practice', asking.practice ?? '24411');
    return form;
  }
  if (!html.includes('name="decision"')) return undefined;
  form.set('decision', asking.decision ?? 'allow');
  for (const [, scope = ''] of html.matchAll(/name="scope" value="([^"]+)" checked/g)) {
    if (!asking.untick?.includes(scope)) form.append('scope', scope);
  }
  return form;
}
