// Owns renewing a connection's access: one renewal at a time for each connection, its outcome shared by all
// who wait, the new tokens on disk before anyone uses them.

import { ChartfoldError } from '../platform/errors.ts';
import { refreshTokens } from '../smart/token.ts';
import { smartClient } from './client.ts';
import { type ConnectionContext, getConnection } from './context.ts';
import { type Grant, keepGrant, openGrant } from './grant.ts';

export type Refresher = {
  /**
   * Renews the access of a connection, unless somebody has since the token given was read.
   * @throws `smart.sign_in_again`, `smart.no_refresh`, `smart.wrong_client`, `smart.token_reply_invalid`, `net.*`
   */
  refresh(connectionId: string, staleAccessToken: string): Promise<Grant>;
};

export function createRefresher(context: ConnectionContext): Refresher {
  const underWay = new Map<string, Promise<Grant>>();
  return {
    refresh(connectionId, staleAccessToken) {
      const already = underWay.get(connectionId);
      if (already) return already;
      const renewal = renew(context, connectionId, staleAccessToken).finally(() =>
        underWay.delete(connectionId),
      );
      underWay.set(connectionId, renewal);
      return renewal;
    },
  };
}

async function renew(
  context: ConnectionContext,
  connectionId: string,
  staleAccessToken: string,
): Promise<Grant> {
  const grant = await openGrant(context, connectionId);
  if (!grant) throw new ChartfoldError('smart.sign_in_again');
  if (grant.accessToken !== staleAccessToken) return grant;
  if (!grant.refreshToken) throw new ChartfoldError('smart.no_refresh');
  const connection = await getConnection(context.db, connectionId);
  const entry = context.registry.usable(connection.portal);
  const client = await smartClient(context, entry);
  const repeats = entry.vendor.portal.refreshRepeats.map((name) => [
    name,
    name === 'client_id' ? client.clientId : connection.scopes_granted,
  ]);
  const tokens = await refreshTokens(
    client,
    context.outbound,
    grant.refreshToken,
    Object.fromEntries(repeats),
  );
  await keepGrant(context, connectionId, tokens);
  context.log.info('connection.refreshed', {
    connection: connectionId,
    rotated: tokens.refreshToken !== null,
  });
  const kept = await openGrant(context, connectionId);
  if (!kept) throw new ChartfoldError('smart.sign_in_again');
  return kept;
}
