// Proves what becomes of a record that its portal reports no longer.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startProgram, type TestProgram } from '../../e2e/support/program.ts';
import { readSheet } from '../chart/sheet.ts';
import { getConnection } from '../connections/context.ts';
import { rawOf } from '../records/read.ts';
import type { Question } from '../records/types.ts';
import { typesSeenWhole } from './whole-types.ts';

describe('a sync after a record has gone from the portal', () => {
  let program: TestProgram;
  let connection: string;
  let personId: string;
  beforeEach(async () => {
    program = await startProgram();
    connection = await program.connect();
    personId = (await getConnection(program.db, connection)).person_id ?? '';
    await program.sync(connection);
  });
  afterEach(() => program.close());

  /** A record with a row of its own in the chart, taken from the portal. @returns how to put it back */
  async function taken(type: string): Promise<{ id: string; restore: () => void }> {
    const { control } = program.simulator;
    const row = await program.db
      .selectFrom('resource')
      .select(['id', 'fhir_id', 'current_seq'])
      .where('type', '=', type)
      .orderBy('fhir_id', 'desc')
      .executeTakeFirstOrThrow();
    const one = { environment: 'production', type, id: row.fhir_id } as const;
    const text = await rawOf(program.db, row.current_seq);
    control.edit({ ...one, delete: true });
    return { id: row.id, restore: () => control.edit({ ...one, text }) };
  }

  async function standing(id: string): Promise<string | null> {
    await program.project(personId);
    const row = await program.db
      .selectFrom('chart_row')
      .select('gone_at')
      .where('resource_id', '=', id)
      .executeTakeFirstOrThrow();
    expect((await readSheet(program.db, personId, id, 'all')).goneAt).toBe(row.gone_at);
    return row.gone_at;
  }

  it('says since when in receipt and chart, and takes it back when it comes again', async () => {
    const { id, restore } = await taken('Condition');
    expect(await standing(id)).toBeNull();
    const run = await program.sync(connection);
    expect(run.gone).toBe(1);
    expect((await standing(id))?.slice(0, 10)).toBe(run.startedAt.slice(0, 10));
    restore();
    const again = await program.sync(connection);
    expect(again).toMatchObject({ gone: 0, sums: { new: 0, changed: 0 } });
    expect(await standing(id)).toBeNull();
  });

  it('marks nothing of a type of which a page failed, and what went of the others', async () => {
    const condition = await taken('Condition');
    const encounter = await taken('Encounter');
    program.simulator.control.setFaults([{ name: 'page.500', type: 'Condition' }]);
    expect((await program.sync(connection)).gone).toBe(1);
    expect(await standing(condition.id)).toBeNull();
    expect(await standing(encounter.id)).not.toBeNull();
  });
});

describe('the types that were seen whole', () => {
  const question = (over: Partial<Question>): Question =>
    ({
      outcome: 'full',
      setAside: 0,
      since: null,
      type: 'Observation',
      request: '',
      ...over,
    }) as Question;

  it('are those of which each question was answered in full', () => {
    const part = question({ outcome: 'part' });
    expect(typesSeenWhole([question({}), question({ type: 'Goal' })])).toEqual([
      'Observation',
      'Goal',
    ]);
    expect(typesSeenWhole([question({}), part])).toEqual([]);
    expect(typesSeenWhole([part, question({})])).toEqual([]);
  });

  it('are none of which something was set aside, or that is asked for by id', () => {
    expect(typesSeenWhole([question({ setAside: 1 })])).toEqual([]);
    expect(typesSeenWhole([question({ request: 'Observation?_id=' })])).toEqual([]);
  });

  it('are none of which only the changes were asked for', () => {
    expect(typesSeenWhole([question({ since: '2026-11-20' })])).toEqual([]);
  });

  it('hold what comes along with another type only where that was answered in full', () => {
    const request = 'DocumentReference?patient=1&_revinclude=Provenance:target';
    const documents = question({ type: 'DocumentReference', request });
    expect(typesSeenWhole([documents])).toEqual(['DocumentReference', 'Provenance']);
    const other = question({ type: 'Goal', request, outcome: 'part' });
    expect(typesSeenWhole([documents, other])).toEqual(['DocumentReference']);
  });
});
