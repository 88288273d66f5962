// Owns gathering what the connection cards show. It is read anew for each change while a sync runs.

import { listPeople, type Person } from '../../access/people.ts';
import { type Connection, getConnection, listConnections } from '../../connections/context.ts';
import { countResourcesOf } from '../../records/read.ts';
import { listRuns, questionsOf } from '../../records/runs.ts';
import type { Run } from '../../records/types.ts';
import type { Connection as Wire } from '../contract.ts';
import { presentConnection, type Presenting } from './connection.ts';

/** Every connection, oldest first. */
export async function presentConnections(app: Presenting): Promise<{ connections: Wire[] }> {
  const [all, people] = await Promise.all([listConnections(app.db), listPeople(app.db)]);
  const connections = await Promise.all(all.map((one) => present(app, one, { all, people })));
  return { connections };
}

/** One connection. @throws `connection.not_found` */
export async function presentOne(app: Presenting, id: string): Promise<Wire> {
  const connection = await getConnection(app.db, id);
  const [all, people] = await Promise.all([listConnections(app.db), listPeople(app.db)]);
  return present(app, connection, { all, people });
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
  app: Presenting,
  connection: Connection,
  { all, people }: { all: readonly Connection[]; people: readonly Person[] },
): Promise<Wire> {
  const runs = await listRuns(app.db, connection.id);
  const withQuestions = async (run: Run | undefined) =>
    run && { run, questions: await questionsOf(app.db, run.id) };
  return presentConnection(app, connection, {
    index: indexOf(connection, all),
    person: people.find((person) => person.id === connection.person_id),
    people,
    records: await countResourcesOf(app.db, connection.id),
    openRun: await withQuestions(runs.find((run) => run.endedAt === null)),
    lastRun: await withQuestions(runs.find((run) => run.endedAt !== null)),
  });
}
