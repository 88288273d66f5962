// Owns the client with a shared secret: HTTP Basic, which SMART asks for (2.2 @345), or in the body, which
// some vendors want.

import * as oauth from 'oauth4webapi';

export function secretBasic(secret: string): oauth.ClientAuth {
  return oauth.ClientSecretBasic(secret);
}

export function secretPost(secret: string): oauth.ClientAuth {
  return oauth.ClientSecretPost(secret);
}
