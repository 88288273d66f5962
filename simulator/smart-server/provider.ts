// The authorization server's library, configured to be like the vendor's. What the library cannot express (rules on
// a request's body, the pages) is in oauth-server and login.

import { type errors as oidcErrors, errors, type Configuration, Provider } from 'oidc-provider';
import type { JWK } from 'jose';
import type { AthenahealthBehaviour } from '../../src/portals/athenahealth/behaviour.ts';
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
  readonly behaviour: AthenahealthBehaviour;
  readonly state: SimulatorState;
  readonly faults: FaultSwitches;
  readonly signingKey: JWK;
  readonly cookieKey: string;
  readonly signer: TokenSigner;
  readonly findClient: (clientId: string) => ClientRegistration | undefined;
  readonly findLogin: (sub: string) => Login | undefined;
};

/** The path, below the OAuth base, of the pages of one authorization attempt. */
export const loginPath = '/oauth2/v1/login';

/** Makes the library's server. Its paths are relative to the environment's prefix. */
export function makeProvider(parts: ProviderParts): Provider {
  const { environment, behaviour, state, faults, findClient } = parts;
  // A rotated refresh token that is then lost with a 500: marked here, acted on when the answer is written.
  const losesAnswer = new WeakSet<object>();
  const adapters = makeAdapters(state, `oauth.${environment.name}`, faults, (clientId) => {
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
      return faults.strike('refresh.rotates') !== undefined || behaviour.refreshReturnsToken;
    },
  });
  provider.use(async (ctx, next) => {
    await next();
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
    pkce: { required: () => true },
    scopes: knownScopes,
    claims: { fhirUser: ['fhirUser'] },
    conformIdTokenClaims: false,
    clientAuthMethods: ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    enabledJWA: { clientAuthSigningAlgValues: [behaviour.assertion.alg as 'RS384'] },
    clockTolerance: 5,
    assertJwtClientAuthClaimsAndHeader: (_ctx, claims, header) =>
      checkAssertion(parts, claims, header),
    extraParams: { launch: null, aud: (_ctx, value) => checkAudience(environment, value) },
    features: {
      devInteractions: { enabled: false },
      revocation: { enabled: true, allowedPolicy: isOwnToken },
      introspection: { enabled: true, allowedPolicy: isOwnToken },
      rpInitiatedLogout: { enabled: false },
      userinfo: { enabled: false },
    },
    fetch: fetchFromLoopbackToo,
    routes,
    interactions: { url: (_ctx, { uid }) => `${environment.prefix}${loginPath}/${uid}` },
    findAccount: (_ctx, sub) => {
      const login = findLogin(sub);
      if (login === undefined) return undefined;
      const fhirUser = `${environment.fhirBase}/Patient/${login.account.ownPatientId}`;
      return { accountId: sub, claims: () => ({ sub, fhirUser }) };
    },
    expiresWithSession: () => false,
    issueRefreshToken: (_ctx, client, source) =>
      client.grantTypeAllowed('refresh_token') && source.scopes.has('offline_access'),
    ttl: {
      AccessToken: () =>
        faults.strike('token.expires-early') === undefined ? behaviour.accessTokenSeconds : 3,
      AuthorizationCode: 60,
      Grant: ninetyDays,
      IdToken: 3600,
      Interaction: 3600,
      RefreshToken: ninetyDays,
      Session: 3600,
    },
    renderError: (ctx, out) => {
      ctx.type = 'html';
      ctx.body = errorPage(out.error, out.error_description);
    },
  };
}

const routes = {
  authorization: '/oauth2/v1/authorize',
  token: '/oauth2/v1/token',
  revocation: '/oauth2/v1/revoke',
  introspection: '/oauth2/v1/introspect',
  jwks: '/oauth2/v1/keys',
};

/** @throws {oidcErrors.InvalidRequest} unless `aud` is exactly the FHIR base */
function checkAudience(environment: Environment, value: unknown): void {
  if (value === environment.fhirBase) return;
  throw new errors.InvalidRequest('aud must be the address of the FHIR server');
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

const ninetyDays = 90 * 24 * 3600;

function cookieSettings({
  environment,
  cookieKey,
}: ProviderParts): NonNullable<Configuration['cookies']> {
  const name = (kind: string) => `athenahealth-${environment.name}-${kind}`;
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
  const patient = scopes.includes('launch/patient') ? { patient: login.chart.patientId } : {};
  const practice = { ah_practice: `a-1.Practice-${login.chart.practiceId}` };
  const accessToken = signer.sign({
    jti: token.jti,
    iss: environment.issuer,
    aud: environment.fhirBase,
    sub: String(token.accountId),
    cid: String(token.clientId),
    scp: scopes,
    iat: now,
    exp: now + Number(reply.expires_in),
    ...(behaviour.practiceTold === 'access-token' ? practice : {}),
  });
  const { refresh_token: refreshToken, ...rest } = reply;
  const isRefresh = oidc.params?.grant_type === 'refresh_token';
  const keepsOldToken = isRefresh && oidc.entities.RotatedRefreshToken === undefined;
  return {
    ...rest,
    access_token: accessToken,
    ...(typeof rest.id_token === 'string' && skew !== 0
      ? { id_token: signer.sign(shifted(rest.id_token, skew)) }
      : {}),
    ...(refreshToken === undefined || keepsOldToken ? {} : { refresh_token: refreshToken }),
    ...patient,
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
