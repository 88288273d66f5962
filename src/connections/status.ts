// Owns changing a connection's status: one statement, a time, and word to whoever listens; and telling whether it
// was ever confirmed.

import { isoTime } from '../platform/clock.ts';
import type { ChartfoldError, ErrorCode } from '../platform/errors.ts';
import type { Sealed } from '../platform/seal.ts';
import { getSource } from '../records/sources.ts';
import type { ConnectionContext } from './context.ts';
import { dropGrant } from './grant.ts';
import type { ConnectionStatus } from './tables.ts';

/** Sets the status, where `from` is given only from that one; the code and the candidate are cleared unless given. */
export async function setStatus(
  context: ConnectionContext,
  connectionId: string,
  status: ConnectionStatus,
  with_: { code?: ErrorCode; candidate?: Sealed; from?: ConnectionStatus } = {},
): Promise<void> {
  const { from } = with_;
  const set = await context.db
    .updateTable('connection')
    .set({
      status,
      status_code: with_.code ?? null,
      status_since: isoTime(context.clock.now()),
      candidate: with_.candidate ?? null,
    })
    .where('id', '=', connectionId)
    .$if(from !== undefined, (query) => query.where('status', '=', from as ConnectionStatus))
    .executeTakeFirst();
  if (set.numUpdatedRows === 0n) return;
  context.log.info('connection.status', { connection: connectionId, status, code: with_.code });
  context.changed(connectionId);
}

/** Notes whether a sync could reach the portal at all: of a ready connection, and nothing else of it changes. */
export async function noteReachable(
  context: ConnectionContext,
  connectionId: string,
  isReached: boolean,
): Promise<void> {
  const down: ErrorCode = 'connection.vendor_down';
  await context.db
    .updateTable('connection')
    .set({ status_code: isReached ? null : down })
    .where('id', '=', connectionId)
    .where('status', '=', 'ready')
    .$if(isReached, (query) => query.where('status_code', '=', down))
    .execute();
}

/** A connection that was never confirmed keeps nothing of a sign-in that failed; a confirmed one keeps its state. */
export async function noteFailure(
  context: ConnectionContext,
  connectionId: string,
  failed: ChartfoldError,
): Promise<void> {
  const connection = await context.db
    .selectFrom('connection')
    .selectAll()
    .where('id', '=', connectionId)
    .executeTakeFirst();
  if (!connection) return;
  if (await wasConfirmed(context, connectionId)) {
    await setStatus(context, connectionId, connection.status, { code: failed.code });
    return;
  }
  await dropGrant(context.db, connectionId);
  await context.db
    .updateTable('connection')
    .set({ patient_id: null })
    .where('id', '=', connectionId)
    .execute();
  await setStatus(context, connectionId, 'failed', { code: failed.code });
}

/** Whether somebody has said that its patient is the right one: the source of its records is made then, and stays. */
export async function wasConfirmed(
  context: Pick<ConnectionContext, 'db'>,
  connectionId: string,
): Promise<boolean> {
  return (await getSource(context.db, connectionId)) !== undefined;
}
