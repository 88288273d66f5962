// The door of the authorization server: the vendor's rules on requests that the library does not know, then the
// library. It reads bodies once and hands the library a request that can be read again.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { Provider } from 'oidc-provider';
import type { PortalBehaviour } from '../../src/portals/behaviour.ts';
import type { Environment } from '../environments.ts';
import type { FaultSwitches } from '../faults.ts';
import { loadBalancerPage } from '../fhir-server/outcomes.ts';
import { knownScopes } from '../fhir-server/scopes.ts';
import { type Answer, answer, readBody } from '../http.ts';
import type { Rate } from '../rate.ts';
import type { RequestRecord } from '../request-log.ts';
import type { TokenSigner } from './keys.ts';
import { contentSecurityPolicy, messagePage } from './pages.ts';
import { loginPath, withoutSlash } from './provider.ts';

export type OAuthServerParts = {
  readonly environment: Environment;
  readonly behaviour: PortalBehaviour;
  readonly faults: FaultSwitches;
  readonly rate: Rate;
  readonly provider: Provider;
  readonly signer: TokenSigner;
  readonly login: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** The clinic that a subject's token is for. */
  readonly practiceOf: (subject: string | undefined) => string | undefined;
  readonly onRenewal: () => void;
};

export type OAuthHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  target: { readonly path: string; readonly rawQuery: string },
  record: RequestRecord,
) => Promise<void>;

/** Makes the handler of what {@link isOAuthPath} says is the authorization server's. */
export function makeOAuthServer(parts: OAuthServerParts): OAuthHandler {
  const library = parts.provider.callback();
  const rate = { minute: 0, used: 0 };
  const { prefix, paths, practiceOf } = parts.environment;
  const resumes = `${withoutSlash(paths.authorize)}/`;
  return async (request, response, { path, rawQuery }, record) => {
    const isAuthorize = path === paths.authorize;
    if (path.startsWith(`${loginPath}/`)) {
      record.path = `${loginPath}/{uid}`;
      return parts.login(request, response);
    }
    const isResumed = !isAuthorize && path.startsWith(resumes);
    record.path = isResumed ? `${resumes}{uid}` : path;
    if (path === paths.logout) return answer(request, response, signedOut());
    const form =
      request.method === 'POST'
        ? new URLSearchParams((await readBody(request, 64_000)).toString())
        : undefined;
    if (isAuthorize) {
      // A posted authorization request (capability authorize-post) asks the same in its body.
      const asked = form?.toString() ?? rawQuery;
      const fields = new URLSearchParams(asked);
      record.client = fields.get('client_id') ?? undefined;
      const refusal = refuseAuthorization(parts, fields, practiceOf(fields.get('aud') ?? ''));
      if (refusal !== undefined) return answer(request, response, refusal);
      const url = `${withoutSlash(path)}?${withPrompt(asked)}`;
      return library(readAgain(request, { method: 'GET', url, prefix }), response);
    }
    if (form !== undefined) {
      record.client = clientOf(request, form);
      const early =
        (await refuseRate(parts, path, form)) ??
        refuseSecret(parts, path, form, request) ??
        refuseForm(parts, path, form, rate, record);
      if (early !== undefined) return answer(request, response, early);
      // Access tokens leave as JWTs; where one comes back, the library knows it by its id.
      const id = parts.signer.readId(form.get('token') ?? '');
      if (id !== undefined) form.set('token', id);
    }
    if (path === paths.token) holdBack(response, parts.faults);
    const url = `${withoutSlash(path)}${rawQuery === '' ? '' : `?${rawQuery}`}`;
    const method = request.method ?? 'GET';
    await library(readAgain(request, { method, url, prefix, body: form?.toString() }), response);
    if (record.grantType === 'refresh_token' && response.statusCode === 200) parts.onRenewal();
  };
}

/** Whether a path below the prefix is the authorization server's. */
export function isOAuthPath({ paths }: Environment, path: string): boolean {
  const { authorize, token, revoke, introspect, keys, logout } = paths;
  return (
    [authorize, token, revoke, introspect, keys, logout].includes(path) ||
    path.startsWith(`${withoutSlash(authorize)}/`) ||
    path.startsWith(`${loginPath}/`)
  );
}

/** The vendor's refusals of authorization requests, before the library sees them. */
function refuseAuthorization(
  { behaviour, rate }: OAuthServerParts,
  fields: URLSearchParams,
  practiceId: string | undefined,
): Answer | undefined {
  if (behaviour.rate.countsAuthorization && rate.take(practiceId ?? '').isOver) {
    return oauthError(429, 'too_many_requests', 'The request rate was exceeded.');
  }
  if (behaviour.unknownScopes === 'dropped') return undefined;
  const known = knownScopes(behaviour);
  const asked = (fields.get('scope') ?? '').split(' ');
  if (asked.every((scope) => known.includes(scope))) return undefined;
  // As it was reported: JSON in place of a page, the status in the body.
  return {
    status: 403,
    body: JSON.stringify({
      error: '403',
      error_description: 'invalid_request',
      error_uri: 'http://www.hl7.org/fhir/smart-app-launch/',
    }),
    contentType: 'application/json',
  };
}

/** Counts a token request at the clinic that its code, or its refresh token, is for. */
async function refuseRate(
  { environment, behaviour, provider, rate, practiceOf }: OAuthServerParts,
  path: string,
  form: URLSearchParams,
): Promise<Answer | undefined> {
  if (path !== environment.paths.token || !behaviour.rate.countsAuthorization) return undefined;
  const proof =
    (await provider.AuthorizationCode.find(form.get('code') ?? '')) ??
    (await provider.RefreshToken.find(form.get('refresh_token') ?? ''));
  if (!rate.take(practiceOf(proof?.accountId) ?? '').isOver) return undefined;
  return oauthError(429, 'too_many_requests', 'The request rate was exceeded.');
}

/** Ends the answer later than the library does: what it says has been done by then. */
function holdBack(response: ServerResponse, faults: FaultSwitches): void {
  const slow = faults.strike('token.slow');
  if (slow === undefined) return;
  const end = response.end.bind(response) as (...given: unknown[]) => ServerResponse;
  const later = (...given: unknown[]) => {
    setTimeout(() => end(...given), slow.delayMs ?? 1000);
    return response;
  };
  response.end = later as typeof response.end;
}

/** The vendor's refusals of token requests, before the library sees them. */
function refuseForm(
  { environment, behaviour, faults }: OAuthServerParts,
  path: string,
  form: URLSearchParams,
  rate: { minute: number; used: number },
  record: RequestRecord,
): Answer | undefined {
  if (path !== environment.paths.token) return undefined;
  const grantType = form.get('grant_type') ?? '(none)';
  record.grantType = grantType;
  const limit = behaviour.tokenRequestsPerMinute[environment.name];
  const minute = Math.floor(Date.now() / 60_000);
  if (rate.minute !== minute) Object.assign(rate, { minute, used: 0 });
  rate.used += 1;
  if (rate.used > limit && faults.strike('token.rate-limit') !== undefined) {
    return oauthError(429, 'too_many_requests', 'The token request rate was exceeded.');
  }
  if (faults.strike('token.html') !== undefined) return loadBalancerPage(200);
  if (grantType !== 'refresh_token') return undefined;
  if (faults.strike('access.revoked') !== undefined) {
    const { status, error } = behaviour.refresh.refusedOnceWithdrawn;
    return oauthError(status, error, 'Access was revoked.');
  }
  const missing = behaviour.refresh.needs.find((name) => (form.get(name) ?? '') === '');
  if (missing === undefined) return undefined;
  return oauthError(400, 'invalid_request', `The '${missing}' parameter is required.`);
}

/** The library takes a secret in either place from whoever has one; vendors name the place. */
function refuseSecret(
  { environment, behaviour }: OAuthServerParts,
  path: string,
  form: URLSearchParams,
  { headers }: IncomingMessage,
): Answer | undefined {
  const used = headers.authorization?.startsWith('Basic ')
    ? 'client_secret_basic'
    : form.has('client_secret')
      ? 'client_secret_post'
      : undefined;
  const isTaken = used === undefined || behaviour.clientAuth.includes(used);
  if (path !== environment.paths.token || isTaken) return undefined;
  return oauthError(401, 'invalid_client', 'The client could not be authenticated.');
}

/**
 * Asks for sign-in and consent each time: SMART clients send no `prompt`, and without one the library drops
 * `offline_access` (OpenID Connect Core 11).
 */
function withPrompt(form: string): string {
  const fields = new URLSearchParams(form);
  if (fields.has('prompt')) return form;
  return `${form}${form === '' ? '' : '&'}prompt=login%20consent`;
}

function clientOf(request: IncomingMessage, form: URLSearchParams): string | undefined {
  const named = form.get('client_id');
  if (named !== null) return named;
  const basic = /^Basic (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  if (basic === undefined) return undefined;
  const user = Buffer.from(basic, 'base64').toString().split(':', 1)[0] ?? '';
  return user.replace(/%([0-9a-f]{2})/gi, (_match, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/** The same request, to be read again: with its path below the prefix and no session, so that each signs in anew. */
function readAgain(
  request: IncomingMessage,
  as: {
    readonly method: string;
    readonly url: string;
    readonly prefix: string;
    readonly body?: string | undefined;
  },
): IncomingMessage {
  const { 'content-length': _length, 'transfer-encoding': _encoding, ...headers } = request.headers;
  const cookies = (headers.cookie ?? '').split(/; */);
  headers.cookie = cookies.filter((pair) => !/-session(\.sig)?=/.test(pair)).join('; ');
  const body = as.body === undefined ? [] : [Buffer.from(as.body)];
  const length = as.body === undefined ? {} : { 'content-length': String(body[0]?.length ?? 0) };
  return Object.assign(Readable.from(body, { objectMode: false }), {
    headers: { ...headers, ...length },
    method: as.method,
    url: as.url,
    originalUrl: `${as.prefix}${as.url}`,
    httpVersion: request.httpVersion,
    httpVersionMajor: request.httpVersionMajor,
    httpVersionMinor: request.httpVersionMinor,
    socket: request.socket,
    connection: request.socket,
  }) as unknown as IncomingMessage;
}

function oauthError(status: number, error: string, description: string): Answer {
  return {
    status,
    body: JSON.stringify({ error, error_description: description }),
    contentType: 'application/json',
    headers: { 'Cache-Control': 'no-store' },
  };
}

function signedOut(): Answer {
  return {
    status: 200,
    body: messagePage('Signed out', 'You are signed out of the simulated patient portal.'),
    contentType: 'text/html; charset=utf-8',
    headers: { 'Content-Security-Policy': contentSecurityPolicy() },
  };
}
