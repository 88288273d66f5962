// Proves what the results read: the latest value, the history of one analyte, the panels, and whose they are.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { person, type Scene } from '../../records/contract-aids.ts';
import type { Incoming } from '../../records/types.ts';
import { projectPerson } from '../project.ts';
import { openChart, report, resource, result } from '../contract-aids.ts';
import { readHistory, readResults } from './results.ts';

let scene: Scene;
beforeEach(async () => {
  scene = await openChart();
});
afterEach(() => scene.store.close());

const commit = (...resources: Incoming[]) => scene.commit(resources);
const project = () => projectPerson(scene.db, person);

describe('the results', () => {
  const only = async () => {
    const { panels } = await readResults(scene.db, person, 'all');
    return panels[0]?.rows[0];
  };

  it('have no course of values that came without a name', async () => {
    await commit(
      result('a', '2026-11-17', 5, { code: {} }),
      result('b', '2026-11-18', 9, { code: {} }),
      result('c', '2026-11-18', 7),
    );
    await project();
    const { analytes, results } = await readResults(scene.db, person, 'all');
    expect([analytes, results]).toEqual([1, 1]);
    expect(await only()).toMatchObject({ name: 'Glucose', latest: { value: '7' } });
  });

  it('have the latest value of each analyte, and how many there are', async () => {
    await commit(
      result('a', '2026-11-17', 5),
      result('b', '2026-11-19', 7),
      result('c', '2026-11', 9),
      result('d', null, 11),
    );
    await project();
    expect(await only()).toMatchObject({
      name: 'Glucose',
      count: 4,
      latest: { value: '7', date: '2026-11-19' },
    });
    const { values } = await readHistory(scene.db, person, (await only())?.key ?? '', 'all');
    expect(values.map((v) => [v.value, v.date])).toEqual([
      ['7', '2026-11-19'],
      ['5', '2026-11-17'],
      ['9', '2026-11'],
      ['11', null],
    ]);
  });

  it('put values of one day in the order of their instants, whatever zone they were written in', async () => {
    await commit(
      result('clinic', '2026-11-17T08:00:00-05:00', 1),
      result('hospital', '2026-11-17T12:30:00Z', 2),
      result('day', '2026-11-17', 3),
    );
    await project();
    const { values } = await readHistory(scene.db, person, (await only())?.key ?? '', 'all');
    expect(values.map((v) => v.value)).toEqual(['1', '2', '3']);
  });

  it('stand in the panel they last came in; a panel of one is a single test', async () => {
    const vital = resource('Observation', 'v', {
      code: { text: 'Weight' },
      category: [{ coding: [{ code: 'vital-signs' }] }],
      valueQuantity: { value: 70 },
    });
    const sodium = result('s', '2026-11-17', 140, { code: { text: 'Sodium' } });
    const survey = resource('Observation', 'q', {
      code: { text: 'Smoking' },
      valueString: 'never',
    });
    await commit(
      result('g', '2026-11-17', 5),
      sodium,
      result('x', '2026-11-17', 1, { code: { text: 'TSH' } }),
      vital,
      survey,
    );
    await commit(report('r', '2026-11-17', ['g', 's']), report('t', '2026-11-17', ['x']));
    await project();
    const { panels, analytes } = await readResults(scene.db, person, 'all');
    expect(analytes).toBe(5);
    expect(panels.map((p) => [p.name, p.rows.map((row) => row.name)])).toEqual([
      ['Panel r', ['Glucose', 'Sodium']],
      ['Single tests', ['TSH']],
      ['Vital signs', ['Weight']],
      ['Other observations', ['Smoking']],
    ]);
  });

  it('of an analyte that is not there are said not to be', async () => {
    await commit(result('a', '2026-11-17', 5));
    await project();
    const key = (await only())?.key ?? '';
    const missing = { code: 'record.not_found' };
    await expect(readHistory(scene.db, person, 'nothing', 'all')).rejects.toMatchObject(missing);
    await expect(readHistory(scene.db, 'person-2', key, 'all')).rejects.toMatchObject(missing);
  });

  it('are named in addresses by what says nothing of them', async () => {
    await commit(result('a', '2026-11-17', 5));
    await project();
    expect((await only())?.key).toMatch(/^[\w-]{22}$/);
  });
});
