// Proves what is told of as changed: each record once, by what became of it in the end; in exact sums and on pages; old
// and new in words; what was received first calmly apart.

import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { person, type Scene } from '../../records/contract-aids.ts';
import { judgeSpan, lastRunsOf, spanOfRuns, withChanged } from '../../records/changes.ts';
import { markGone } from '../../records/gone.ts';
import { closeQuestion, finishRun, startRun } from '../../records/runs.ts';
import type { Incoming } from '../../records/types.ts';
import { openChart, report, resource, result, visit } from '../contract-aids.ts';
import { projectPerson } from '../project.ts';
import { type Change, chartReach, type Cursor, readChanges, sumChanges } from './changes.ts';

let scene: Scene;
beforeEach(async () => {
  scene = await openChart();
});
afterEach(() => scene.store.close());

let clock = Date.UTC(2026, 10, 22);
const questions = ['a', 'b'].map((key) => ({
  key,
  label: key,
  type: 'Observation',
  request: key,
  why: '',
}));

/** A sync that brings these with question `a`, and is answered in full unless told otherwise. */
async function sync(brought: readonly Incoming[], outcome: 'full' | 'part' = 'full') {
  const { db, source } = scene;
  clock += 86_400_000;
  const scopes = { scopesAsked: [], scopesGranted: [] };
  const run = await startRun(db, {
    source,
    person,
    trigger: 'manual',
    ...scopes,
    questions,
    now: clock,
  });
  await scene.commit(brought, { run: run.id, page: 1, now: clock });
  await closeQuestion(db, { run: run.id, question: 'a', outcome, now: clock });
  if (outcome === 'full')
    await markGone(db, {
      run,
      types: ['Observation', 'MedicationRequest'].map((type) => ({
        type,
        questions: [{ key: 'a', type }],
      })),
      now: clock,
    });
  await finishRun(db, { run: run.id, now: clock });
  await projectPerson(db, person);
  return run.id;
}

const reach = async () => (await chartReach(scene.db, person)).position;
const since = async (after: number) => ({ person, after, upTo: await reach() });
const all = async (after: number, sight: 'all' | Set<string> = 'all') =>
  readChanges(scene.db, await since(after), sight, { after: null, limit: 100 });
const told = (rows: readonly Change[]) => rows.map(({ change, title }) => [change, title]);
const lisinopril = (dose: string, more: object = {}) =>
  resource('MedicationRequest', 'm', {
    status: 'active',
    medicationCodeableConcept: { text: 'Lisinopril' },
    dosageInstruction: [{ text: dose }],
    ...more,
  });

describe('what changed', () => {
  it('is told of each record once, by what became of it in the end', async () => {
    await sync([
      result('kept', '2026-11-01', 1),
      result('amended', '2026-11-01', 5),
      result('lost', '2026-11-01', 7),
      lisinopril('5 mg'),
    ]);
    const before = await reach();
    await sync([
      result('kept', '2026-11-01', 1),
      result('amended', '2026-11-01', 6),
      lisinopril('10 mg'),
    ]);
    await sync([
      result('kept', '2026-11-01', 1),
      result('amended', '2026-11-01', 6.5, { status: 'amended' }),
      lisinopril('10 mg'),
      visit('e', '2026-11-20'),
    ]);
    const { sum } = await sumChanges(scene.db, await since(before), 'all');
    expect(sum).toEqual({ first: 0, new: 1, changed: 2, gone: 1, back: 0 });
    const { rows, next } = await all(before);
    expect(told(rows)).toEqual([
      ['changed', 'Glucose'],
      ['changed', 'Lisinopril'],
      ['gone', 'Glucose'],
      ['new', 'Office visit'],
    ]);
    expect(next).toBeNull();
    expect(rows[0]?.differences).toEqual([
      { label: 'Value', before: '5 mg/dL', after: '6.5 mg/dL', isSameValue: false },
      { label: 'Status', before: 'final', after: 'amended', isSameValue: false },
    ]);
    expect(rows[1]?.differences).toEqual([
      { label: 'Dosage', before: '5 mg', after: '10 mg', isSameValue: false },
    ]);
  });

  it('tells what is reported again from what is new', async () => {
    await sync([result('x', '2026-11-01', 1)]);
    await sync([]);
    const before = await reach();
    await sync([result('x', '2026-11-01', 1)]);
    expect(told((await all(before)).rows)).toEqual([['back', 'Glucose']]);
  });

  it('is told in pages, each record on one of them', async () => {
    await sync([]);
    const before = await reach();
    await sync(Array.from({ length: 23 }, (_, n) => result(`o${n}`, '2026-11-01', n)));
    const seen: string[] = [];
    for (let after: Cursor | null = null; ; ) {
      const page = await readChanges(scene.db, await since(before), 'all', { after, limit: 5 });
      expect(page.rows.length).toBeLessThanOrEqual(5);
      seen.push(...page.rows.map(({ id }) => id));
      after = page.next;
      if (after === null) break;
    }
    expect(new Set(seen).size).toBe(23);
    expect(seen).toHaveLength(23);
  });

  it('new with its panel is told by the panel, and counted', async () => {
    await sync([]);
    const before = await reach();
    await sync([
      result('a', '2026-11-01', 1),
      result('b', '2026-11-01', 2),
      report('r', '2026-11-01', ['a', 'b']),
    ]);
    const { sum, kinds } = await sumChanges(scene.db, await since(before), 'all');
    expect(sum.new).toBe(3);
    expect(kinds.map(({ kind, new: fresh }) => [kind, fresh])).toEqual([
      ['result', 2],
      ['panel', 1],
    ]);
    expect(told((await all(before)).rows)).toEqual([['new', 'Panel r']]);
  });

  it('is shown and counted only of the kinds that are seen', async () => {
    await sync([]);
    const before = await reach();
    await sync([result('a', '2026-11-01', 1), lisinopril('5 mg'), resource('Provenance', 'p', {})]);
    const sight = new Set(['medications']);
    const sums = await sumChanges(scene.db, await since(before), sight);
    expect(sums.sum.new).toBe(1);
    expect(sums.background.new).toBe(0);
    expect(told((await all(before, sight)).rows)).toEqual([['new', 'Lisinopril']]);
    expect((await sumChanges(scene.db, await since(before), 'all')).background.new).toBe(1);
  });
});

describe('what was received first', () => {
  it('is counted by source and no row, until its question was once answered in full', async () => {
    await sync([result('a', '2026-11-01', 1)], 'part');
    await sync([result('a', '2026-11-01', 1), result('b', '2026-11-01', 1)]);
    await sync([
      result('a', '2026-11-01', 1),
      result('b', '2026-11-01', 1),
      result('c', '2026-11-01', 1),
    ]);
    const sums = await sumChanges(scene.db, await since(0), 'all');
    expect(sums.sum).toEqual({ first: 2, new: 1, changed: 0, gone: 0, back: 0 });
    expect(sums.first).toMatchObject([{ source: scene.source, records: 2 }]);
    expect((await all(0)).rows).toHaveLength(1);
  });
});

describe('what was received first and has changed since', () => {
  it('is counted once, as received first', async () => {
    await sync([result('a', '2026-11-01', 1), result('b', '2026-11-01', 1)]);
    await sync([result('a', '2026-11-01', 2)]);
    const sums = await sumChanges(scene.db, await since(0), 'all');
    expect(sums.sum).toEqual({ first: 2, new: 0, changed: 0, gone: 0, back: 0 });
    expect((await all(0)).rows).toEqual([]);
  });
});

describe('what others refer to', () => {
  it('is told where it changed, apart from the chart', async () => {
    const practitioner = (name: string): Incoming => ({
      ...resource('Practitioner', 'p', { name }),
      person: null,
    });
    const mine = {
      ...result('a', '2026-11-01', 1),
      readsShared: [{ type: 'Practitioner', id: 'p' }],
    };
    await sync([mine, practitioner('A')]);
    const before = await reach();
    await sync([mine, practitioner('B')]);
    const { sum, background } = await sumChanges(scene.db, await since(before), 'all');
    expect(sum.changed).toBe(0);
    expect(background).toEqual({ first: 0, new: 0, changed: 1, gone: 0, back: 0 });
    const [rows, others] = [
      await all(before),
      await sumChanges(scene.db, { ...(await since(before)), person: 'person-2' }, 'all'),
    ];
    expect(rows.rows).toEqual([]);
    expect(others.background.changed).toBe(0);
  });
});

describe('the statements', () => {
  it('go by places in the feed, and walk through no table', async () => {
    await sync([result('a', '2026-11-01', 1)]);
    const { rows } = await sql<{ detail: string }>`explain query plan
      ${withChanged(await judgeSpan(scene.db, await since(0)))}
      select * from changed join chart_row as row
        on row.person_id = ${person} and row.resource_id = changed.resource_id`.execute(scene.db);
    const said = rows.map(({ detail }) => detail);
    expect(said.join('\n')).toContain('version_by_person');
    const walked = said.filter((line) => /^SCAN (v|r|row|reader|resource_notice)\b/.test(line));
    expect(walked).toEqual([]);
  });
});

describe('what a sync brought', () => {
  it('is its own, whatever came before and after', async () => {
    await sync([result('a', '2026-11-01', 1)]);
    const second = await sync([result('a', '2026-11-01', 2)]);
    const third = await sync([]);
    const of = async (run: string) =>
      (
        await sumChanges(
          scene.db,
          await spanOfRuns(scene.db, { person, runs: [run], upTo: await reach() }),
          'all',
        )
      ).sum;
    expect(await of(second)).toMatchObject({ changed: 1, gone: 0 });
    expect(await of(third)).toMatchObject({ changed: 0, gone: 1 });
    expect(await lastRunsOf(scene.db, person)).toMatchObject([{ id: third }]);
    expect(await lastRunsOf(scene.db, 'person-2')).toEqual([]);
    await scene.db.updateTable('sync_run').set({ since_seq: null, until_seq: null }).execute();
    expect(await of(second)).toMatchObject({ changed: 1, gone: 0 });
  });

  it('of no run at all is nothing', async () => {
    await sync([result('a', '2026-11-01', 1)]);
    const span = await spanOfRuns(scene.db, { person, runs: [], upTo: await reach() });
    expect((await sumChanges(scene.db, span, 'all')).sum.first).toBe(0);
  });
});

describe('the chart', () => {
  it('is told of as behind while it is', async () => {
    await sync([result('a', '2026-11-01', 1)]);
    expect(await chartReach(scene.db, person)).toMatchObject({ isWhole: true });
    await scene.commit([result('z', '2026-11-01', 1)]);
    expect(await chartReach(scene.db, person)).toMatchObject({ isWhole: false });
  });
});
