// Proves what the timeline reads: order of days, groups in reading order, counts, and whose it is.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { person, type Scene } from '../../records/contract-aids.ts';
import type { Incoming } from '../../records/types.ts';
import { projectPerson } from '../project.ts';
import { inVisit, NO_FILTER, openChart, resource, result, visit } from '../contract-aids.ts';
import { timelineDays, timelineIndex } from './timeline.ts';

let scene: Scene;
beforeEach(async () => {
  scene = await openChart();
});
afterEach(() => scene.store.close());

const commit = (...resources: Incoming[]) => scene.commit(resources);
const project = () => projectPerson(scene.db, person);
const index = (filter = NO_FILTER) => timelineIndex(scene.db, person, filter, 'all');

describe('the timeline', () => {
  it('has the newest first, a date without its day after the days of its month, and the undated last', async () => {
    const days = ['2026-10', '2026-10-31', null, '2026', '2026-11-02', '2026-10-01', '2025-12-31'];
    await commit(...days.map((day, n) => result(`o${n}`, day, n)));
    await project();
    expect((await index()).days.map((d) => d.day)).toEqual([
      '2026-11-02',
      '2026-10-31',
      '2026-10-01',
      '2026-10',
      '2026',
      '2025-12-31',
      null,
    ]);
  });

  it('has the visit as the head of what belongs to it, in reading order', async () => {
    const condition = resource('Condition', 'c', {
      code: { text: 'Cough' },
      recordedDate: '2026-11-17',
      ...inVisit('e1'),
    });
    await commit(result('a', '2026-11-17', 5, inVisit('e1')), condition, visit('e1', '2026-11-17'));
    await project();
    const [day] = await timelineDays(scene.db, person, ['2026-11-17'], NO_FILTER, 'all');
    expect(day?.groups).toHaveLength(1);
    expect(day?.groups[0]?.visit?.title).toBe('Office visit');
    expect(day?.groups[0]?.rows.map((row) => row.title)).toEqual(['Cough', 'Glucose']);
  });

  it('counts kinds, sources and what is flagged without regard to the filter', async () => {
    const high = { interpretation: [{ coding: [{ code: 'H' }] }] };
    await commit(result('a', '2026-11-17', 5, high), visit('e1', '2026-11-17'));
    await project();
    const { days, ...counts } = await index({ ...NO_FILTER, flagged: true });
    expect(days).toEqual([{ day: '2026-11-17', rows: 1, groups: 1 }]);
    expect(counts).toMatchObject({ flagged: 1, sources: [{ id: scene.source, count: 2 }] });
    expect(counts.kinds).toHaveLength(2);
  });

  it('of somebody else is empty', async () => {
    await commit(result('a', '2026-11-17', 5));
    await project();
    expect((await timelineIndex(scene.db, 'person-2', NO_FILTER, 'all')).days).toEqual([]);
    expect(await timelineDays(scene.db, 'person-2', ['2026-11-17'], NO_FILTER, 'all')).toEqual([
      { day: '2026-11-17', groups: [] },
    ]);
  });
});
