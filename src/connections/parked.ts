// Owns an answer of a portal that came while nobody was signed in: sealed for five minutes, gone on with by the account
// that began the sign-in and by no other.

import { isoTime } from '../platform/clock.ts';
import type { Db } from '../platform/db/db.ts';
import { ChartfoldError } from '../platform/errors.ts';
import { forgetOldAttempts, openSecrets, sealSecrets } from './attempts.ts';
import type { ConnectionContext } from './context.ts';
import type { Attempt } from './tables.ts';

/** How long the answer is kept; the portal's code lives hardly longer. */
export const PARKED_MS = 5 * 60_000;

/** An authorization response: the path it came to, and its query. */
export type Answer = { readonly callbackPath: string; readonly parameters: URLSearchParams };

/** Keeps the answer. One that was kept or gone on with before stays as it is. */
export async function park(
  context: ConnectionContext,
  { id_hash, connection_id, secrets: sealed }: Attempt,
  { callbackPath, parameters }: Answer,
): Promise<void> {
  await forgetOldAttempts(context);
  const answer = { callbackPath, query: parameters.toString() };
  const secrets = { ...openSecrets(context, id_hash, sealed), answer };
  const parked = await context.db
    .updateTable('connect_attempt')
    .set({
      status: 'parked',
      secrets: sealSecrets(context, id_hash, secrets),
      expires_at: isoTime(context.clock.now() + PARKED_MS),
    })
    .where('id_hash', '=', id_hash)
    .where('status', '=', 'sent')
    .executeTakeFirst();
  if (parked.numUpdatedRows === 0n) return;
  context.log.info('connection.sign_in_waits', { connection: connection_id });
  context.changed(connection_id);
}

/** The connections for which an answer is kept that an account can go on with. */
export async function waitingFor(
  { db, clock }: Pick<ConnectionContext, 'db' | 'clock'>,
  accountId: string,
): Promise<ReadonlySet<string>> {
  const rows = await parkedBy(db, accountId)
    .select('connection_id')
    .where('expires_at', '>=', isoTime(clock.now()))
    .execute();
  return new Set(rows.map((row) => row.connection_id));
}

/**
 * The answer that is kept for a connection, with its attempt; the latest where there are several.
 * @throws `smart.attempt_expired` where none is kept for this account, or no longer
 */
export async function parkedAnswer(
  context: ConnectionContext,
  connectionId: string,
  accountId: string,
): Promise<{ attempt: Attempt; answer: Answer }> {
  const attempt = await parkedBy(context.db, accountId)
    .selectAll()
    .where('connection_id', '=', connectionId)
    .where('expires_at', '>=', isoTime(context.clock.now()))
    .orderBy('expires_at', 'desc')
    .executeTakeFirst();
  const kept = attempt && openSecrets(context, attempt.id_hash, attempt.secrets).answer;
  if (!kept) throw new ChartfoldError('smart.attempt_expired');
  const parameters = new URLSearchParams(kept.query);
  return { attempt, answer: { callbackPath: kept.callbackPath, parameters } };
}

function parkedBy(db: Db, accountId: string) {
  return db
    .selectFrom('connect_attempt')
    .where('account_id', '=', accountId)
    .where('status', '=', 'parked');
}
