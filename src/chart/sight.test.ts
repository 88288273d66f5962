// Proves that whoever may see some kinds of a record is shown these alone, wherever they look.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { person, type Scene } from '../records/contract-aids.ts';
import {
  chartOf,
  inVisit,
  NO_FILTER,
  openChart,
  report,
  resource,
  result,
  visit,
} from './contract-aids.ts';
import type { Kind } from './describe/described.ts';
import { projectPerson } from './project.ts';
import { readHistory, readResults } from './results/results.ts';
import { readRawText, readSheet } from './sheet.ts';
import { isSeen, sightKinds } from './sight.ts';
import { timelineDays, timelineIndex } from './timeline/timeline.ts';

const DAY = '2026-11-17';
const results = new Set(['results']);
const visits = new Set(['visits']);
const missing = { code: 'record.not_found' };

let scene: Scene;
beforeEach(async () => {
  scene = await openChart();
  await scene.commit([
    visit('e1', DAY),
    report('panel', DAY, ['a'], inVisit('e1')),
    result('a', DAY, 5, inVisit('e1')),
    result('pulse', DAY, 60, {
      ...inVisit('e1'),
      code: { text: 'Pulse' },
      category: [{ coding: [{ code: 'vital-signs' }] }],
    }),
    resource('Practitioner', 'doc', { name: [{ text: 'Doc' }] }),
  ]);
  await projectPerson(scene.db, person);
});
afterEach(() => scene.store.close());

const idOf = async (fhirId: string) => {
  const row = await scene.db
    .selectFrom('resource')
    .select('id')
    .where('fhir_id', '=', fhirId)
    .executeTakeFirstOrThrow();
  return row.id;
};

describe('a right on results alone', () => {
  it('shows the timeline’s panels, neither visits nor vital signs, and counts no more', async () => {
    const index = await timelineIndex(scene.db, person, NO_FILTER, results);
    expect(index.kinds).toEqual([{ kind: 'panel', count: 1 }]);
    const [day] = await timelineDays(scene.db, person, [DAY], NO_FILTER, results);
    expect(day?.groups.map((g) => [g.visit, g.rows.map((row) => row.kind)])).toEqual([
      [null, ['panel']],
    ]);
  });

  it('shows no more by asking for it', async () => {
    const filter = { ...NO_FILTER, kinds: ['vital', 'visit'] as const };
    expect((await timelineIndex(scene.db, person, filter, results)).days).toEqual([]);
  });

  it('shows the analytes of the laboratory', async () => {
    const { analytes, panels } = await readResults(scene.db, person, results);
    expect([analytes, panels.flatMap((p) => p.rows.map((row) => row.name))]).toEqual([
      1,
      ['Glucose'],
    ]);
    const all = await readResults(scene.db, person, 'all');
    const pulse = all.panels.flatMap((p) => p.rows).find((row) => row.name === 'Pulse');
    await expect(readHistory(scene.db, person, pulse?.key ?? '', results)).rejects.toMatchObject(
      missing,
    );
  });

  it('opens no sheet and no text of another kind, nor leads to one', async () => {
    const sheet = await readSheet(scene.db, person, await idOf('a'), results);
    expect(sheet.related.flatMap((r) => r.rows.map((row) => row.kind))).toEqual(['panel']);
    for (const id of [await idOf('e1'), await idOf('pulse')]) {
      await expect(readSheet(scene.db, person, id, results)).rejects.toMatchObject(missing);
      await expect(readRawText(scene.db, person, id, results)).rejects.toMatchObject(missing);
    }
    expect((await readRawText(scene.db, person, await idOf('a'), results)).kind).toBe('result');
  });
});

describe('a right on visits alone', () => {
  it('shows the visit without what it holds', async () => {
    const [day] = await timelineDays(scene.db, person, [DAY], NO_FILTER, visits);
    expect(day?.groups.map((g) => [g.visit?.title, g.rows])).toEqual([['Office visit', []]]);
    const sheet = await readSheet(scene.db, person, await idOf('e1'), visits);
    expect(sheet.related).toEqual([]);
    expect((await readResults(scene.db, person, visits)).analytes).toBe(0);
  });
});

describe('what is no row of the chart', () => {
  it('is shown to who may see all', async () => {
    expect((await chartOf(scene)).rows.some((row) => row.type === 'Practitioner')).toBe(false);
    const id = await idOf('doc');
    expect((await readRawText(scene.db, person, id, 'all')).text).toContain('Doc');
    const every = new Set(Object.keys(sightKinds));
    await expect(readRawText(scene.db, person, id, every)).rejects.toMatchObject(missing);
  });
});

describe('the words that a right can be limited to', () => {
  it('cover every kind of the chart once', () => {
    const kinds: readonly Kind[] = Object.values(sightKinds).flat();
    expect(new Set(kinds).size).toBe(kinds.length);
    const every = new Set(Object.keys(sightKinds));
    for (const kind of kinds) expect(isSeen(every, kind)).toBe(true);
  });
});
