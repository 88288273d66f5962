// Owns the authorization request of a standalone launch, and reading what comes back to the redirect address.
// @see https://hl7.org/fhir/smart-app-launch/STU2.2/app-launch.html#obtain-authorization-code

import * as oauth from 'oauth4webapi';
import { ChartfoldError } from '../platform/errors.ts';
import type { Outbound } from '../platform/outbound.ts';
import { asMetadata, type SmartClient } from './client.ts';

/** What must be remembered from the request until the answer comes. `codeVerifier` is secret. */
export type LaunchSecrets = {
  readonly state: string;
  readonly codeVerifier: string;
  readonly nonce: string;
};

/** Fresh secrets: state of 256 bits (SMART 2.2 @2 @40 ask for 122), PKCE verifier (RFC 7636), nonce. */
export function newLaunchSecrets(): LaunchSecrets {
  return {
    state: oauth.generateRandomState(),
    codeVerifier: oauth.generateRandomCodeVerifier(),
    nonce: oauth.generateRandomNonce(),
  };
}

/** The address to send the browser to. A standalone launch carries no `launch` parameter (SMART 2.2 @36). */
export async function authorizationUrl(
  client: SmartClient,
  secrets: LaunchSecrets,
  request: {
    redirectUri: string;
    scopes: readonly string[];
    aud: string | null;
    pkce: boolean;
  },
): Promise<string> {
  const url = new URL(client.server.authorizationEndpoint);
  const parameters: Record<string, string> = {
    response_type: 'code',
    client_id: client.clientId,
    redirect_uri: request.redirectUri,
    scope: request.scopes.join(' '),
    state: secrets.state,
    ...(request.aud === null ? {} : { aud: request.aud }),
    ...(request.pkce
      ? {
          code_challenge: await oauth.calculatePKCECodeChallenge(secrets.codeVerifier),
          code_challenge_method: 'S256',
        }
      : {}),
    ...(request.scopes.includes('openid') ? { nonce: secrets.nonce } : {}),
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}

/**
 * Asks for the authorization address once from here, before a person is sent there: a portal that does not know
 * us refuses at once, on a page that says nothing to a patient. What only a person can go on with is left alone.
 * @throws `smart.wrong_client`, `smart.authorization_refused`, `net.*`
 */
export async function tryAuthorization(
  outbound: Outbound,
  client: SmartClient,
  location: string,
  request: { redirectUri: string; state: string },
): Promise<void> {
  const response = await outbound(location, {
    headers: { accept: 'text/html' },
    timeoutMs: 15_000,
  });
  if (response.status === 400 || response.status === 401) {
    throw new ChartfoldError('smart.wrong_client', {
      detail: `HTTP status ${response.status} at the sign-in address`,
    });
  }
  if (response.status === 403 && /\bjson\b/.test(response.headers.get('content-type') ?? '')) {
    // No page for a person: the request itself is refused, a scope or an address that was not registered.
    throw new ChartfoldError('smart.authorization_refused', {
      detail: 'HTTP status 403 at the sign-in address',
    });
  }
  const back = response.headers.get('location');
  if (!back?.startsWith(request.redirectUri)) return;
  const parameters = new URL(back).searchParams;
  if (parameters.has('error')) readCallback(client, parameters, request.state);
}

/**
 * Checks state and, where sent or promised, `iss` (RFC 9207), and turns a refusal into its code. The library takes
 * what this gives back, and nothing else, for its token request.
 * @throws `smart.state_mismatch`, `smart.issuer_mismatch`, `smart.access_denied`, `smart.authorization_refused`
 */
export function readCallback(
  client: SmartClient,
  parameters: URLSearchParams,
  expectedState: string,
): URLSearchParams {
  if (parameters.get('state') !== expectedState || parameters.getAll('state').length !== 1) {
    throw new ChartfoldError('smart.state_mismatch');
  }
  const iss = parameters.get('iss');
  // As everywhere: the FHIR base where the server names no issuer of its own.
  if (iss !== null && iss !== (client.server.issuer ?? client.fhirBaseUrl)) {
    throw new ChartfoldError('smart.issuer_mismatch');
  }
  const error = parameters.get('error');
  if (error === 'access_denied') throw new ChartfoldError('smart.access_denied');
  if (error !== null) {
    throw new ChartfoldError(
      error === 'unauthorized_client' || error === 'invalid_client'
        ? 'smart.wrong_client'
        : 'smart.authorization_refused',
      { detail: wordOnly(error) },
    );
  }
  try {
    return oauth.validateAuthResponse(
      asMetadata(client),
      { client_id: client.clientId },
      parameters,
      expectedState,
    );
  } catch (cause) {
    throw new ChartfoldError('smart.authorization_refused', {
      detail: 'the answer had no code',
      cause,
    });
  }
}

/** An OAuth error code is one word of RFC 6749's; anything else that came is not repeated. */
function wordOnly(error: string): string {
  return /^[a-z_]{1,40}$/.test(error) ? error : 'an unknown error';
}
