// Owns the servers that were added, as they are looked after: who sees which of them, what keeps one from being taken off,
// and taking it off with all that is only its.

import type { Selectable } from 'kysely';
import { type Actor, looksAfterServer } from '../access/policy.ts';
import type { Db, Transaction } from '../platform/db/db.ts';
import { ChartfoldError } from '../platform/errors.ts';
import { openVendor } from '../portals/index.ts';
import { type Connection, type ConnectionContext, DIRECTORY_QUEUE } from './context.ts';
import { seesConnection } from './sight.ts';
import type { AddedServerTable } from './tables.ts';

/** A server that was added, as whoever looks after it sees it. */
export type AddedServer = Pick<
  Selectable<AddedServerTable>,
  'id' | 'name' | 'fhir_base_url' | 'client_id' | 'added_by' | 'added_at'
> & {
  /** How many connections that they may see use it. */
  readonly connections: number;
  /** Whether there are others that use it. */
  readonly hasOthers: boolean;
};

/** The key among the portals of a server that was added. */
export function keyOfServer(name: string): string {
  return `${openVendor.portal.id}/production/${name}`;
}

/** The servers that the actor looks after, in the order in which they were added. */
export async function serversOf(db: Db, actor: Actor): Promise<AddedServer[]> {
  const rows = await db
    .selectFrom('added_server')
    .select(['id', 'name', 'fhir_base_url', 'client_id', 'added_by', 'added_at'])
    .orderBy('added_at')
    .orderBy('id')
    .execute();
  const servers: AddedServer[] = [];
  for (const row of rows.filter(({ added_by }) => looksAfterServer(actor, added_by))) {
    const using = await connectionsUsing(db, row.name);
    const connections = using.filter((one) => seesConnection(actor, one)).length;
    servers.push({ ...row, connections, hasOthers: using.length > connections });
  }
  return servers;
}

/**
 * One of them that can be taken off, by its id or its name.
 * @throws `server.not_found` also for one that somebody else looks after; `server.in_use` with how many connections
 */
export async function removableServer(
  db: Db,
  actor: Actor,
  is: (server: AddedServer) => boolean,
): Promise<AddedServer> {
  const server = (await serversOf(db, actor)).find(is);
  if (!server) throw new ChartfoldError('server.not_found');
  if (server.connections > 0 || server.hasOthers) throw inUse(server);
  return server;
}

/**
 * Takes a server off the portals, with the list of its brands, and with the sign-ins there that have not come to a patient.
 * What disconnected connections have brought stays.
 * @throws `server.in_use` where a connection was made meanwhile
 */
export async function removeServer(
  context: ConnectionContext,
  { id, name }: Pick<AddedServer, 'id' | 'name'>,
): Promise<void> {
  const key = keyOfServer(name);
  const begun = await context.db.transaction().execute(async (trx) => {
    if ((await connectionsUsing(trx, name)).length > 0) throw new ChartfoldError('server.in_use');
    await trx.deleteFrom('added_server').where('id', '=', id).execute();
    return await trx
      .deleteFrom('connection')
      .where('portal', '=', key)
      .where('status', 'in', ['authorising', 'failed'])
      .returning('id')
      .execute();
  });
  const entry = context.registry.remove(key);
  await context.jobs.cancel(DIRECTORY_QUEUE, key);
  if (entry) await context.directory.drop(entry);
  for (const connection of begun) context.changed(connection.id);
  context.log.info('server.removed', { server: id });
}

/** The connections that have been made to a server and not ended: to a patient, confirmed or about to be. */
export function connectionsUsing(db: Db | Transaction, name: string): Promise<Connection[]> {
  return db
    .selectFrom('connection')
    .selectAll()
    .where('portal', '=', keyOfServer(name))
    .where('status', 'in', ['confirm', 'ready', 'sign-in-again'])
    .execute();
}

function inUse({ connections, hasOthers }: AddedServer): ChartfoldError {
  const own = connections === 1 ? '1 connection' : `${connections} connections`;
  const others = 'connections to records that you may not see';
  const which = [connections > 0 ? own : null, hasOthers ? others : null];
  return new ChartfoldError('server.in_use', {
    detail: `used by ${which.filter((one) => one !== null).join(' and ')}`,
  });
}
