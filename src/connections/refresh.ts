// Owns renewing a connection's access: one renewal at a time for each connection, its outcome shared by all
// who wait, the new tokens on disk before anyone uses them.

import { ChartfoldError, isChartfoldError } from '../platform/errors.ts';
import type { PortalEntry } from '../portals/registry.ts';
import { refreshTokens } from '../smart/token.ts';
import { smartClient } from './client.ts';
import { type ConnectionContext, getConnection, paceOf, portalOf } from './context.ts';
import {
  beginRenewal,
  dropGrant,
  forgetRenewal,
  type Grant,
  grantOf,
  keepGrant,
  openGrant,
  refuseElsewhere,
} from './grant.ts';

export type Refresher = {
  /**
   * Renews the access of a connection, unless somebody has since the token given was read.
   * @throws `smart.sign_in_again`, `smart.renewal_cut_off`, `smart.access_expired`, `smart.no_refresh`,
   *   `smart.wrong_client`, `smart.token_reply_invalid`, `smart.endpoint_moved`, `smart.other_patient`, `net.*`
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
  const entry = portalOf(context, connection);
  const client = await smartClient(context, entry);
  const { tokenEndpoint } = client.server;
  // A description that names another host is followed only by a new sign-in, which the person sees, or where the operator
  // wrote the endpoint.
  if (!entry.tokenEndpoint) refuseElsewhere(grant, tokenEndpoint);
  const repeats = entry.vendor.portal.refreshRepeats.map((name) => [
    name,
    name === 'client_id' ? client.clientId : connection.scopes_granted,
  ]);
  const extra = Object.fromEntries(repeats);
  const { refreshToken } = grant;
  let wasCutOff = false;
  const asked = paceOf(context, entry).run(async () => {
    // Only now: what was never sent can't have been cut off.
    wasCutOff = await beginRenewal(context, connectionId);
    return refreshTokens(client, context.outbound, refreshToken, extra);
  });
  const tokens = await asked.catch(async (error) => {
    throw await notRenewed(context, { connectionId, entry, grant, wasCutOff, error });
  });
  if (tokens.patient !== null && tokens.patient !== connection.patient_id) {
    // What was sent is used up, and what came opens another record.
    await dropGrant(context.db, connectionId);
    throw new ChartfoldError('smart.other_patient');
  }
  const renewed = grantOf(tokens, { clock: context.clock, tokenEndpoint }, grant);
  const kept = await keepRenewed(context, connectionId, staleAccessToken, renewed);
  context.log.info('connection.refreshed', {
    connection: connectionId,
    rotated: tokens.refreshToken !== null,
  });
  return kept;
}

const DAY_MS = 24 * 3_600_000;

/**
 * Why a renewal failed. Where the portal says that it renewed nothing, it is no longer unheard of; of one that was cut off
 * before, it stays known, until there are other tokens: the process may end before the connection says so.
 */
async function notRenewed(
  context: ConnectionContext,
  about: {
    connectionId: string;
    entry: PortalEntry;
    grant: Grant;
    wasCutOff: boolean;
    error: unknown;
  },
): Promise<unknown> {
  const { connectionId, entry, grant, wasCutOff, error } = about;
  const isRefused = isChartfoldError(error, 'smart.sign_in_again');
  if (!wasCutOff && (isRefused || isChartfoldError(error, 'smart.wrong_client')))
    await forgetRenewal(context.db, connectionId);
  if (!isRefused) return error;
  // The portal used up the token for an answer that never came here.
  if (wasCutOff) return new ChartfoldError('smart.renewal_cut_off', { cause: error });
  const days = entry.vendor.portal.refreshTokenDays;
  const ended = days !== null && grant.refreshSince !== null && grant.refreshSince + days * DAY_MS;
  return ended !== false && ended <= context.clock.now()
    ? new ChartfoldError('smart.access_expired', { cause: error })
    : error;
}

/** Puts the renewed grant in place of the one it renews; where that has gone or been replaced meanwhile, it is not. */
async function keepRenewed(
  context: ConnectionContext,
  connectionId: string,
  staleAccessToken: string,
  renewed: Grant,
): Promise<Grant> {
  const kept = await context.db.transaction().execute(async (trx) => {
    const present = await openGrant({ ...context, db: trx }, connectionId);
    if (present?.accessToken !== staleAccessToken) return present;
    await keepGrant(context, connectionId, renewed, trx);
    return renewed;
  });
  if (!kept) throw new ChartfoldError('smart.sign_in_again');
  return kept;
}
