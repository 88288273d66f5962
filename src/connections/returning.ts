// Owns telling which attempt an authorization response belongs to, and that it may go on in this browser.

import { isoTime } from '../platform/clock.ts';
import { ChartfoldError } from '../platform/errors.ts';
import { sha256 } from '../platform/ids.ts';
import { attemptCookie } from './attempts.ts';
import type { ConnectionContext } from './context.ts';
import type { Answer } from './parked.ts';
import type { Attempt } from './tables.ts';

/** A browser on its way to a portal, or back. */
export type Returning = {
  /** A cookie by its name. */
  readonly cookieOf: (name: string) => string | undefined;
  /** The account that is signed in there; null where none is. */
  readonly accountId: string | null;
};

/**
 * The attempt that an answer is for: by its state, which is bound to whoever was sent away (SMART 2.2 @61) and not
 * merely known here; of a portal that is known to lose it, by the browser alone.
 * @throws `smart.state_mismatch`, `smart.other_account`, `smart.attempt_expired`
 */
export async function attemptOf(
  context: ConnectionContext,
  { callbackPath, parameters }: Answer,
  returning: Returning,
): Promise<Attempt> {
  const state = parameters.get('state');
  const attempt =
    state === null
      ? await onlyOneOf(context, callbackPath, returning)
      : await context.db
          .selectFrom('connect_attempt')
          .selectAll()
          .where('state_hash', '=', sha256(state))
          .executeTakeFirst();
  if (!attempt) throw new ChartfoldError('smart.state_mismatch');
  const { accountId } = returning;
  // At the terminal there is no account: it is bound to the browser.
  if (attempt.account_id === null) {
    if (!isSentFrom(attempt, returning)) throw new ChartfoldError('smart.state_mismatch');
  } else if (accountId !== null && accountId !== attempt.account_id) {
    throw new ChartfoldError('smart.other_account');
  }
  if (attempt.expires_at < isoTime(context.clock.now()))
    throw new ChartfoldError('smart.attempt_expired');
  return attempt;
}

/** Of the attempts that are under way at portals which may lose the state: the one that this browser was sent from. */
async function onlyOneOf(
  { db, clock, registry }: ConnectionContext,
  callbackPath: string,
  returning: Returning,
): Promise<Attempt | undefined> {
  const portals = registry.entries
    .filter(
      ({ vendor: { portal } }) => portal.stateMayBeLost && portal.callbackPath === callbackPath,
    )
    .map(({ key }) => key);
  if (portals.length === 0) return undefined;
  const underWay = await db
    .selectFrom('connect_attempt')
    .innerJoin('connection', 'connection.id', 'connect_attempt.connection_id')
    .selectAll('connect_attempt')
    .where('connection.portal', 'in', portals)
    .where('connect_attempt.status', '=', 'sent')
    .where('expires_at', '>=', isoTime(clock.now()))
    .execute();
  const mine = underWay.filter((attempt) => isSentFrom(attempt, returning));
  return mine.length === 1 ? mine[0] : undefined;
}

/** Whether this is the browser that followed an attempt's link. */
function isSentFrom({ id_hash, cookie_hash }: Attempt, { cookieOf }: Returning): boolean {
  return cookie_hash === sha256(cookieOf(attemptCookie(id_hash)) ?? '');
}
