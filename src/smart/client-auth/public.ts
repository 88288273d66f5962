// Owns the public client: `client_id` in the body and nothing else (SMART 2.2 @63 @71).

import * as oauth from 'oauth4webapi';

export function publicClient(): oauth.ClientAuth {
  return oauth.None();
}
