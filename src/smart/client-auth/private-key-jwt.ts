// Owns the client that proves itself with a signed assertion.
// @see https://hl7.org/fhir/smart-app-launch/STU2.2/client-confidential-asymmetric.html, RFC 7523

import * as oauth from 'oauth4webapi';

/** Seconds that an assertion is good for; SMART 2.2 @331 allows 300 at most. */
const LIFETIME_S = 240;

/**
 * Signs a fresh assertion for each request, with a `jti` of its own (SMART 2.2 @319 @332).
 * `aud` is the token endpoint (@329): the library's own default, the issuer, is refused by SMART servers.
 */
export function privateKeyJwt(
  signer: { kid: string; key: CryptoKey },
  tokenEndpoint: string,
): oauth.ClientAuth {
  return oauth.PrivateKeyJwt(
    { key: signer.key, kid: signer.kid },
    {
      [oauth.modifyAssertion](header, payload) {
        header.typ = 'JWT';
        payload.aud = tokenEndpoint;
        payload.exp = Number(payload.iat) + LIFETIME_S;
        delete payload.nbf;
      },
    },
  );
}
