// What the authorization server says of itself. Documents only, built from addresses and the vendor's behaviour.

import type { PortalBehaviour } from '../../src/portals/behaviour.ts';
import type { Environment } from '../environments.ts';
import { knownScopes } from '../fhir-server/scopes.ts';

/** `{fhirBase}/.well-known/smart-configuration`. @see https://hl7.org/fhir/smart-app-launch/STU2.2/conformance.html */
export function smartConfiguration(
  environment: Environment,
  behaviour: PortalBehaviour,
  fhirBase: string,
): Record<string, unknown> {
  return {
    issuer: environment.paths.issuer === null ? fhirBase : environment.issuer,
    ...endpoints(environment),
    token_endpoint_auth_methods_supported: behaviour.clientAuth,
    token_endpoint_auth_signing_alg_values_supported: [behaviour.assertion.alg],
    grant_types_supported: behaviour.grantTypesListed,
    ...(behaviour.listsScopes ? { scopes_supported: knownScopes(behaviour) } : {}),
    response_types_supported: ['code'],
    code_challenge_methods_supported: ['S256'],
    capabilities: behaviour.capabilities,
  };
}

/** `{issuer}/.well-known/openid-configuration`, on the issuer's own address and nowhere else. */
export function openidConfiguration(
  environment: Environment,
  behaviour: PortalBehaviour,
): Record<string, unknown> {
  return {
    issuer: environment.issuer,
    ...endpoints(environment),
    ...(environment.paths.logout === null
      ? {}
      : { end_session_endpoint: `${environment.base}${environment.paths.logout}` }),
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: behaviour.grantTypesListed,
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    token_endpoint_auth_methods_supported: behaviour.clientAuth,
    token_endpoint_auth_signing_alg_values_supported: [behaviour.assertion.alg],
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
    claims_supported: ['sub', 'iss', 'aud', 'exp', 'iat', 'nonce', 'fhirUser'],
  };
}

function endpoints({ base, paths }: Environment): Record<string, string> {
  const named = {
    authorization_endpoint: paths.authorize,
    token_endpoint: paths.token,
    introspection_endpoint: paths.introspect,
    revocation_endpoint: paths.revoke,
    jwks_uri: paths.keys,
  };
  return Object.fromEntries(
    Object.entries(named).flatMap(([name, path]) =>
      path === null ? [] : [[name, `${base}${path}`] as const],
    ),
  );
}
