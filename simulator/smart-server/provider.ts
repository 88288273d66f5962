// The authorization server's library, configured to be like the vendor's. What the library cannot express (rules on
// a request's body, the pages) is in oauth-server and login.

import { type errors as oidcErrors, errors, type Configuration, Provider } from 'oidc-provider';
import type { JWK } from 'jose';
import type { PortalBehaviour } from '../../src/portals/behaviour.ts';
import { skewOf } from '../clock.ts';
import type { Environment } from '../environments.ts';
import type { FaultSwitches } from '../faults.ts';
import { knownScopes } from '../fhir-server/scopes.ts';
import type { SimulatorState } from '../state.ts';
import { makeAdapters } from './adapter.ts';
import { type ClientRegistration, clientMetadata } from './clients.ts';
import type { TokenSigner } from './keys.ts';
import type { Login } from './logins.ts';
import { errorPage } from './pages.ts';

export type ProviderParts = {
  readonly environment: Environment;
  readonly behaviour: PortalBehaviour;
  readonly state: SimulatorState;
  readonly faults: FaultSwitches;
  readonly signingKey: JWK;
  readonly cookieKey: string;
  readonly signer: TokenSigner;
  readonly findClient: (clientId: string) => ClientRegistration | undefined;
  readonly findLogin: (sub: string) => Login | undefined;
};

/** The path, below an environment's prefix, of the pages of one authorization attempt. */
export const loginPath = '/sign-in';

/** Makes the library's server. Its paths are relative to the environment's prefix. */
export function makeProvider(parts: ProviderParts): Provider {
  const { environment, behaviour, state, faults, findClient } = parts;
  // A rotated refresh token that is then lost with a 500: marked here, acted on when the answer is written.
  const losesAnswer = new WeakSet<object>();
  const adapters = makeAdapters(state, `oauth.${environment.key}`, faults, (clientId) => {
    const registration = findClient(clientId);
    return registration === undefined ? undefined : clientMetadata(registration, behaviour);
  });
  const provider = new Provider(environment.issuer, {
    ...configure(parts),
    adapter: adapters,
    rotateRefreshToken: (ctx) => {
      if (faults.strike('refresh.rotates-then-500') !== undefined) {
        losesAnswer.add(ctx);
        return true;
      }
      return faults.strike('refresh.rotates') !== undefined || behaviour.refresh.rotates;
    },
  });
  provider.use(async (ctx, next) => {
    await next();
    bendReturn(parts, ctx);
    if (ctx.oidc?.route !== 'token' || ctx.status !== 200) return;
    if (losesAnswer.has(ctx)) {
      ctx.status = 500;
      ctx.type = 'text/html';
      ctx.body = '<!DOCTYPE html><title>Server Error</title><h1>Server Error (500)</h1>';
      return;
    }
    ctx.body = conformTokenReply(parts, ctx.oidc, ctx.body as Record<string, unknown>);
  });
  return provider;
}

function configure(parts: ProviderParts): Configuration {
  const { environment, behaviour, faults, findLogin } = parts;
  return {
    jwks: { keys: [parts.signingKey as never] },
    cookies: cookieSettings(parts),
    pkce: { required: () => behaviour.pkceRequired },
    scopes: [...knownScopes(behaviour)],
    claims: { fhirUser: ['fhirUser'] },
    conformIdTokenClaims: false,
    clientAuthMethods: [...behaviour.clientAuth],
    enabledJWA: { clientAuthSigningAlgValues: [behaviour.assertion.alg as 'RS384'] },
    clockTolerance: 5,
    assertJwtClientAuthClaimsAndHeader: (_ctx, claims, header) =>
      checkAssertion(parts, claims, header),
    extraParams: { launch: null, aud: (_ctx, value) => checkAudience(parts, value) },
    features: {
      devInteractions: { enabled: false },
      revocation: { enabled: environment.paths.revoke !== null, allowedPolicy: isOwnToken },
      introspection: { enabled: environment.paths.introspect !== null, allowedPolicy: isOwnToken },
      rpInitiatedLogout: { enabled: false },
      userinfo: { enabled: false },
    },
    fetch: fetchFromLoopbackToo,
    routes: routesOf(environment),
    interactions: { url: (_ctx, { uid }) => `${environment.prefix}${loginPath}/${uid}` },
    findAccount: (_ctx, sub) => {
      const login = findLogin(sub);
      if (login === undefined) return undefined;
      const { practiceId, patientId } = login.chart;
      const who = behaviour.fhirUserIs === 'patient' ? patientId : login.account.ownPatientId;
      const fhirUser = `${environment.fhirBaseOf(practiceId)}/Patient/${who}`;
      return { accountId: sub, claims: () => ({ sub, fhirUser }) };
    },
    expiresWithSession: () => false,
    issueRefreshToken: (_ctx, client, source) =>
      client.grantTypeAllowed('refresh_token') &&
      (source.scopes.has('offline_access') || !behaviour.refresh.onlyOffline) &&
      (client.clientAuthMethod !== 'none' || behaviour.refresh.for === 'every-client'),
    ttl: {
      AccessToken: () =>
        faults.strike('token.expires-early') === undefined ? behaviour.accessToken.seconds : 3,
      AuthorizationCode: 60,
      Grant: days(behaviour.refresh.days),
      IdToken: 3600,
      Interaction: 3600,
      RefreshToken: days(behaviour.refresh.days),
      Session: 3600,
    },
    renderError: (ctx, out) => {
      ctx.type = 'html';
      ctx.body = errorPage(out.error, out.error_description);
    },
  };
}

/** The library knows no trailing slash; the door takes it off. What a vendor has not lies where nobody looks. */
function routesOf({ paths }: Environment): NonNullable<Configuration['routes']> {
  return {
    authorization: withoutSlash(paths.authorize),
    token: withoutSlash(paths.token),
    revocation: paths.revoke ?? '/none/revoke',
    introspection: paths.introspect ?? '/none/introspect',
    jwks: paths.keys ?? '/none/keys',
  };
}

/** A path as the library has it. */
export function withoutSlash(path: string): string {
  return path.replace(/\/$/, '');
}

/** @throws {oidcErrors.InvalidRequest} unless `aud` is exactly the FHIR base of a clinic */
function checkAudience({ environment, behaviour }: ProviderParts, value: unknown): void {
  const isNamed = typeof value === 'string' && environment.practiceOf(value) !== undefined;
  if (isNamed || !behaviour.audRequired) return;
  throw new errors.InvalidRequest('aud must be the address of the FHIR server');
}

/** The way back to the app as the vendor writes it: without a state, or an issuer that it does not have. */
function bendReturn(
  { environment, behaviour, faults }: ProviderParts,
  ctx: {
    readonly status: number;
    readonly response: { get(name: string): string };
    redirect(to: string): void;
  },
): void {
  const location = ctx.response.get('location');
  if (ctx.status < 300 || ctx.status > 399 || !URL.canParse(location)) return;
  const to = new URL(location);
  if (!to.searchParams.has('iss')) return;
  if (environment.paths.issuer === null) to.searchParams.delete('iss');
  const isLost = !behaviour.returnsState || faults.strike('state.lost') !== undefined;
  if (isLost) to.searchParams.delete('state');
  if (to.href === new URL(location).href) return;
  const { status } = ctx;
  ctx.redirect(to.href);
  Object.assign(ctx, { status });
}

/** The library refuses loopback addresses through its dispatcher, and a simulator's clients live there. */
function fetchFromLoopbackToo(
  url: string | URL | Request,
  options?: RequestInit,
): Promise<Response> {
  const { dispatcher: _refusesLoopback, ...rest } = (options ?? {}) as RequestInit & {
    dispatcher?: unknown;
  };
  return globalThis.fetch(url, rest);
}

/** A client may ask about and revoke its own tokens only. */
function isOwnToken(
  _ctx: unknown,
  client: { readonly clientId: string },
  token: { readonly clientId?: string | undefined },
): boolean {
  return token.clientId === client.clientId;
}

const days = (count: number): number => count * 24 * 3600;

function cookieSettings({
  environment,
  cookieKey,
}: ProviderParts): NonNullable<Configuration['cookies']> {
  const name = (kind: string) => `${environment.vendor}-${environment.name}-${kind}`;
  return {
    keys: [cookieKey],
    names: { interaction: name('interaction'), resume: name('resume'), session: name('session') },
    long: { signed: true, httpOnly: true, sameSite: 'lax', path: environment.prefix },
    short: { signed: true, httpOnly: true, sameSite: 'lax' },
  };
}

/** What SMART asks of an assertion beyond the library's own checks. @throws {oidcErrors.InvalidClientAuth} */
function checkAssertion(
  { environment, behaviour }: ProviderParts,
  claims: Record<string, unknown>,
  header: Record<string, unknown>,
): void {
  const refuse = (reason: string): oidcErrors.InvalidClientAuth =>
    new errors.InvalidClientAuth(reason);
  if (typeof header.kid !== 'string' || header.kid === '') throw refuse('kid is required');
  if (claims.aud !== environment.tokenEndpoint) throw refuse('aud must be the token endpoint');
  const latest = Math.floor(Date.now() / 1000) + behaviour.assertion.maxSeconds;
  if (typeof claims.exp !== 'number' || claims.exp > latest + 5) {
    throw refuse('exp must be at most five minutes ahead');
  }
}

type OidcContext = NonNullable<NonNullable<typeof Provider.ctx>['oidc']>;

/** The library's token reply in the vendor's form: a JWT, launch context, and no new refresh token. */
function conformTokenReply(
  { environment, behaviour, findLogin, signer, faults }: ProviderParts,
  oidc: OidcContext,
  reply: Record<string, unknown>,
): Record<string, unknown> {
  const token = oidc.entities.AccessToken;
  const login = token?.accountId === undefined ? undefined : findLogin(token.accountId);
  if (token === undefined || login === undefined) return reply;
  const scopes = String(reply.scope ?? '').split(' ');
  const skew = skewOf(faults) / 1000;
  const now = Math.floor(Date.now() / 1000 + skew);
  const { practiceId, patientId } = login.chart;
  const aud = environment.fhirBaseOf(practiceId);
  const iss = environment.paths.issuer === null ? aud : environment.issuer;
  const isTold = behaviour.patientTold === 'token-reply' && scopes.includes('launch/patient');
  const practice = { ah_practice: `a-1.Practice-${practiceId}` };
  const claims = {
    jti: token.jti,
    iss,
    aud,
    sub: String(token.accountId),
    cid: String(token.clientId),
    scp: scopes,
    iat: now,
    exp: now + Number(reply.expires_in),
    ...(behaviour.practiceTold === 'access-token' ? practice : {}),
  };
  const { access_token: opaque, refresh_token: refreshToken, ...rest } = reply;
  const isRefresh = oidc.params?.grant_type === 'refresh_token';
  const keepsOldToken = isRefresh && oidc.entities.RotatedRefreshToken === undefined;
  return {
    ...rest,
    access_token: behaviour.accessToken.form === 'jwt' ? signer.sign(claims) : opaque,
    ...(typeof rest.id_token === 'string' && (skew !== 0 || iss !== environment.issuer)
      ? { id_token: signer.sign({ ...shifted(rest.id_token, skew), iss }) }
      : {}),
    ...(refreshToken === undefined || keepsOldToken ? {} : { refresh_token: refreshToken }),
    ...(isTold ? { patient: patientId } : {}),
    ...(behaviour.practiceTold === 'token-reply' ? practice : {}),
  };
}

/** What an id_token claims, its times those of a clock that is off by some seconds. */
function shifted(idToken: string, seconds: number): Record<string, unknown> {
  const payload = Buffer.from(idToken.split('.')[1] ?? '', 'base64url').toString();
  const claims = JSON.parse(payload) as Record<string, unknown>;
  const moved = ['iat', 'exp', 'auth_time', 'nbf'].flatMap((name) =>
    typeof claims[name] === 'number' ? [[name, claims[name] + seconds] as const] : [],
  );
  return { ...claims, ...Object.fromEntries(moved) };
}
