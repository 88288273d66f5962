// Proves the chart made from the raw records: up to date without being made anew, what belongs together joined,
// and parted again.

import { type KyselyPlugin, sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { prepare } from '../records/body.ts';
import { commitImport } from '../records/commit.ts';
import { observation, person, type Scene } from '../records/contract-aids.ts';
import { createSource } from '../records/sources.ts';
import type { Incoming } from '../records/types.ts';
import { forgetPerson, projectPerson, rebuildPerson } from './project.ts';
import { readResults } from './results/results.ts';
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
import { timelineIndex } from './timeline/timeline.ts';

let scene: Scene;
beforeEach(async () => {
  scene = await openChart();
});
afterEach(() => scene.store.close());

const commit = (...resources: Incoming[]) => scene.commit(resources);
const project = () => projectPerson(scene.db, person);
const index = (filter = NO_FILTER) => timelineIndex(scene.db, person, filter, 'all');

describe('making the chart', () => {
  it('a second time changes nothing, and reads nothing', async () => {
    await commit(
      visit('e1', '2026-11-17'),
      result('a', '2026-11-17', 5, inVisit('e1')),
      report('r', '2026-11-17', ['a']),
    );
    expect(await project()).toBe(3);
    const before = await chartOf(scene);
    expect(await project()).toBe(0);
    expect(await chartOf(scene)).toEqual(before);
  });

  it('goes on over many batches, and leaves out what has no place in it', async () => {
    await commit(...Array.from({ length: 250 }, (_, n) => result(`o${n}`, '2026-11-17', n)));
    await commit(
      resource('Provenance', 'p', {}),
      observation('odd', 1, '{"resourceType":"Observation","id":"odd","x":'),
    );
    expect(await project()).toBe(252);
    expect((await chartOf(scene)).rows).toHaveLength(250);
  });

  it('that is stopped between two batches goes on from there', async () => {
    await commit(...Array.from({ length: 250 }, (_, n) => result(`o${n}`, '2026-11-17', n)));
    const ending = new AbortController();
    const stopped = projectPerson(scene.db, person, ending.signal);
    setImmediate(() => ending.abort(new Error('stopping')));
    await expect(stopped).rejects.toThrow('stopping');
    const done = (await chartOf(scene)).rows.length;
    expect(done).toBeLessThan(250);
    expect(await project()).toBe(250 - done);
    expect((await chartOf(scene)).rows).toHaveLength(250);
  });

  it('that is stopped when all is written leaves nothing unjoined', async () => {
    await commit(
      ...Array.from({ length: 150 }, (_, n) => result(`o${n}`, '2026-11-17', n, inVisit('e1'))),
      visit('e1', '2026-11-17'),
      report('r', '2026-11-17', ['o7']),
    );
    const ending = new AbortController();
    const stopped = projectPerson(scene.db, person, ending.signal);
    const position = async () =>
      (await scene.db.selectFrom('chart_state').select('position').executeTakeFirst())?.position;
    while ((await position()) !== 152) await new Promise(setImmediate);
    ending.abort(new Error('stopping'));
    await stopped.catch(() => undefined);
    await project();
    const joined = await chartOf(scene);
    await rebuildPerson(scene.db, person);
    expect(joined).toEqual(await chartOf(scene));
    expect(joined.rows.find((row) => row.fhir_id === 'o7')?.panel_id).not.toBeNull();
  });

  it('in transactions that are small, however much has come', async () => {
    const { db } = scene;
    await sql`create table told (position integer, lines integer)`.execute(db);
    for (const event of ['insert', 'update'])
      await sql`create trigger ${sql.ref(`told_${event}`)} after ${sql.raw(event)} on chart_state begin
        insert into told select new.position, count(*) from chart_row; end`.execute(db);
    await commit(...Array.from({ length: 700 }, (_, n) => result(`o${n}`, '2026-11-17', n)));
    await project();
    const { rows } = await sql<{ lines: number }>`select lines from told order by position`.execute(
      db,
    );
    expect(rows.map(({ lines }) => lines)).toEqual([250, 500, 700]);
  });

  it('that is stopped while a record waits for its later version has it in the end', async () => {
    await commit(...Array.from({ length: 300 }, (_, n) => result(`o${n}`, '2026-11-17', n)));
    await commit(...[7, 270].map((n) => result(`o${n}`, '2026-11-18', n)));
    // The second transaction fails, as where the process ends in it.
    await sql`create trigger full before update on chart_state
      begin select raise(abort, 'full'); end`.execute(scene.db);
    await expect(project()).rejects.toThrow('full');
    expect((await chartOf(scene)).rows).toHaveLength(250);
    await sql`drop trigger full`.execute(scene.db);
    await project();
    const made = await chartOf(scene);
    expect(made.rows).toHaveLength(300);
    await rebuildPerson(scene.db, person);
    expect(made).toEqual(await chartOf(scene));
  });

  it('after a change reads what the change touches, however large the rest is', async () => {
    const world = (from: number, count: number) =>
      Array.from({ length: count }, (_, n) => from + n).flatMap((n) => [
        result(`o${n}`, '2026-11-17', n, inVisit(`e${n}`)),
        visit(`e${n}`, '2026-11-17'),
        report(`r${n}`, '2026-11-17', [`o${n}`], inVisit(`e${n}`)),
      ]);
    const costOfOne = async (value: number) => {
      await commit(result('o1', '2026-11-17', value, inVisit('e1')));
      let rows = 0;
      const counting: KyselyPlugin = {
        transformQuery: ({ node }) => node,
        transformResult: async ({ result: found }) => {
          rows += found.rows.length;
          return found;
        },
      };
      expect(await projectPerson(scene.db.withPlugin(counting), person)).toBe(1);
      return rows;
    };
    await commit(...world(1, 10));
    await project();
    const small = await costOfOne(50);
    await commit(...world(11, 200));
    await project();
    expect(await costOfOne(60)).toBe(small);
  });

  it('follows what changed: the row is written anew, not beside the old', async () => {
    await commit(result('a', '2026-11-17', 5));
    await project();
    await commit(result('a', '2026-11-18', 7, { status: 'amended' }));
    await project();
    expect((await chartOf(scene)).rows).toMatchObject([
      { day: '2026-11-18', value: '7', amended: 1 },
    ]);
  });

  it('drops a value that was entered in error from the results', async () => {
    await commit(result('a', '2026-11-17', 5));
    await project();
    await commit(result('a', '2026-11-17', 5, { status: 'entered-in-error' }));
    await project();
    expect((await readResults(scene.db, person, 'all')).results).toBe(0);
    expect((await chartOf(scene)).rows).toMatchObject([{ entered_in_error: 1 }]);
  });

  it('is forgotten with the person, and only theirs', async () => {
    const theirs = { ...result('b', '2026-11-17', 6), person: 'person-2' };
    await commit(result('a', '2026-11-17', 5), theirs);
    await project();
    await projectPerson(scene.db, 'person-2');
    await forgetPerson(scene.db, person);
    expect((await chartOf(scene)).rows.map((row) => row.person_id)).toEqual(['person-2']);
  });
});

describe('what belongs together', () => {
  it('leaves a visit that moved to another day, and comes back with it', async () => {
    await commit(visit('e1', '2026-11-17'), result('a', '2026-11-17', 5, inVisit('e1')));
    await project();
    expect((await index()).days).toEqual([{ day: '2026-11-17', rows: 1, groups: 1 }]);
    await commit(visit('e1', '2026-11-16'));
    await project();
    expect((await index()).days).toEqual([
      { day: '2026-11-17', rows: 1, groups: 1 },
      { day: '2026-11-16', rows: 0, groups: 1 },
    ]);
    await commit(visit('e1', '2026-11-17T08:00:00Z'));
    await project();
    expect((await index()).days).toEqual([{ day: '2026-11-17', rows: 1, groups: 1 }]);
  });

  it('is found by an address on another host, as portals name themselves', async () => {
    const host = 'https://other.example/fhir/r4/CLINIC';
    const elsewhere = { encounter: { reference: `${host}/Encounter/e1` } };
    await commit(visit('e1', '2026-11-17'), result('a', '2026-11-17', 5, elsewhere));
    await project();
    expect((await index()).days).toEqual([{ day: '2026-11-17', rows: 1, groups: 1 }]);
  });

  it('leaves a report that no longer names it, and the report says nothing of it', async () => {
    const high = { interpretation: [{ coding: [{ code: 'H' }] }] };
    await commit(result('a', '2026-11-17', 50, high), report('r', '2026-11-17', ['a']));
    await project();
    const line = async () =>
      (await chartOf(scene)).rows.map((r) => [r.title, r.value, r.panel_id !== null]);
    expect((await line()).sort()).toEqual([
      ['Glucose', '50', true],
      ['Panel r', 'Glucose 50', false],
    ]);
    await commit(report('r', '2026-11-17', []));
    await project();
    expect((await line()).sort()).toEqual([
      ['Glucose', '50', false],
      ['Panel r', null, false],
    ]);
  });

  it('shows a report without a line when all it holds was entered in error', async () => {
    await commit(result('a', '2026-11-17', 5), report('r', '2026-11-17', ['a']));
    await project();
    await commit(result('a', '2026-11-17', 5, { status: 'entered-in-error' }));
    await project();
    const panel = (await chartOf(scene)).rows.find((row) => row.kind === 'panel');
    expect(panel).toMatchObject({ value: null, unit: null, flag: null });
  });

  it('says of a report its first result out of range, that all are in range, or nothing', async () => {
    const range = (high: number) => ({ referenceRange: [{ high: { value: high } }] });
    await commit(
      result('a', '2026-11-17', 5, range(9)),
      result('b', '2026-11-17', 6, range(9)),
      result('c', '2026-11-17', 7),
      result('d', '2026-11-17', 99, range(9)),
      report('fine', '2026-11-17', ['a', 'b']),
      report('open', '2026-11-17', ['c']),
      report('out', '2026-11-17', ['d']),
    );
    await project();
    const panels = (await chartOf(scene)).rows.filter((row) => row.kind === 'panel');
    expect(panels.map((p) => [p.title, p.value, p.unit, p.flag]).sort()).toEqual([
      ['Panel fine', 'all in range', null, null],
      ['Panel open', '7', 'mg/dL', null],
      ['Panel out', 'Glucose 99', 'mg/dL', 'high'],
    ]);
  });

  it('belongs to a visit and a report of its own source alone', async () => {
    const other = await createSource(scene.db, {
      kind: 'import',
      label: 'Other',
      sample: false,
      now: 1,
    });
    await commit(visit('e1', '2026-11-17'), report('r', '2026-11-17', ['a']));
    await commitImport(scene.db, {
      importId: 'i',
      source: other.id,
      packs: await prepare([result('a', '2026-11-17', 5, inVisit('e1'))]),
      volatilePaths: [],
      now: 1,
    });
    await project();
    const row = (await chartOf(scene)).rows.find((r) => r.fhir_id === 'a');
    expect(row).toMatchObject({ group_key: other.id, panel_id: null });
  });
});
