// Owns stopping a sync that waits or runs: its job goes, and its run ends with what came.

import { type ConnectionContext, getConnection, SYNC_QUEUE } from '../connections/context.ts';
import { breakOffRun } from '../records/runs.ts';
import { noteEnd } from './trouble.ts';

/**
 * Stops the sync of a connection, and has stopped it when this returns; where there is none, nothing is done.
 * @returns the id of the run that was ended, null where none had begun
 * @throws `connection.not_found`
 */
export async function cancelSync(
  context: Pick<ConnectionContext, 'db' | 'clock' | 'jobs' | 'changed' | 'log'>,
  connectionId: string,
): Promise<string | null> {
  const { db, clock, jobs } = context;
  await getConnection(db, connectionId);
  const wasLive = await jobs.isLive(SYNC_QUEUE, connectionId);
  await jobs.cancel(SYNC_QUEUE, connectionId);
  const run = await breakOffRun(db, {
    source: connectionId,
    code: 'sync.cancelled',
    now: clock.now(),
  });
  if (run === null && !wasLive) return null;
  // The next is reckoned from here, or it would begin again at once.
  await noteEnd(context, connectionId, []);
  context.log.info('sync.cancelled', { connection: connectionId, run });
  context.changed(connectionId);
  return run;
}
