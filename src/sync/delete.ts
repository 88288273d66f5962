// Owns taking away what portals filled: connections with their records, versions, receipts and what the chart made of
// them. It is a job, so that it goes on where it was cut off; said again, it is done once.

import { CHART_QUEUE, forgetPerson } from '../chart/project.ts';
import { type Connection, type ConnectionContext, getConnection } from '../connections/context.ts';
import { disconnect } from '../connections/disconnect.ts';
import { deleteSource } from '../records/sources.ts';

/** The queue of deletions; `key` is the connection's id. */
export const DELETE_QUEUE = 'delete';

/**
 * Ends a connection and deletes all that came through it. The portal is told first, as at every end.
 * @returns whether the portal was told, null where it had given nothing to take back
 * @throws `connection.not_found`
 */
export async function disconnectAndDelete(
  context: ConnectionContext,
  connectionId: string,
): Promise<{ revoked: boolean | null }> {
  const ended = await disconnect(context, connectionId);
  const payload = { connectionId };
  await context.jobs.put({ queue: DELETE_QUEUE, key: connectionId, payload });
  return ended;
}

/** Deletes what some connections filled, and they themselves. They must be ended: no sync of theirs may run. */
export async function deleteFilled(
  context: Pick<ConnectionContext, 'db' | 'jobs' | 'changed'>,
  connections: readonly Pick<Connection, 'id' | 'person_id'>[],
): Promise<void> {
  if (connections.length === 0) return;
  const { db } = context;
  for (const { id } of connections) await deleteSource(db, id);
  for (const personId of new Set(connections.flatMap(({ person_id }) => person_id ?? []))) {
    await forgetPerson(db, personId);
    await context.jobs.put({ queue: CHART_QUEUE, key: personId, payload: { personId } });
  }
  const ids = connections.map(({ id }) => id);
  // Last, since only these lead to the rest: cut off before, it is done again from the beginning.
  await db.deleteFrom('connection').where('id', 'in', ids).execute();
  for (const id of ids) context.changed(id);
}

/** What a job of the queue does. */
export async function runDeletion(context: ConnectionContext, connectionId: string): Promise<void> {
  const connection = await getConnection(context.db, connectionId);
  // From here on whoever signs in for the same patient gets a connection of their own.
  const claimed = await context.db
    .updateTable('connection')
    .set({ patient_id: null })
    .where('id', '=', connectionId)
    .where('status', '=', 'disconnected')
    .executeTakeFirst();
  // Connected again meanwhile: somebody wants it.
  if (claimed.numUpdatedRows === 0n) return;
  await deleteFilled(context, [connection]);
}
