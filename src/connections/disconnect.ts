// Owns ending a connection: tokens revoked at the portal where it can be, dropped here in any case; what was
// received is kept.

import { revokeToken } from '../smart/token.ts';
import { smartClient } from './client.ts';
import { breakOffRun } from '../records/runs.ts';
import {
  type Connection,
  type ConnectionContext,
  getConnection,
  portalOf,
  SYNC_QUEUE,
} from './context.ts';
import { dropGrant, type Grant, openGrant, refuseElsewhere } from './grant.ts';
import { setStatus } from './status.ts';

/**
 * Ends a connection. Where the portal could not be told, the connection says so and what to do.
 * @returns whether the portal was told, null where it had given nothing to take back
 */
export async function disconnect(
  context: ConnectionContext,
  connectionId: string,
): Promise<{ revoked: boolean | null }> {
  const connection = await getConnection(context.db, connectionId);
  // First of all, so that no sync begins while the rest is done; asking the portal may take a while.
  await setStatus(context, connectionId, 'disconnected');
  await context.jobs.cancel(SYNC_QUEUE, connectionId);
  const now = context.clock.now();
  await breakOffRun(context.db, { source: connectionId, code: 'sync.disconnected', now });
  const grant = await openGrant(context, connectionId);
  await dropGrant(context.db, connectionId);
  context.changed(connectionId);
  const revoked = grant ? await endGrant(context, connection, grant) : null;
  if (revoked === false) {
    const code = 'connection.portal_not_told';
    await setStatus(context, connectionId, 'disconnected', { code, from: 'disconnected' });
  }
  return { revoked };
}

/** Tells the portal that a permission has ended. @returns whether it could be told */
export async function endGrant(
  context: ConnectionContext,
  connection: Connection,
  grant: Grant,
): Promise<boolean> {
  try {
    const client = await smartClient(context, portalOf(context, connection));
    const { revocationEndpoint } = client.server;
    if (revocationEndpoint) refuseElsewhere(grant, revocationEndpoint);
    return await revokeToken(client, context.outbound, grant.refreshToken ?? grant.accessToken);
  } catch (error) {
    context.log.error('connection.revoke_failed', error, { connection: connection.id });
    return false;
  }
}
