// Proves the history of a record: each version with what it changed, notices between them, the raw difference behind;
// and that nobody reads it who may not see the record.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { person, type Scene } from '../../records/contract-aids.ts';
import { markGone } from '../../records/gone.ts';
import { chartOf, openChart, resource, result } from '../contract-aids.ts';
import { projectPerson } from '../project.ts';
import { readHistory as readAnalyte, readResults } from '../results/results.ts';
import { readSheet } from '../sheet.ts';
import { readChanges } from './changes.ts';
import { readHistoryOf, readRawDifference } from './history.ts';

let scene: Scene;
beforeEach(async () => {
  scene = await openChart();
});
afterEach(() => scene.store.close());

async function commit(...texts: Parameters<Scene['commit']>[0]): Promise<void> {
  await scene.commit(texts);
  await projectPerson(scene.db, person);
}
const id = async () => (await chartOf(scene)).rows[0]?.resource_id ?? '';
const history = async (page = { before: null as number | null, limit: 10 }) =>
  readHistoryOf(scene.db, person, await id(), 'all', page);
const raw = async (version: number, volatile: string[] = []) =>
  readRawDifference(
    scene.db,
    { personId: person, resourceId: await id(), version },
    'all',
    async () => volatile,
  );
const missing = { code: 'record.not_found' };

describe('the history of a record', () => {
  it('has each version with what it changed, and the notices between, latest first', async () => {
    await commit(result('a', '2026-11-17', 5));
    await commit(result('a', '2026-11-17', 6));
    const { db, run, source } = scene;
    const asked = [{ key: 'a', type: 'Observation' }];
    const mark = { types: [{ type: 'Observation', questions: asked }], now: Date.now() };
    await db.deleteFrom('sync_seen').execute();
    await markGone(db, { run: { id: run, source }, ...mark });
    await commit(result('a', '2026-11-17', 6, { status: 'amended' }));
    const { events, kind } = await history();
    expect(kind).toBe('result');
    expect(
      events.map(({ kind: what, versionNo, differences }) => [
        what,
        versionNo,
        differences.map(({ label, before, after }) => `${label}: ${before} > ${after}`),
      ]),
    ).toEqual([
      ['back', null, []],
      ['version', 3, ['Status: final > amended']],
      ['gone', null, []],
      ['version', 2, ['Value: 5 mg/dL > 6 mg/dL']],
      ['version', 1, []],
    ]);
    expect(events.every((event) => event.run === run)).toBe(true);
  });

  it('is read in pages', async () => {
    for (const value of [1, 2, 3, 4, 5]) await commit(result('a', '2026-11-17', value));
    const first = await history({ before: null, limit: 2 });
    const second = await history({ before: first.next, limit: 10 });
    expect([...first.events, ...second.events].map(({ versionNo }) => versionNo)).toEqual([
      5, 4, 3, 2, 1,
    ]);
    expect(second.next).toBeNull();
  });

  it('is not there for who may not see the record', async () => {
    await commit(result('a', '2026-11-17', 5));
    const page = { before: null, limit: 10 };
    const sight = new Set(['medications']);
    await expect(
      readHistoryOf(scene.db, 'person-2', await id(), 'all', page),
    ).rejects.toMatchObject(missing);
    await expect(readHistoryOf(scene.db, person, await id(), sight, page)).rejects.toMatchObject(
      missing,
    );
    const of = { personId: person, resourceId: await id(), version: 1 };
    await expect(readRawDifference(scene.db, of, sight, async () => [])).rejects.toMatchObject(
      missing,
    );
  });
});

describe('a record that was of another kind before', () => {
  it('shows who sees but one of the two that it changed, and nothing of what it was', async () => {
    const was = { category: [{ coding: [{ code: 'laboratory' }] }] };
    await commit(result('a', '2026-11-17', 5, was));
    await commit(
      result('a', '2026-11-17', 6, { category: [{ coding: [{ code: 'vital-signs' }] }] }),
    );
    const sight = new Set(['vitals']);
    const page = { before: null, limit: 10 };
    const { events, kind } = await readHistoryOf(scene.db, person, await id(), sight, page);
    expect(kind).toBe('vital');
    expect(events.map(({ versionNo, differences }) => [versionNo, differences])).toEqual([
      [2, []],
      [1, []],
    ]);
    const of = { personId: person, resourceId: await id(), version: 2 };
    await expect(readRawDifference(scene.db, of, sight, async () => [])).rejects.toMatchObject(
      missing,
    );
    const span = { person, after: 1, upTo: 100 };
    const { rows } = await readChanges(scene.db, span, sight, { after: null, limit: 10 });
    expect(rows).toMatchObject([{ change: 'changed', differences: [] }]);
    const results = await readResults(scene.db, person, sight);
    expect(JSON.stringify(results)).not.toContain('"earlier":{');
    const both = new Set(['vitals', 'results']);
    const all = await readHistoryOf(scene.db, person, await id(), both, page);
    expect(all.events[0]?.differences).not.toEqual([]);
    const earlier = { value: '5', unit: 'mg/dL' };
    expect((await readSheet(scene.db, person, await id(), both)).value).toMatchObject({ earlier });
    expect(JSON.stringify(await readResults(scene.db, person, both))).toContain('"earlier":{');
  });
});

describe('the raw difference of a version', () => {
  it('has each place, and says which the portal moves in every answer', async () => {
    const meta = (versionId: string) => ({ meta: { versionId, source: 'x' } });
    await commit(result('a', '2026-11-17', 5, meta('1')));
    await commit(result('a', '2026-11-17', 6, meta('2')));
    const { differences, more } = await raw(2, ['meta.versionId']);
    expect(differences).toEqual([
      {
        path: 'valueQuantity.value',
        before: '5',
        after: '6',
        isSameValue: false,
        isVolatile: false,
      },
      { path: 'meta.versionId', before: '"1"', after: '"2"', isSameValue: false, isVolatile: true },
    ]);
    expect(more).toBe(0);
  });

  it('knows what came whole with nothing but such in it, and a signed address', async () => {
    const signed = (sig: number) => ({ content: [{ attachment: { url: `b/1?sig=${sig}` } }] });
    await commit(resource('DocumentReference', 'd', signed(1)));
    const meta = { meta: { versionId: '2' }, description: 'x' };
    await commit(resource('DocumentReference', 'd', { ...signed(2), ...meta }));
    const { differences } = await raw(2, ['meta.versionId', 'content.attachment.url?']);
    expect(differences.map(({ path, isVolatile }) => [path, isVolatile])).toEqual([
      ['content[0].attachment.url', true],
      ['meta', true],
      ['description', false],
    ]);
  });

  it('of the first is nothing, of one that is not there an error, of a long value its beginning', async () => {
    await commit(result('a', '2026-11-17', 5));
    expect(await raw(1)).toMatchObject({ differences: [] });
    await expect(raw(2)).rejects.toMatchObject(missing);
    await expect(raw(0)).rejects.toMatchObject(missing);
    await commit(result('a', '2026-11-17', 5, { note: [{ text: 'x'.repeat(5_000) }] }));
    const [note] = (await raw(2)).differences;
    expect(note?.after).toHaveLength(2_000 + ' … (5013 characters)'.length);
  });
});

describe('the value before', () => {
  it('stands beside an amended one, in results, history and sheet', async () => {
    await commit(result('a', '2026-11-17', 5));
    await commit(result('a', '2026-11-17', 6));
    await commit(result('a', '2026-11-17', 6, { status: 'amended' }));
    const earlier = { value: '5', unit: 'mg/dL', receivedAt: '2026-11-21T12:00:00.000Z' };
    const results = await readResults(scene.db, person, 'all');
    const row = results.panels[0]?.rows[0];
    expect(row?.latest).toMatchObject({ value: '6', amended: true, earlier });
    const { values } = await readAnalyte(scene.db, person, row?.key ?? '', 'all');
    expect(values[0]?.earlier).toEqual(earlier);
    expect((await readSheet(scene.db, person, await id(), 'all')).value?.earlier).toEqual(earlier);
  });

  it('is none where it was always the same, or had none', async () => {
    await commit(result('a', '2026-11-17', 5, { status: 'preliminary' }));
    await commit(result('a', '2026-11-17', 5));
    expect((await readSheet(scene.db, person, await id(), 'all')).value?.earlier).toBeNull();
  });
});
