// Owns gathering what the connection cards show. It is read anew for each change while a sync runs.

import { listPeople, type Person } from '../../access/people.ts';
import { type Actor, mayOn } from '../../access/policy.ts';
import { type Connection, getConnection, listConnections } from '../../connections/context.ts';
import { countResourcesOf } from '../../records/read.ts';
import { listRuns, questionsOf } from '../../records/runs.ts';
import type { Run } from '../../records/types.ts';
import type { Connection as Wire } from '../contract.ts';
import { presentConnection, type Presenting } from './connection.ts';

/** Every connection that the actor may see, oldest first. */
export async function presentConnections(
  app: Presenting,
  actor: Actor,
): Promise<{ connections: Wire[] }> {
  const [all, people] = await Promise.all([listConnections(app.db), listPeople(app.db)]);
  const seen = all.filter((one) => seesConnection(actor, one));
  const connections = await Promise.all(
    seen.map((one) => present(app, one, { all, people, actor })),
  );
  return { connections };
}

/** One connection. @throws `connection.not_found` */
export async function presentOne(app: Presenting, actor: Actor, id: string): Promise<Wire> {
  const connection = await getConnection(app.db, id);
  const [all, people] = await Promise.all([listConnections(app.db), listPeople(app.db)]);
  return present(app, connection, { all, people, actor });
}

/** Whether the actor may see a connection: of a record it may see whole, or begun by itself and nobody's yet. */
export function seesConnection(
  actor: Actor,
  { person_id, begun_by }: Pick<Connection, 'person_id' | 'begun_by'>,
): boolean {
  if (actor.account === null) return true;
  return person_id === null
    ? begun_by === actor.account.id
    : mayOn(actor, 'record.receipts', person_id);
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
  { all, people, actor }: { all: readonly Connection[]; people: readonly Person[]; actor: Actor },
): Promise<Wire> {
  const runs = await listRuns(app.db, connection.id);
  const withQuestions = async (run: Run | undefined) =>
    run && { run, questions: await questionsOf(app.db, run.id) };
  return presentConnection(app, connection, {
    index: indexOf(connection, all),
    person: people.find((person) => person.id === connection.person_id),
    // Into whose record it could go: only of those is anything told.
    people: people.filter((person) => mayOn(actor, 'record.connect', person.id)),
    records: await countResourcesOf(app.db, connection.id),
    openRun: await withQuestions(runs.find((run) => run.endedAt === null)),
    lastRun: await withQuestions(runs.find((run) => run.endedAt !== null)),
  });
}
