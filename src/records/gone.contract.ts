// The contract of what a portal reports no longer, for every dialect: marked only by who asked everything, kept, told
// in the feed, and taken back when it comes again.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  counts,
  now,
  observation,
  observations,
  type OpenStore,
  openScene,
  person,
  type Scene,
} from './contract-aids.ts';
import { versionsSince } from './feed.ts';
import { markGone } from './gone.ts';
import { readResource } from './read.ts';
import { finishRun, readReceipt, startRun } from './runs.ts';
import { deleteSource } from './sources.ts';
import type { Incoming } from './types.ts';

const DAY = 24 * 3_600_000;

export function describeGone(dialect: string, open: OpenStore): void {
  let scene: Scene;
  beforeEach(async () => {
    scene = await openScene(open);
  });
  afterEach(() => scene.store.close());

  /** A further run in which the first of its questions reports these; ends with the marks of the types given. */
  async function later(
    days: number,
    reported: readonly Incoming[],
    types: readonly string[] = ['Observation'],
    keys: readonly string[] = ['a', 'b'],
    type = 'Observation',
  ) {
    const at = now + days * DAY;
    const run = await startRun(scene.db, {
      source: scene.source,
      person,
      trigger: 'manual',
      scopesAsked: [],
      scopesGranted: [],
      questions: keys.map((key) => ({
        key,
        label: key,
        type,
        request: `${type}?patient=${key}`,
        why: '',
      })),
      now: at,
    });
    const of = keys[0] ?? '';
    const page = { run: run.id, question: of, page: 1, now: at };
    await scene.commit(reported, { ...page, finish: { next: null, outcome: 'full' } });
    const questions = keys.map((key) => ({ key, type }));
    const whole = types.map((one) => ({ type: one, questions }));
    await markGone(scene.db, { run, types: whole, now: at });
    await finishRun(scene.db, { run: run.id, now: at });
    const receipt = await readReceipt(scene.db, run.id);
    return { gone: receipt?.run.gone, of: receipt?.questions.map((question) => question.gone) };
  }

  async function goneAt(fhirId: string): Promise<string | null> {
    const rows = scene.db.selectFrom('resource').select('id').where('fhir_id', '=', fhirId);
    const { id } = await rows.executeTakeFirstOrThrow();
    return (await readResource(scene.db, id, person)).goneAt;
  }

  const feed = async (afterSeq = 0) =>
    (await versionsSince(scene.db, { person, afterSeq, limit: 5_000 })).map(
      ({ fhirId, position, goneAt: at }) => ({
        fhirId,
        position,
        goneAt: at?.slice(0, 10) ?? null,
      }),
    );

  describe(`what is reported no longer, on ${dialect}`, () => {
    it('is marked with the day, counted for its question, and keeps its versions', async () => {
      await scene.commit(observations(3));
      const told = await later(1, [observation('o0'), observation('o2')]);
      expect(told).toEqual({ gone: 1, of: [1, 0] });
      expect((await goneAt('o1'))?.slice(0, 10)).toBe('2026-11-22');
      expect(await goneAt('o0')).toBeNull();
      expect(await later(2, [observation('o0'), observation('o2')])).toEqual({
        gone: 0,
        of: [0, 0],
      });
      expect((await goneAt('o1'))?.slice(0, 10)).toBe('2026-11-22');
    });

    it('is told in the feed when it is marked and when it comes again', async () => {
      await scene.commit(observations(2));
      const before = (await feed()).at(-1)?.position ?? 0;
      await later(1, [observation('o0')]);
      const [marked, ...none] = await feed(before);
      expect(none).toEqual([]);
      expect(marked).toMatchObject({ fhirId: 'o1', goneAt: '2026-11-22' });
      await later(2, observations(2));
      expect(await feed(marked?.position)).toMatchObject([{ fhirId: 'o1', goneAt: null }]);
      expect(await goneAt('o1')).toBeNull();
    });

    it('comes again also as another version, which is one version more', async () => {
      await scene.commit(observations(2));
      await later(1, [observation('o0')]);
      const at = (await feed()).at(-1)?.position ?? 0;
      await later(2, [observation('o0'), observation('o1', 'anew')]);
      const after = (await feed(at)).filter(({ fhirId }) => fhirId === 'o1');
      expect(after.map((row) => row.goneAt)).toEqual(after.map(() => null));
      expect(await goneAt('o1')).toBeNull();
    });

    it('is nothing of a type that was not asked for in full', async () => {
      await scene.commit(observations(2));
      expect((await later(1, [observation('o0')], [])).gone).toBe(0);
      expect((await later(2, [observation('o0')], ['Condition'])).gone).toBe(0);
    });

    it('is told by another question of its type, too, and counted for that', async () => {
      await scene.commit(observations(2), { question: 'b' });
      const told = await later(1, [observation('o0')], ['Observation'], ['a']);
      expect(told).toEqual({ gone: 1, of: [1] });
    });

    it('is nothing that came along with a type which was not asked for', async () => {
      await scene.commit(observations(2), { question: 'b' });
      const alongWithGoals = (days: number, id: string, key: string) =>
        later(days, [observation(id)], ['Observation'], [key], 'Goal');
      expect((await alongWithGoals(1, 'o0', 'a')).gone).toBe(0);
      // What has come with goals meanwhile is gone with them, though another question asks for these now.
      expect(await alongWithGoals(2, 'o1', 'b')).toEqual({ gone: 1, of: [1] });
      expect(await goneAt('o0')).not.toBeNull();
    });

    it('is found among thousands, over several chunks and in one go', async () => {
      await scene.commit(observations(2_500));
      const left = observations(2_500).filter((_, n) => n % 500 !== 7);
      expect((await later(1, left)).gone).toBe(5);
    });

    it('that is a whole type is gone, too', async () => {
      await scene.commit(observations(3));
      expect((await later(1, [])).gone).toBe(3);
    });

    it('leaves no notes of what was seen behind, and goes with its source', async () => {
      expect(await scene.commit(observations(2))).toEqual(counts({ new: 2 }));
      await later(1, [observation('o0')]);
      await finishRun(scene.db, { run: scene.run, now });
      expect(await scene.db.selectFrom('sync_seen').selectAll().execute()).toEqual([]);
      await deleteSource(scene.db, scene.source);
      expect(await scene.db.selectFrom('resource_notice').selectAll().execute()).toEqual([]);
    });
  });
}
