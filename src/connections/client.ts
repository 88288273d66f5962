// Owns putting a SMART client together for a portal: its addresses, discovered or configured, and how we
// prove ourselves there.

import { outcomeText } from '../fhir/outcome.ts';
import type { PortalEntry } from '../portals/registry.ts';
import type { SmartClient } from '../smart/client.ts';
import { privateKeyJwt } from '../smart/client-auth/private-key-jwt.ts';
import { publicClient } from '../smart/client-auth/public.ts';
import { secretBasic, secretPost } from '../smart/client-auth/secret.ts';
import {
  readConfiguration,
  requestConfiguration,
  type SmartConfiguration,
} from '../smart/discovery.ts';
import { ChartfoldError } from '../platform/errors.ts';
import { type ConnectionContext, paceOf } from './context.ts';

/** Of what a refusal says, in characters. */
const MOST_SAID = 200;

/**
 * The client for a portal. Discovery is asked afresh: a vendor's content changes without its version.
 * @throws `connection.portal_off`, `connection.clinic_api_off`, `smart.discovery_failed`, `smart.discovery_incomplete`, `net.*`
 */
export async function smartClient(
  context: ConnectionContext,
  entry: PortalEntry,
): Promise<SmartClient> {
  if (!entry.registration)
    throw new ChartfoldError('connection.portal_off', { detail: entry.switchOn });
  const server = entry.discovers ? await discovered(context, entry) : written(entry);
  return {
    server,
    fhirBaseUrl: entry.fhirBaseUrl,
    clientId: entry.registration.clientId,
    authenticate: await authentication(context, entry, server.tokenEndpoint),
  };
}

/** A vendor that describes its authorization on a page only: no issuer, no keys, no end to a token. */
function written({ authorizationEndpoint, tokenEndpoint }: PortalEntry): SmartConfiguration {
  if (!authorizationEndpoint || !tokenEndpoint)
    throw new ChartfoldError('smart.discovery_incomplete', { detail: 'no endpoints are written' });
  return {
    issuer: null,
    authorizationEndpoint,
    tokenEndpoint,
    revocationEndpoint: null,
    jwksUri: null,
    capabilities: [],
    scopesSupported: [],
    clientAuth: [],
    brandBundle: null,
  };
}

async function discovered(
  context: ConnectionContext,
  entry: PortalEntry,
): Promise<SmartConfiguration> {
  const answer = await paceOf(context, entry).run(() =>
    requestConfiguration(context.outbound, entry.fhirBaseUrl),
  );
  if (entry.vendor.portal.wordsForClinic !== null && isRefusal(answer))
    throw new ChartfoldError('connection.clinic_api_off', { detail: await refusalIn(answer) });
  const found = await readConfiguration(answer, entry.fhirBaseUrl);
  return {
    ...found,
    authorizationEndpoint: entry.authorizationEndpoint ?? found.authorizationEndpoint,
    tokenEndpoint: entry.tokenEndpoint ?? found.tokenEndpoint,
  };
}

/** Whether a server would not say it to anybody, rather than not just now. */
function isRefusal({ status }: Response): boolean {
  return status >= 400 && status < 500 && status !== 408 && status !== 429;
}

/** The status of a refusal, and its sentence where it has one: of a public answer, so it is about no patient. */
async function refusalIn(answer: Response): Promise<string> {
  const body = await answer.text();
  const line = body.trim();
  const isSentence = line !== '' && !/[<>{}\n]/.test(line);
  const said = outcomeText(body) ?? (isSentence ? line : '');
  return [`HTTP status ${answer.status}`, said.slice(0, MOST_SAID)].filter(Boolean).join(': ');
}

async function authentication(
  context: ConnectionContext,
  entry: PortalEntry,
  tokenEndpoint: string,
) {
  const { auth = 'none', clientSecret = null } = entry.registration ?? {};
  switch (auth) {
    case 'none':
      return publicClient();
    case 'client_secret_basic':
      return secretBasic(clientSecret ?? '');
    case 'client_secret_post':
      return secretPost(clientSecret ?? '');
    case 'private_key_jwt':
      return privateKeyJwt(await context.signer(entry.environment), tokenEndpoint);
  }
}
