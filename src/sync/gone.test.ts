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
      parts: null,
      type: 'Observation',
      request: `${over.type ?? 'Observation'}?patient=1&_count=10`,
      ...over,
    }) as Question;
  const seenWhole = (...questions: Question[]) =>
    typesSeenWhole(questions, 'r4').map(({ type }) => type);

  it('are those of which each question was answered in full', () => {
    const part = question({ outcome: 'part' });
    expect(seenWhole(question({}), question({ type: 'Goal' }))).toEqual(['Observation', 'Goal']);
    expect(seenWhole(question({}), part)).toEqual([]);
    expect(seenWhole(part, question({}))).toEqual([]);
  });

  it('are none of which something was set aside, or that is asked for by id', () => {
    expect(seenWhole(question({ setAside: 1 }))).toEqual([]);
    expect(seenWhole(question({ request: 'Observation?_id=' }))).toEqual([]);
  });

  it('are none of which only the changes were asked for', () => {
    expect(seenWhole(question({ since: '2026-11-20' }))).toEqual([]);
  });

  it('are none that were asked for by category alone, in one question or in several', () => {
    const labs = question({ request: 'Observation?patient=1&category=laboratory' });
    const vitals = question({ request: 'Observation?patient=1&category=vital-signs' });
    expect(seenWhole(labs, vitals)).toEqual([]);
    expect(seenWhole(labs, question({}))).toEqual(['Observation']);
    expect(seenWhole(question({ parts: ['category=laboratory', 'category=exam'] }))).toEqual([]);
  });

  it('hold what was asked for by each value of what every record has', () => {
    const intents = 'order,plan,proposal,original-order,reflex-order,filler-order,instance-order';
    const request = 'MedicationRequest?patient=1';
    const asked = (over: Partial<Question>) =>
      seenWhole(question({ type: 'MedicationRequest', request, ...over }));
    expect(asked({ request: `${request}&intent=${intents},option` })).toHaveLength(1);
    expect(asked({ request: `${request}&intent=${intents}` })).toEqual([]);
    const parts = [...intents.split(','), 'option'].map((intent) => `intent=${intent}`);
    expect(asked({ parts })).toHaveLength(1);
    expect(asked({ parts: parts.slice(1) })).toEqual([]);
  });

  it('hold what comes along with another type only where all of that was asked for and answered', () => {
    const request = 'DocumentReference?patient=1&_revinclude=Provenance:target';
    const documents = question({ type: 'DocumentReference', request });
    expect(seenWhole(documents)).toEqual(['DocumentReference', 'Provenance']);
    const other = question({ type: 'Goal', request, outcome: 'part' });
    expect(seenWhole(documents, other)).toEqual(['DocumentReference']);
    const some = question({ request: 'Observation?category=x&_revinclude=Provenance:target' });
    expect(seenWhole(documents, some)).toEqual(['DocumentReference']);
  });
});
