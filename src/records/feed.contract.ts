// The contract of reading, for every dialect: who reads what, and that whoever follows the feed of a
// person misses nothing, shared resources that come early or late included.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  observation,
  observations,
  type OpenStore,
  openScene,
  person,
  type Scene,
  shared,
  textsOfFeed,
} from './contract-aids.ts';
import { versionsSince } from './feed.ts';
import {
  countResources,
  currentOfType,
  listCurrent,
  rawOf,
  readResource,
  sharedWithIds,
} from './read.ts';
import type { Incoming, VersionRow } from './types.ts';

const practitioner = { type: 'Practitioner', id: 'p' };
const organization = { type: 'Organization', id: 'org' };
const place = { type: 'Location', id: 'l' };

export function describeFeed(dialect: string, open: OpenStore): void {
  let scene: Scene;
  beforeEach(async () => {
    scene = await openScene(open);
  });
  afterEach(() => scene.store.close());

  const follow = async (of: string, limit: number, from = 0): Promise<VersionRow[]> => {
    const rows: VersionRow[] = [];
    for (let after = from; ; after = rows.at(-1)?.position ?? after) {
      const some = await versionsSince(scene.db, { person: of, afterSeq: after, limit });
      if (some.length === 0) return rows;
      expect(some.length).toBeLessThanOrEqual(limit);
      rows.push(...some);
    }
  };
  const names = (rows: readonly VersionRow[]) => rows.map(({ fhirId }) => fhirId);
  const listed = async (of: string) => {
    const rows: string[] = [];
    for await (const row of listCurrent(scene.db, [of])) rows.push(`${row.type}/${row.fhirId}`);
    return rows;
  };
  const mine = (id: string, ...reads: { type: string; id: string }[]): Incoming => ({
    ...observation(id),
    readsShared: reads,
  });

  describe(`the feed of a person on ${dialect}`, () => {
    it('gives every version with its exact text, in the order in which it came', async () => {
      await scene.commit([observation('x', 1), observation('y', 1)]);
      await scene.commit([observation('x', 2)]);
      const rows = await follow(person, 100);
      expect(rows.map((row) => [row.fhirId, row.versionNo])).toEqual([
        ['x', 1],
        ['y', 1],
        ['x', 2],
      ]);
      expect(await textsOfFeed(scene.db, rows)).toEqual([
        observation('x', 1).raw,
        observation('y', 1).raw,
        observation('x', 2).raw,
      ]);
      expect(rows[0]).toMatchObject({
        source: scene.source,
        sample: true,
        shared: false,
        type: 'Observation',
        receivedAt: '2026-11-21T12:00:00.000Z',
      });
    });

    it.each([1, 2, 7, 1000])('is the same in steps of %i', async (limit) => {
      const page = [mine('x', practitioner), shared('Practitioner', 'p'), ...observations(10)];
      await scene.commit(page);
      await scene.commit([{ ...shared('Practitioner', 'p'), raw: '{"v":2}' }, observation('z')]);
      const rows = await follow(person, limit);
      expect(names(rows)).toHaveLength(14);
      expect(rows.map(({ position }) => position)).toEqual(
        rows.map(({ position }) => position).toSorted((a, b) => a - b),
      );
      expect(new Set(rows.map(({ seq }) => seq)).size).toBe(14);
    });

    it('holds a shared resource that came before the first reference to it', async () => {
      await scene.commit([shared('Practitioner', 'p'), shared('Practitioner', 'stranger')]);
      await scene.commit([{ ...shared('Practitioner', 'p'), raw: '{"v":2}' }]);
      await scene.commit([observation('x')]);
      const before = await follow(person, 10);
      expect(names(before)).toEqual(['x']);
      await scene.commit([mine('y', practitioner)]);
      const after = await follow(person, 10, before.at(-1)?.position);
      expect(after.map((row) => [row.fhirId, row.shared])).toEqual([
        ['y', false],
        ['p', true],
      ]);
      expect(await textsOfFeed(scene.db, after)).toEqual([observation('y').raw, '{"v":2}']);
      await scene.commit([{ ...shared('Practitioner', 'p'), raw: '{"v":3}' }]);
      const later = await follow(person, 10, after.at(-1)?.position);
      expect(await textsOfFeed(scene.db, later)).toEqual(['{"v":3}']);
    });

    it('holds a shared resource that came after the reference to it', async () => {
      await scene.commit([mine('x', practitioner)]);
      const before = await follow(person, 10);
      expect(names(before)).toEqual(['x']);
      await scene.commit([shared('Practitioner', 'p')]);
      expect(names(await follow(person, 10, before.at(-1)?.position))).toEqual(['p']);
    });

    it('holds what a shared resource refers to, whatever comes first, and ends on circles', async () => {
      const chain = [
        shared('Practitioner', 'p', [place]),
        shared('Location', 'l', [organization]),
        shared('Organization', 'org', [practitioner]),
      ];
      for (const page of [chain, [mine('x', practitioner)], chain.toReversed()]) {
        await scene.commit(page);
      }
      expect(await listed(person)).toEqual([
        'Location/l',
        'Observation/x',
        'Organization/org',
        'Practitioner/p',
      ]);
      await scene.commit([mine('x', practitioner), shared('Organization', 'parent')]);
      await scene.commit([shared('Organization', 'org', [{ ...organization, id: 'parent' }])]);
      expect(names(await follow(person, 100)).sort()).toEqual(['l', 'org', 'p', 'parent', 'x']);
      expect(await countResources(scene.db, person)).toBe(5);
    });

    it('holds nothing of another person', async () => {
      await scene.commit([mine('x', practitioner), shared('Practitioner', 'p')]);
      expect(await follow('person-2', 10)).toEqual([]);
      expect(await listed('person-2')).toEqual([]);
      expect(await countResources(scene.db, 'person-2')).toBe(0);
    });
  });

  describe(`reading on ${dialect}`, () => {
    it('shows a resource to those who may read it, and to nobody else', async () => {
      await scene.commit([mine('x', practitioner), shared('Practitioner', 'p')]);
      for (const row of await follow(person, 10)) {
        const found = await readResource(scene.db, row.resource, person);
        expect(found).toMatchObject({ fhirId: row.fhirId, versionCount: 1, currentSeq: row.seq });
        expect(found.source).toMatchObject({ id: scene.source, label: 'Clinic', sample: true });
        const other = readResource(scene.db, row.resource, 'person-2');
        await expect(other).rejects.toMatchObject({ code: 'record.not_found' });
      }
      await expect(readResource(scene.db, 'none', person)).rejects.toMatchObject({
        code: 'record.not_found',
      });
      await expect(rawOf(scene.db, 'none')).rejects.toMatchObject({ code: 'record.not_found' });
      await expect(rawOf(scene.db, 999)).rejects.toMatchObject({ code: 'record.not_found' });
    });

    it('lists what is current when it begins, although more is stored meanwhile', async () => {
      await scene.commit(observations(300));
      const texts: string[] = [];
      for await (const row of listCurrent(scene.db, [person])) {
        if (texts.length === 0) await scene.commit(observations(300, 2));
        texts.push(row.raw);
      }
      expect(texts.sort()).toEqual(
        observations(300)
          .map(({ raw }) => raw)
          .sort(),
      );
    });

    it('says when a listed resource was deleted meanwhile, and leaves none out in silence', async () => {
      await scene.commit(observations(300));
      const reading = async () => {
        for await (const row of listCurrent(scene.db, [person])) {
          await scene.db.deleteFrom('body').where('seq', '!=', row.seq).execute();
        }
      };
      await expect(reading()).rejects.toMatchObject({ code: 'record.not_found' });
    });

    it('finds what is current of a type, and what a source shares by id', async () => {
      await scene.commit([mine('x', practitioner), shared('Practitioner', 'p'), observation('p')]);
      const found = await currentOfType(scene.db, 'Practitioner');
      expect(found.map(({ fhirId, person: of }) => [fhirId, of])).toEqual([['p', null]]);
      expect(await sharedWithIds(scene.db, scene.source, ['p', 'x'])).toEqual([practitioner]);
      expect(await sharedWithIds(scene.db, 'other', ['p'])).toEqual([]);
    });
  });
}
