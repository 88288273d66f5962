// Owns the token requests: a code for tokens, a refresh token for fresh ones, an end to both. Asking and
// reading are the library's; this bends replies that stray from the specification back to it, and gives
// every failure its code. Tokens are in clear here for the length of a call, and never in an error.
// @see https://hl7.org/fhir/smart-app-launch/STU2.2/app-launch.html#obtain-access-token

import { decodeJwt } from 'jose';
import * as oauth from 'oauth4webapi';
import { systemClock } from '../platform/clock.ts';
import { ChartfoldError, type ErrorCode } from '../platform/errors.ts';
import type { Outbound } from '../platform/outbound.ts';
import { asMetadata, callOptions, type SmartClient } from './client.ts';

/** A token reply, read and checked. */
export type Tokens = {
  readonly accessToken: string;
  readonly refreshToken: string | null;
  /** Seconds; null where the server does not say. */
  readonly expiresIn: number | null;
  /** As sent; null where the server does not say, which means as asked. */
  readonly scope: string | null;
  /** The launch context `patient`. */
  readonly patient: string | null;
  /** Who signed in, as the validated id_token claims it: an address or a reference, as sent. */
  readonly fhirUser: string | null;
  /** For a vendor's hook: the reply without its tokens, and what an access token that is a JWT claims. */
  readonly reply: Readonly<Record<string, unknown>>;
  readonly accessClaims: Readonly<Record<string, unknown>> | null;
};

/**
 * Changes a code for tokens and validates the id_token: issuer, audience, times, nonce, signature
 * (SMART 2.2 @201 @218, OpenID Connect Core section 3.1.3.7).
 * @throws `smart.code_expired`, `smart.access_denied`, `smart.wrong_client`, `smart.id_token_invalid`,
 *   `smart.token_reply_invalid`, `net.*`
 */
export async function exchangeCode(
  client: SmartClient,
  outbound: Outbound,
  request: {
    /** As `readCallback` gave it back. */
    callback: URLSearchParams;
    redirectUri: string;
    /** Null where no challenge was sent. */
    codeVerifier: string | null;
    nonce: string;
    asksOpenId: boolean;
  },
): Promise<Tokens> {
  const server = asMetadata(client);
  const options = callOptions(conformed(outbound, request.asksOpenId), client.fhirBaseUrl);
  return guarded('code', async () => {
    const response = await oauth.authorizationCodeGrantRequest(
      server,
      { client_id: client.clientId },
      client.authenticate,
      request.callback,
      request.redirectUri,
      request.codeVerifier ?? oauth.nopkce,
      options,
    );
    // Read first as if no id_token were in it: what fails after that is the id_token.
    await oauth.processAuthorizationCodeResponse(
      server,
      { client_id: client.clientId },
      await bentResponse(response.clone(), false),
    );
    return guarded('id_token', async () => {
      const reply = await oauth.processAuthorizationCodeResponse(
        server,
        { client_id: client.clientId, [oauth.clockSkew]: skewOf(response) },
        response,
        { expectedNonce: request.asksOpenId ? request.nonce : oauth.expectNoNonce },
      );
      if (reply.id_token) await oauth.validateApplicationLevelSignature(server, response, options);
      return tokensOf(reply);
    });
  });
}

/**
 * Changes a refresh token for a fresh access token. A reply without a new refresh token keeps the old one.
 * @param extra what the vendor wants repeated in the body
 * @throws `smart.sign_in_again`, `smart.wrong_client`, `smart.token_reply_invalid`, `net.*`
 */
export async function refreshTokens(
  client: SmartClient,
  outbound: Outbound,
  refreshToken: string,
  extra: Readonly<Record<string, string>>,
): Promise<Tokens> {
  const server = asMetadata(client);
  // An id_token that fails here must not cost the rotated refresh token beside it; none is needed.
  const options = callOptions(conformed(outbound, false), client.fhirBaseUrl);
  return guarded('refresh', async () => {
    const response = await oauth.refreshTokenGrantRequest(
      server,
      { client_id: client.clientId },
      client.authenticate,
      refreshToken,
      { ...options, additionalParameters: { ...extra } },
    );
    const reply = await oauth.processRefreshTokenResponse(
      server,
      { client_id: client.clientId },
      response,
    );
    return tokensOf(reply);
  });
}

/** Ends a token at the server (RFC 7009). False where the server offers no such end. */
export async function revokeToken(
  client: SmartClient,
  outbound: Outbound,
  token: string,
): Promise<boolean> {
  if (!client.server.revocationEndpoint) return false;
  const options = callOptions(outbound, client.fhirBaseUrl);
  return guarded('refresh', async () => {
    const server = asMetadata(client);
    const response = await oauth.revocationRequest(
      server,
      { client_id: client.clientId },
      client.authenticate,
      token,
      options,
    );
    await oauth.processRevocationResponse(response);
    return true;
  });
}

/**
 * By how many seconds the server's clock is ahead of ours: its id_token, which came with this very answer, is judged by
 * the time it has. Where a machine at home has slept, it is ours that is wrong.
 */
function skewOf(response: Response): number {
  const date = Date.parse(response.headers.get('date') ?? '');
  return Number.isNaN(date) ? 0 : Math.round((date - systemClock.now()) / 1000);
}

function tokensOf(reply: oauth.TokenEndpointResponse): Tokens {
  const { access_token, refresh_token, id_token: _idToken, ...rest } = reply;
  const { patient } = rest;
  const fhirUser = oauth.getValidatedIdTokenClaims(reply)?.fhirUser;
  return {
    accessToken: access_token,
    refreshToken: refresh_token ?? null,
    expiresIn: reply.expires_in ?? null,
    scope: reply.scope ?? null,
    patient: typeof patient === 'string' && patient ? patient : null,
    fhirUser: typeof fhirUser === 'string' && fhirUser ? fhirUser : null,
    reply: rest,
    accessClaims: claimsOf(access_token),
  };
}

/** What an access token says where it happens to be a JWT; it is the server's own, so it is not verified here. */
function claimsOf(token: string): Readonly<Record<string, unknown>> | null {
  try {
    return decodeJwt(token);
  } catch {
    return null; // An opaque token is just as good.
  }
}

/** Replies seen in the field that the strict reader would refuse: no token_type, nulls and nonsense, status 201, denials as faults. */
function conformed(outbound: Outbound, keepsIdToken: boolean): Outbound {
  return async (url, init) => {
    const response = await outbound(url, init);
    return init?.method === 'POST' ? bentResponse(response, keepsIdToken) : response;
  };
}

async function bentResponse(response: Response, keepsIdToken: boolean): Promise<Response> {
  if (response.status >= 500) return deniedResponse(response);
  if (response.status !== 200 && response.status !== 201) return response;
  const text = await response.text();
  const bent = bendReply(text, keepsIdToken);
  const headers = new Headers(response.headers);
  if (bent) headers.set('content-type', 'application/json');
  return new Response(bent ?? text, { status: bent ? 200 : response.status, headers });
}

/** A refusal in the words of RFC 6749, whatever the status: some servers deny access as a fault of their own. */
async function deniedResponse(response: Response): Promise<Response> {
  const text = await response.text();
  const isDenied = /^\s*\{[^}]*"error"\s*:\s*"access_denied"/.test(text);
  return new Response(text, {
    status: isDenied ? 400 : response.status,
    headers: response.headers,
  });
}

function bendReply(text: string, keepsIdToken: boolean): string | undefined {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return undefined; // Left as it came; the reader says that it is not JSON.
  }
  if (typeof body !== 'object' || body === null || !('access_token' in body)) return undefined;
  const present = Object.entries(body).filter(
    ([name, value]) => saysSomething(name, value) && (keepsIdToken || name !== 'id_token'),
  );
  return JSON.stringify({ token_type: 'bearer', ...Object.fromEntries(present) });
}

/** A life that is no time, or a refresh token without a letter: what stands beside them is good, and comes but once. */
function saysSomething(name: string, value: unknown): boolean {
  const number = Number.parseFloat(String(value));
  if (name === 'expires_in') return number > 0 && Number.isFinite(number);
  return value !== null && !(name === 'refresh_token' && value === '');
}

/** What was being done when it failed. */
type Step = 'code' | 'id_token' | 'refresh';

async function guarded<T>(step: Step, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof ChartfoldError) throw error;
    const [code, detail] = codeOf(step, error);
    throw new ChartfoldError(code, { ...(detail ? { detail } : {}), cause: hushed(error) });
  }
}

function codeOf(step: Step, error: unknown): [ErrorCode, string | undefined] {
  if (step === 'id_token') return ['smart.id_token_invalid', undefined];
  if (error instanceof oauth.ResponseBodyError) {
    const word = /^[a-z_]{1,40}$/.test(error.error) ? error.error : 'unknown error';
    if (word === 'invalid_client' || word === 'unauthorized_client')
      return ['smart.wrong_client', word];
    if (word === 'access_denied')
      return [step === 'code' ? 'smart.access_denied' : 'smart.sign_in_again', word];
    // Some servers answer a used refresh token with invalid_request.
    const isRefused =
      word === 'invalid_grant' || (step === 'refresh' && word === 'invalid_request');
    if (isRefused) return [step === 'code' ? 'smart.code_expired' : 'smart.sign_in_again', word];
    return ['smart.token_reply_invalid', `${word}, HTTP status ${error.status}`];
  }
  if (error instanceof oauth.WWWAuthenticateChallengeError)
    return ['smart.wrong_client', `HTTP status ${error.status}`];
  const code = error instanceof Error ? String((error as { code?: unknown }).code ?? '') : '';
  return [
    'smart.token_reply_invalid',
    code === oauth.RESPONSE_IS_NOT_JSON ? 'the answer was not JSON' : undefined,
  ];
}

/** The library's errors carry the reply, tokens and all; only their name and code go on. */
function hushed(error: unknown): Error {
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined;
  const name = error instanceof Error ? error.name : typeof error;
  return Object.assign(
    new Error(`${name} at the token endpoint`),
    typeof code === 'string' ? { code } : {},
  );
}
