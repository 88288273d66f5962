// Owns putting a sync of a connection among the jobs. Who runs it is named in main.ts.

import type { Transaction } from '../platform/db/db.ts';
import { ChartfoldError } from '../platform/errors.ts';
import type { RunTrigger } from '../records/types.ts';
import { type ConnectionContext, getConnection, SYNC_QUEUE } from './context.ts';
import { cutOffRenewals } from './grant.ts';

/** Puts a sync in the transaction that makes it necessary. */
export function putSync(
  { jobs }: Pick<ConnectionContext, 'jobs'>,
  connectionId: string,
  trigger: RunTrigger,
  trx?: Transaction,
): Promise<void> {
  return jobs.put(
    { queue: SYNC_QUEUE, key: connectionId, payload: { connectionId, trigger } },
    trx,
  );
}

/**
 * Puts a sync for each connection of which a renewal was sent and never heard of: whether the portal still takes the
 * old token is tried at once, and the person told where it does not.
 */
export async function resumeRenewals(
  context: Pick<ConnectionContext, 'db' | 'jobs'>,
): Promise<void> {
  for (const id of await cutOffRenewals(context.db)) {
    const { status } = await getConnection(context.db, id);
    if (status === 'ready') await putSync(context, id, 'scheduled');
  }
}

/**
 * Puts a sync because somebody wishes it; one that waits or runs already is not put twice.
 * @throws `connection.not_found`, `sync.connection_not_ready`
 */
export async function queueSync(
  context: Pick<ConnectionContext, 'db' | 'jobs' | 'changed'>,
  connectionId: string,
): Promise<void> {
  const connection = await getConnection(context.db, connectionId);
  if (connection.status !== 'ready') throw new ChartfoldError('sync.connection_not_ready');
  // Whatever came of the last sign-in, whoever asks goes on from it.
  await context.db
    .updateTable('connection')
    .set({ status_code: null })
    .where('id', '=', connectionId)
    .where('status', '=', 'ready')
    .execute();
  if (await context.jobs.isLive(SYNC_QUEUE, connectionId)) return;
  await putSync(context, connectionId, 'manual');
  context.changed(connectionId);
}
