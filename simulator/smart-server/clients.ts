// The apps that are registered with the simulated vendor: read from the environment or registered while it runs.

import type { ClientMetadata } from 'oidc-provider';
import type { PortalBehaviour } from '../../src/portals/behaviour.ts';
import { type EnvironmentName, isEnvironmentName } from '../environments.ts';

export type ClientAuth = 'none' | 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt';

/** One registration, as the vendor's developer portal would hold it. */
export type ClientRegistration = {
  /** The simulated vendor. */
  readonly portal: string;
  readonly environment: EnvironmentName;
  readonly clientId: string;
  readonly auth: ClientAuth;
  readonly clientSecret?: string;
  readonly jwksUri?: string;
  readonly redirectUris: readonly string[];
};

/** A registration that the simulator cannot use; the message says which field and why. */
export class RegistrationError extends Error {
  override readonly name = 'RegistrationError';
}

/** What vendors ask of a registration, by vendor. */
export type RegistrationRules = Readonly<
  Record<string, Pick<PortalBehaviour, 'clientAuth' | 'redirects'>>
>;

/** The rules of some vendors. @param anyRedirect people may be sent back anywhere, whatever the vendors ask */
export function registrationRules(
  vendors: readonly { readonly id: string; readonly behaviour: PortalBehaviour }[],
  anyRedirect: boolean,
): RegistrationRules {
  const anywhere = { redirects: { http: true, localhost: true } };
  return Object.fromEntries(
    vendors.map(({ id, behaviour }) => [id, { ...behaviour, ...(anyRedirect ? anywhere : {}) }]),
  );
}

/**
 * Reads the value of CHARTFOLD_SIMULATOR_CLIENTS: a JSON array of registrations. Those of portals that this
 * simulator does not play are passed over.
 */
export function readRegistrations(
  text: string | undefined,
  rules: RegistrationRules,
): ClientRegistration[] {
  if (text === undefined || text.trim() === '') return [];
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch (cause) {
    throw new RegistrationError('CHARTFOLD_SIMULATOR_CLIENTS is not JSON.', { cause });
  }
  if (!Array.isArray(list)) {
    throw new RegistrationError('CHARTFOLD_SIMULATOR_CLIENTS is a JSON array.');
  }
  return list
    .filter((entry) => Object.hasOwn(rules, String((entry as { portal?: unknown })?.portal)))
    .map((entry) => readRegistration(entry, rules));
}

/** Reads one registration. @throws {RegistrationError} */
export function readRegistration(value: unknown, rules: RegistrationRules): ClientRegistration {
  const given = (value ?? {}) as Record<string, unknown>;
  const { portal, environment, clientId, auth, clientSecret, jwksUri, redirectUris } = given;
  const rule = typeof portal === 'string' && Object.hasOwn(rules, portal) ? rules[portal] : null;
  if (!rule) throw new RegistrationError(`portal is one of ${Object.keys(rules).join(', ')}.`);
  if (!isEnvironmentName(environment)) {
    throw new RegistrationError('environment is "production" or "preview".');
  }
  if (typeof clientId !== 'string' || clientId === '') {
    throw new RegistrationError('clientId is a text that is not empty.');
  }
  if (!rule.clientAuth.some((one) => one === auth)) {
    throw new RegistrationError(`auth of ${clientId} is one of ${rule.clientAuth.join(', ')}.`);
  }
  const needsSecret = auth === 'client_secret_basic' || auth === 'client_secret_post';
  if (needsSecret && (typeof clientSecret !== 'string' || clientSecret === '')) {
    throw new RegistrationError(`clientSecret of ${clientId} is missing, and ${auth} needs one.`);
  }
  if (auth === 'private_key_jwt' && typeof jwksUri !== 'string') {
    throw new RegistrationError(
      `jwksUri of ${clientId} is missing, and private_key_jwt needs one.`,
    );
  }
  const uris = Array.isArray(redirectUris) ? redirectUris : [];
  if (uris.length === 0 || !uris.every((uri) => typeof uri === 'string' && URL.canParse(uri))) {
    throw new RegistrationError(`redirectUris of ${clientId} is a list of absolute addresses.`);
  }
  for (const uri of uris as string[]) refuseRedirect(clientId, uri, rule.redirects);
  return {
    portal: String(portal),
    environment,
    clientId,
    auth: auth as ClientAuth,
    redirectUris: uris as string[],
    ...(needsSecret ? { clientSecret: clientSecret as string } : {}),
    ...(auth === 'private_key_jwt' ? { jwksUri: jwksUri as string } : {}),
  };
}

/** The registration in the words of the authorization server's library. */
export function clientMetadata(
  registration: ClientRegistration,
  behaviour: PortalBehaviour,
): ClientMetadata {
  const { auth } = registration;
  return {
    client_id: registration.clientId,
    token_endpoint_auth_method: auth,
    redirect_uris: [...registration.redirectUris],
    response_types: ['code'],
    grant_types: ['authorization_code', 'refresh_token'],
    ...(registration.clientSecret === undefined
      ? {}
      : { client_secret: registration.clientSecret }),
    ...(registration.jwksUri === undefined ? {} : { jwks_uri: registration.jwksUri }),
    ...(auth === 'private_key_jwt'
      ? { token_endpoint_auth_signing_alg: behaviour.assertion.alg as 'RS384' }
      : {}),
  };
}

/** @throws {RegistrationError} for an address that the vendor sends nobody back to */
function refuseRedirect(
  clientId: string,
  uri: string,
  { http, localhost }: PortalBehaviour['redirects'],
): void {
  const { protocol, hostname } = new URL(uri);
  if (!http && protocol !== 'https:') {
    throw new RegistrationError(`redirectUris of ${clientId} begin with https.`);
  }
  if (!localhost && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)) {
    throw new RegistrationError(`redirectUris of ${clientId} name no localhost.`);
  }
}
