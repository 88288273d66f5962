// The contract of exact texts, for every dialect: those of a page of which some are new, and what is left of a pack when
// others of it are deleted.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  observation,
  observations,
  type OpenStore,
  openScene,
  type Scene,
} from './contract-aids.ts';
import { deleteSource } from './sources.ts';
import { textsOf } from './texts.ts';

export function describeTexts(dialect: string, open: OpenStore): void {
  let scene: Scene;
  beforeEach(async () => {
    scene = await openScene(open);
  });
  afterEach(() => scene.store.close());

  const versions = () =>
    scene.db
      .selectFrom('resource_version as v')
      .innerJoin('resource as r', 'r.id', 'v.resource_id')
      .select(['v.seq', 'r.fhir_id'])
      .orderBy('v.seq')
      .execute();
  const packs = () => scene.db.selectFrom('body').select(['seq', 'count']).orderBy('seq').execute();

  describe(`exact texts on ${dialect}`, () => {
    it('are kept once: of a page that is mostly known only what is new goes into a pack', async () => {
      await scene.commit(observations(120));
      const page = observations(120);
      page[7] = observation('o7', 'another');
      page[60] = observation('o60', 'another');
      page[61] = observation('o61', 'another');
      expect(await scene.commit(page)).toMatchObject({ changed: 3, unchanged: 117 });
      expect((await packs()).map(({ count }) => count)).toEqual([50, 50, 20, 1, 2]);
      const after = (await versions()).slice(-3);
      const texts = await textsOf(
        scene.db,
        after.map(({ seq }) => seq),
      );
      expect(after.map(({ seq }) => texts.get(seq))).toEqual(
        ['o7', 'o60', 'o61'].map((id) => observation(id, 'another').raw),
      );
    });

    it('of a page whose pack holds one resource twice are two versions', async () => {
      await scene.commit([observation('x', 1), observation('y'), observation('x', 2)]);
      const all = await versions();
      const texts = await textsOf(
        scene.db,
        all.map(({ seq }) => seq),
      );
      expect(all.map(({ seq }) => texts.get(seq))).toEqual([
        observation('x', 1).raw,
        observation('y').raw,
        observation('x', 2).raw,
      ]);
    });

    it('stay readable while others of their pack are deleted, and go with the last', async () => {
      await scene.commit(observations(3));
      const [first, second, third] = await versions();
      for (const one of [second, first]) {
        await scene.db
          .deleteFrom('resource_version')
          .where('seq', '=', one?.seq ?? 0)
          .execute();
        const texts = await textsOf(scene.db, [third?.seq ?? 0]);
        expect(texts.get(third?.seq ?? 0)).toBe(observation('o2').raw);
      }
      await deleteSource(scene.db, scene.source);
      expect(await packs()).toEqual([]);
    });

    it('that are not there are not taken from a pack that lies before', async () => {
      await scene.commit(observations(3));
      await scene.commit([observation('later')]);
      const last = (await versions()).at(-1)?.seq ?? 0;
      await scene.db.deleteFrom('body').where('seq', '=', last).execute();
      expect((await textsOf(scene.db, [last])).get(last)).toBeUndefined();
      expect((await textsOf(scene.db, [last + 1])).get(last + 1)).toBeUndefined();
    });

    it('of one resource in two questions at once are judged one after the other', async () => {
      const page = observations(200);
      const [a, b] = await Promise.all([scene.commit(page), scene.commit(page, { question: 'b' })]);
      expect(a.new + b.new).toBe(200);
      expect(a.unchanged + b.unchanged).toBe(200);
      expect(await versions()).toHaveLength(200);
    });
  });
}
