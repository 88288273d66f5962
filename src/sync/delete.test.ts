// Proves that a connection and all that came through it can be taken away, whatever it is doing, and nothing else.

import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startProgram, type TestProgram } from '../../e2e/support/program.ts';
import { getConnection, listConnections } from '../connections/context.ts';
import { DELETE_QUEUE, disconnectAndDelete, runDeletion } from './delete.ts';

let program: TestProgram;
let connection: string;
let personId: string;
beforeEach(async () => {
  program = await startProgram();
  connection = await program.connect();
  personId = (await getConnection(program.db, connection)).person_id ?? '';
});
afterEach(() => program.close());

/** Every table that holds a row, but for those of jobs and of what stays. */
async function tablesWithRows(): Promise<string[]> {
  const tables = await program.db.introspection.getTables();
  const held: string[] = [];
  for (const { name } of tables) {
    if (/^(job|chart_state|record_counter|attachment_key|account|person|audit)/.test(name))
      continue;
    const { rows } = await sql<{ n: number }>`select count(*) as n from ${sql.table(name)}`.execute(
      program.db,
    );
    if ((rows[0]?.n ?? 0) > 0) held.push(name);
  }
  return held.filter((name) => !name.startsWith('kysely') && name !== 'key').sort();
}

async function deleted(): Promise<void> {
  expect(await disconnectAndDelete(program, connection)).toEqual({ revoked: true });
  expect(await program.jobs.isLive(DELETE_QUEUE, connection)).toBe(true);
  await runDeletion(program, connection);
}

describe('deleting a connection', () => {
  it('leaves nothing of it in any table, and the person', async () => {
    await program.sync(connection);
    await program.project(personId);
    expect(await tablesWithRows()).toContain('chart_row');
    await deleted();
    await program.project(personId);
    expect(await tablesWithRows()).toEqual([]);
    expect(await program.db.selectFrom('person').select('id').execute()).toEqual([
      { id: personId },
    ]);
  });

  it('in the middle of its sync ends that first', async () => {
    program.simulator.control.setFaults([{ name: 'reply.slow', type: 'Observation' }]);
    await program.jobs.start({
      sync: async (_payload, signal) => {
        await program.sync(connection, signal);
      },
    });
    const stored = () => program.db.selectFrom('resource').select('id').execute();
    await expect.poll(async () => (await stored()).length, { timeout: 20_000 }).toBeGreaterThan(5);
    await deleted();
    expect(await tablesWithRows()).toEqual([]);
  });

  it('keeps what another connection filled', async () => {
    await program.sync(connection);
    const other = await program.signIn({ personId }, { practice: '40192' });
    await program.confirm(other.connectionId, personId);
    await program.sync(other.connectionId);
    await deleted();
    const sources = await program.db
      .selectFrom('resource')
      .select('source_id')
      .distinct()
      .execute();
    expect(sources).toEqual([{ source_id: other.connectionId }]);
    expect((await listConnections(program.db)).map(({ id }) => id)).toEqual([other.connectionId]);
    await program.project(personId);
    const rows = program.db.selectFrom('chart_row').select('source_id').distinct();
    expect(await rows.execute()).toEqual([{ source_id: other.connectionId }]);
  });

  it('that is cut off and goes on later takes nothing from who has signed in again meanwhile', async () => {
    await program.sync(connection);
    await disconnectAndDelete(program, connection);
    await sql`create trigger cut before delete on source begin select raise(abort, 'cut off'); end`.execute(
      program.db,
    );
    await expect(runDeletion(program, connection)).rejects.toThrow('cut off');
    await sql`drop trigger cut`.execute(program.db);
    const again = await program.signIn();
    expect(again.connectionId).not.toBe(connection);
    await program.confirm(again.connectionId, personId);
    await runDeletion(program, connection);
    expect((await listConnections(program.db)).map(({ id }) => id)).toEqual([again.connectionId]);
    await program.sync(again.connectionId);
    expect(await program.db.selectFrom('resource').select('id').execute()).not.toEqual([]);
  });

  it('is not done to one that was connected again before its turn came', async () => {
    await program.sync(connection);
    await disconnectAndDelete(program, connection);
    await program.signIn();
    await runDeletion(program, connection);
    expect((await getConnection(program.db, connection)).status).toBe('ready');
    expect(await program.db.selectFrom('resource').select('id').execute()).not.toEqual([]);
  });
});
