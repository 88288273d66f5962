// What the authorization server says of itself. Documents only, built from addresses and the vendor's behaviour.

import type { AthenahealthBehaviour } from '../../src/portals/athenahealth/behaviour.ts';
import type { Environment } from '../environments.ts';
import { knownScopes } from '../fhir-server/scopes.ts';

/** `{fhirBase}/.well-known/smart-configuration`. @see https://hl7.org/fhir/smart-app-launch/STU2.2/conformance.html */
export function smartConfiguration(
  environment: Environment,
  behaviour: AthenahealthBehaviour,
): Record<string, unknown> {
  return {
    issuer: environment.issuer,
    ...endpoints(environment),
    token_endpoint_auth_methods_supported: authMethods,
    token_endpoint_auth_signing_alg_values_supported: [behaviour.assertion.alg],
    grant_types_supported: behaviour.grantTypesListed,
    ...(behaviour.listsScopes ? { scopes_supported: knownScopes } : {}),
    response_types_supported: ['code'],
    code_challenge_methods_supported: ['S256'],
    capabilities: behaviour.capabilities,
  };
}

/** `{issuer}/.well-known/openid-configuration`, on the issuer's own address and nowhere else. */
export function openidConfiguration(
  environment: Environment,
  behaviour: AthenahealthBehaviour,
): Record<string, unknown> {
  return {
    issuer: environment.issuer,
    ...endpoints(environment),
    end_session_endpoint: `${environment.oauthBase}/logout`,
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: behaviour.grantTypesListed,
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    token_endpoint_auth_methods_supported: authMethods,
    token_endpoint_auth_signing_alg_values_supported: [behaviour.assertion.alg],
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
    claims_supported: ['sub', 'iss', 'aud', 'exp', 'iat', 'nonce', 'fhirUser'],
  };
}

const authMethods = ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'];

function endpoints({ oauthBase }: Environment): Record<string, string> {
  return {
    authorization_endpoint: `${oauthBase}/authorize`,
    token_endpoint: `${oauthBase}/token`,
    introspection_endpoint: `${oauthBase}/introspect`,
    revocation_endpoint: `${oauthBase}/revoke`,
    jwks_uri: `${oauthBase}/keys`,
  };
}
