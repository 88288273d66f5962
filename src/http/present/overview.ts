// Owns gathering what the connection cards show. It is read anew for each change while a sync runs, so it takes the
// same few statements however many runs there were.

import { listPeople } from '../../access/people.ts';
import { type Actor, mayOn } from '../../access/policy.ts';
import {
  type Connection,
  getConnection,
  listConnections,
  SYNC_QUEUE,
} from '../../connections/context.ts';
import { waitingFor } from '../../connections/parked.ts';
import { seesConnection } from '../../connections/sight.ts';
import { countResourcesBySource } from '../../records/read.ts';
import { latestRuns, summariesOf } from '../../records/run-history.ts';
import { readReceipt } from '../../records/runs.ts';
import type { Receipt } from '../../records/types.ts';
import { isBeginning } from '../../sync/run.ts';
import { renewalsOf } from '../../sync/scheduler.ts';
import type { Connection as Wire, ReceiptSummary } from '../contract.ts';
import { presentConnection, type Presenting, receiptSummary } from './connection.ts';

/** Every connection that the actor may see, oldest first. */
export async function presentConnections(
  app: Presenting,
  actor: Actor,
): Promise<{ connections: Wire[] }> {
  const all = await listConnections(app.db);
  const seen = all.filter((one) => seesConnection(actor, one));
  const present = await gather(app, actor, seen, all);
  return { connections: seen.map(present) };
}

/** One connection. @throws `connection.not_found` */
export async function presentOne(app: Presenting, actor: Actor, id: string): Promise<Wire> {
  const connection = await getConnection(app.db, id);
  const present = await gather(app, actor, [connection], await listConnections(app.db));
  return present(connection);
}

/** The receipts of a connection, the latest first. @throws `connection.not_found` */
export async function presentReceipts(
  app: Pick<Presenting, 'db'>,
  id: string,
): Promise<{ receipts: ReceiptSummary[] }> {
  const connection = await getConnection(app.db, id);
  const summaries = await summariesOf(app.db, { source: connection.id });
  return { receipts: summaries.map(receiptSummary) };
}

/** The place of a connection among its person's, which gives it its mark. */
export function indexOf(
  connection: Pick<Connection, 'id' | 'person_id'>,
  all: readonly Connection[],
): number {
  return Math.max(
    0,
    all
      .filter((other) => other.person_id === connection.person_id)
      .findIndex((other) => other.id === connection.id),
  );
}

/** Reads at once what the presentation of some connections needs. */
async function gather(
  app: Presenting,
  actor: Actor,
  some: readonly Connection[],
  all: readonly Connection[],
): Promise<(connection: Connection) => Wire> {
  const ids = some.map(({ id }) => id);
  const people = await listPeople(app.db);
  const records = await countResourcesBySource(app.db, ids);
  const waiting = await app.jobs.waiting(SYNC_QUEUE);
  const back = actor.account ? await waitingFor(app, actor.account.id) : null;
  const renewals = await renewalsOf(app, ids);
  // After what waits and before what runs: a sync goes from the one to the other meanwhile.
  const isQueued = new Set(ids.filter((id) => waiting.has(id) || isBeginning(id)));
  const latest = await latestRuns(app.db, ids);
  const runs = [...latest.values()];
  const ended = await summariesOf(app.db, { runs: runs.flatMap((run) => run.ended ?? []) });
  const open = new Map<string, Receipt>();
  for (const id of runs.flatMap((run) => run.open ?? [])) {
    const receipt = await readReceipt(app.db, id);
    if (receipt) open.set(id, receipt);
  }
  return (connection) => {
    const run = latest.get(connection.id);
    return presentConnection(app, connection, {
      index: indexOf(connection, all),
      person: people.find((person) => person.id === connection.person_id),
      // Into whose record it could go: only of those is anything told.
      people: people.filter((person) => mayOn(actor, 'record.connect', person.id)),
      records: records.get(connection.id) ?? 0,
      isWaiting: isQueued.has(connection.id),
      signInWaits: back?.has(connection.id) ?? false,
      openRun: open.get(run?.open ?? ''),
      lastRun: ended.find(({ id }) => id === run?.ended),
      renewal: renewals.get(connection.id),
    });
  };
}
