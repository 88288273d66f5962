// Owns what a SMART client is to this program: an authorization server's addresses, our id there, and how we
// prove ourselves. Joins the OAuth library to our outbound calls.

import * as oauth from 'oauth4webapi';
import type { Outbound } from '../platform/outbound.ts';
import type { SmartConfiguration } from './discovery.ts';

export type SmartClient = {
  readonly server: SmartConfiguration;
  /** Where the server has no issuer of its own, its FHIR base stands in. */
  readonly fhirBaseUrl: string;
  readonly clientId: string;
  readonly authenticate: oauth.ClientAuth;
};

/** The server as the OAuth library wants it. */
export function asMetadata(client: SmartClient): oauth.AuthorizationServer {
  const { server } = client;
  return {
    issuer: server.issuer ?? client.fhirBaseUrl,
    authorization_endpoint: server.authorizationEndpoint,
    token_endpoint: server.tokenEndpoint,
    ...(server.revocationEndpoint ? { revocation_endpoint: server.revocationEndpoint } : {}),
    ...(server.jwksUri ? { jwks_uri: server.jwksUri } : {}),
  };
}

/** Our fetch in place of the library's, with its own header set kept. */
export function callOptions(outbound: Outbound, fhirBaseUrl: string) {
  return {
    [oauth.customFetch]: (
      url: string,
      init: oauth.CustomFetchOptions<'GET' | 'POST', URLSearchParams | undefined>,
    ) =>
      outbound(url, {
        method: init.method,
        headers: init.headers,
        body: init.body ?? null,
        timeoutMs: 30_000,
        maxBytes: 1024 * 1024,
      }),
    // http is for a FHIR base that the operator wrote so (a simulator, a test server). A portal on https that names
    // an http endpoint would be sent the secret in clear.
    [oauth.allowInsecureRequests]: new URL(fhirBaseUrl).protocol === 'http:',
  };
}
