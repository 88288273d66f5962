// Owns gathering what the connection cards show: one read each of people, runs and counts.

import { listPeople } from '../../access/people.ts';
import { type Connection, getConnection, listConnections } from '../../connections/context.ts';
import { countResourcesOf } from '../../records/read.ts';
import { listRuns, openRunOf, questionsOf } from '../../records/runs.ts';
import type { App } from '../app.ts';
import type { Connection as Wire } from '../contract.ts';
import { presentConnection } from './connection.ts';

/** Every connection, oldest first. */
export async function presentConnections(app: App): Promise<{ connections: Wire[] }> {
  const all = await listConnections(app.db);
  return { connections: await Promise.all(all.map((connection) => present(app, connection, all))) };
}

/** One connection. @throws `connection.not_found` */
export async function presentOne(app: App, id: string): Promise<Wire> {
  const connection = await getConnection(app.db, id);
  return present(app, connection, await listConnections(app.db));
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

async function present(
  app: App,
  connection: Connection,
  all: readonly Connection[],
): Promise<Wire> {
  const people = await listPeople(app.db);
  const open = await openRunOf(app.db, connection.id);
  const last = (await listRuns(app.db, connection.id)).find((run) => run.endedAt !== null);
  return presentConnection(app, connection, {
    index: indexOf(connection, all),
    person: people.find((person) => person.id === connection.person_id),
    records: await countResourcesOf(app.db, connection.id),
    openRun: open ? { run: open, questions: await questionsOf(app.db, open.id) } : undefined,
    lastRun: last ? { run: last, questions: await questionsOf(app.db, last.id) } : undefined,
  });
}
