// Proves the sheet of one record: its facts, what it belongs to, and who may open it.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { person, type Scene } from '../records/contract-aids.ts';
import type { Incoming } from '../records/types.ts';
import { projectPerson } from './project.ts';
import { readSheet } from './sheet.ts';
import { chartOf, inVisit, openChart, report, resource, result, visit } from './contract-aids.ts';

let scene: Scene;
beforeEach(async () => {
  scene = await openChart();
});
afterEach(() => scene.store.close());

const commit = (...resources: Incoming[]) => scene.commit(resources);
const project = () => projectPerson(scene.db, person);

describe('the sheet of a record', () => {
  const idOf = async (fhirId: string) =>
    (await chartOf(scene)).rows.find((row) => row.fhir_id === fhirId)?.resource_id ?? '';

  it('has its facts, what it belongs to, and how many versions there are', async () => {
    await commit(
      visit('e1', '2026-11-17'),
      report('r', '2026-11-17', ['a']),
      result('a', '2026-11-17', 5, inVisit('e1')),
    );
    await commit(result('a', '2026-11-17', 6, inVisit('e1')));
    await project();
    const sheet = await readSheet(scene.db, person, await idOf('a'), 'all');
    expect(sheet).toMatchObject({
      kind: 'result',
      title: 'Glucose',
      date: '2026-11-17',
      versions: 2,
      runId: scene.run,
    });
    expect(sheet.value).toMatchObject({ value: '6', unit: 'mg/dL' });
    expect(sheet.related.map((r) => [r.label, r.rows.map((row) => row.title).sort()])).toEqual([
      ['Part of', ['Office visit', 'Panel r']],
    ]);
    const panel = await readSheet(scene.db, person, await idOf('r'), 'all');
    expect(panel.related).toMatchObject([{ label: 'Results', rows: [{ title: 'Glucose' }] }]);
  });

  it('of a panel has its results in the order of the report, by which alone unnamed ones are told apart', async () => {
    const unnamed = (id: string, value: number) => result(id, '2026-11-17', value, { code: {} });
    const all = [unnamed('b', 2), unnamed('c', 3), unnamed('a', 1), unnamed('d', 4)];
    await commit(...all, report('r', '2026-11-17', ['d', 'a', 'c', 'b']));
    await project();
    const { related } = await readSheet(scene.db, person, await idOf('r'), 'all');
    expect(related[0]?.rows.map(({ title, value }) => [title, value])).toEqual(
      ['4', '1', '3', '2'].map((value) => ['Unnamed measurement', value]),
    );
  });

  it('is not there for somebody else, nor for what has no place in the chart', async () => {
    await commit(result('a', '2026-11-17', 5), resource('Provenance', 'p', {}));
    await project();
    const missing = { code: 'record.not_found' };
    await expect(readSheet(scene.db, 'person-2', await idOf('a'), 'all')).rejects.toMatchObject(
      missing,
    );
    const provenance = await scene.db
      .selectFrom('resource')
      .select('id')
      .where('type', '=', 'Provenance')
      .executeTakeFirstOrThrow();
    await expect(readSheet(scene.db, person, provenance.id, 'all')).rejects.toMatchObject(missing);
  });
});
