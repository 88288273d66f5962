// Owns reading what a FHIR server says of its authorization: .well-known/smart-configuration.
// @see https://hl7.org/fhir/smart-app-launch/STU2.2/conformance.html

import { z } from 'zod';
import { ChartfoldError } from '../platform/errors.ts';
import type { Outbound } from '../platform/outbound.ts';

/** What a server's SMART configuration says, addresses made absolute. */
export type SmartConfiguration = {
  /** Of the authorization server, which may be another host than the FHIR server's. */
  readonly issuer: string | null;
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  readonly revocationEndpoint: string | null;
  readonly jwksUri: string | null;
  /** As listed, empty where none are. @see https://hl7.org/fhir/smart-app-launch/STU2.2/conformance.html#capability-sets */
  readonly capabilities: readonly string[];
  readonly scopesSupported: readonly string[];
  /** The ways of client authentication that it takes, as listed; empty where none are. */
  readonly clientAuth: readonly string[];
  /** Where it names the brands that use it. @see https://hl7.org/fhir/smart-app-launch/brands.html */
  readonly brandBundle: string | null;
};

/** Asks for the configuration; the base has no trailing slash, here and below. SMART 2.2 @29. */
export function requestConfiguration(outbound: Outbound, fhirBaseUrl: string): Promise<Response> {
  return outbound(`${fhirBaseUrl}/.well-known/smart-configuration`, {
    headers: { accept: 'application/json' },
    timeoutMs: 15_000,
    // Those with the longest lists of scopes have some ten thousand.
    maxBytes: 256 * 1024,
  });
}

/**
 * Reads the answer. Relative addresses are resolved against the FHIR base (SMART 2.2 @379).
 * @throws `smart.discovery_failed`, `smart.discovery_incomplete`
 */
export async function readConfiguration(
  response: Response,
  fhirBaseUrl: string,
): Promise<SmartConfiguration> {
  if (response.status !== 200) {
    throw new ChartfoldError('smart.discovery_failed', {
      detail: `HTTP status ${response.status}`,
    });
  }
  let body: unknown;
  try {
    body = JSON.parse(await response.text());
  } catch (cause) {
    throw new ChartfoldError('smart.discovery_failed', {
      detail: 'the answer was not JSON',
      cause,
    });
  }
  const parsed = wire(`${fhirBaseUrl}/`).safeParse(body);
  if (!parsed.success) {
    const lacking = parsed.error.issues.map((issue) => issue.path.join('.')).join(', ');
    throw new ChartfoldError('smart.discovery_incomplete', { detail: lacking });
  }
  const c = parsed.data;
  if (c.code_challenge_methods_supported && !c.code_challenge_methods_supported.includes('S256')) {
    throw new ChartfoldError('smart.discovery_incomplete', {
      detail: 'PKCE with S256 is not offered',
    });
  }
  return {
    issuer: c.issuer ?? null,
    authorizationEndpoint: c.authorization_endpoint,
    tokenEndpoint: c.token_endpoint,
    revocationEndpoint: c.revocation_endpoint || null,
    jwksUri: c.jwks_uri || null,
    capabilities: c.capabilities ?? [],
    scopesSupported: c.scopes_supported ?? [],
    clientAuth: c.token_endpoint_auth_methods_supported ?? [],
    brandBundle: c.user_access_brand_bundle || null,
  };
}

function wire(base: string) {
  const addressBy = (protocol: RegExp) =>
    z
      .string()
      // An empty address would be the base itself, which must never be sent a code.
      .min(1)
      .refine((text) => URL.canParse(text, base) && protocol.test(new URL(text, base).protocol))
      .transform((text) => new URL(text, base).href);
  const address = addressBy(/^https?:$/);
  // A portal on https has nobody sign in where others read along (SMART 2.2 @1).
  const signIn = base.startsWith('https:') ? addressBy(/^https:$/) : address;
  const texts = z
    .array(z.unknown())
    .transform((list) => list.filter((one) => typeof one === 'string'))
    .nullish()
    .catch(null);
  return z.object({
    issuer: z.string().nullish(),
    authorization_endpoint: signIn,
    token_endpoint: signIn,
    revocation_endpoint: z.literal('').or(address).nullish(),
    jwks_uri: z.literal('').or(address).nullish(),
    code_challenge_methods_supported: texts,
    capabilities: texts,
    scopes_supported: texts,
    token_endpoint_auth_methods_supported: texts,
    // Nothing that a sign-in needs: one that is none is left.
    user_access_brand_bundle: z.literal('').or(address).nullish().catch(null),
  });
}
