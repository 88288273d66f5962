// The contract of law L2, for every dialect: a page that was cut off at any of its chunks and given
// again leaves the store and its counts as if it had never been cut off.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prepare } from './body.ts';
import { observation, type OpenStore, openScene, type Scene } from './contract-aids.ts';
import { rawOf } from './read.ts';
import { askInParts } from './runs.ts';
import type { Counts, Incoming, Prepared } from './types.ts';

/** Pages that repeat and change few resources, some pages longer than two chunks. */
const resource = fc
  .tuple(fc.integer({ min: 0, max: 320 }), fc.integer({ min: 0, max: 2 }), fc.boolean())
  .map(([id, value, isRespelt]): Incoming => {
    const { raw } = observation(`o${id}`, value);
    return observation(`o${id}`, value, isRespelt ? ` ${raw}` : raw);
  });
const pages = fc.array(
  fc.oneof(
    fc.array(resource, { maxLength: 12 }),
    fc.array(resource, { minLength: 401, maxLength: 650 }),
  ),
  { minLength: 1, maxLength: 4 },
);

/** Many stores are filled; slow machines get the time. */
const timeout = 60_000;

export function describeReplay(dialect: string, open: OpenStore): void {
  describe(`pages on ${dialect}`, () => {
    it('of any content leave the last text of each resource, and add up', { timeout }, async () => {
      await fc.assert(
        fc.asyncProperty(pages, async (content) => {
          const scene = await openScene(open);
          const last = new Map<string, string>();
          const born = new Set<string>();
          for (const page of content) {
            const counts = await scene.commit(page);
            expect(counts.received).toBe(page.length);
            expect(counts.new + counts.changed + counts.unchanged).toBe(counts.received);
            for (const { id, raw } of page) last.set(id, raw.trim());
            expect(counts.new).toBe(last.size - born.size);
            for (const { id } of page) born.add(id);
          }
          const kept = (await versions(scene)).filter((one) => one.isCurrent);
          expect(new Map(kept.map(({ id, raw }) => [id, raw.trim()]))).toEqual(last);
          await scene.store.close();
        }),
        { numRuns: 12 },
      );
    });

    it('that are cut off at any chunk and given again count as if they had not been', {
      timeout,
    }, async () => {
      const places = fc.array(fc.nat(700), { minLength: 4, maxLength: 4 });
      await fc.assert(
        fc.asyncProperty(pages, places, async (content, cuts) => {
          const [whole, cut] = [await openScene(open), await openScene(open)];
          for (const [index, page] of content.entries()) {
            const expected = await whole.commit(page);
            await commitCutOff(cut, page, cuts[index] ?? 0);
            expect(await cut.commit(page)).toEqual(expected);
          }
          expect(await versions(cut)).toEqual(await versions(whole));
          expect(await tallies(cut)).toEqual(await tallies(whole));
          await Promise.all([whole.store.close(), cut.store.close()]);
        }),
        { numRuns: 12 },
      );
    });

    it('that come back with other texts after a cut still add up, and what was born there is new', async () => {
      const scene = await openScene(open);
      const page = Array.from({ length: 300 }, (_, n) => observation(`o${n}`));
      await commitCutOff(scene, page, 250);
      const other = page.map(({ id }) => observation(id, 2));
      expect(await scene.commit(other)).toMatchObject({ received: 300, new: 300 });
      await scene.store.close();
    });

    it('that were cut off and never come again are counted with what comes in their place', async () => {
      const scene = await openScene(open);
      const page = Array.from({ length: 300 }, (_, n) => observation(`o${n}`));
      await commitCutOff(scene, page, 250);
      const stored = (await versions(scene)).length;
      expect(stored).toBeGreaterThan(100);
      // Fewer a page: the first ten of it, one of them changed meanwhile, and another that is new.
      const fewer = [observation('o0', 2), ...page.slice(1, 10), observation('other')];
      await scene.commit(fewer);
      expect(await tallies(scene)).toMatchObject({
        received: stored + 1,
        new: stored + 1,
        pages: 1,
      });
      await scene.commit(page.slice(10));
      expect(await tallies(scene)).toMatchObject({ new: 301, unchanged: stored - 10, changed: 0 });
      await scene.store.close();
    });

    it('that were cut off before their question was put in parts are counted for it', async () => {
      const scene = await openScene(open);
      const page = Array.from({ length: 300 }, (_, n) => observation(`o${n}`));
      await commitCutOff(scene, page, 250);
      const stored = (await versions(scene)).length;
      const parts = { key: 'a-in-parts', parts: ['x=1'], next: 'x=1' };
      await askInParts(scene.db, { run: scene.run, question: 'a', ...parts });
      expect(await tallies(scene, 'a-in-parts')).toMatchObject({ received: stored, new: stored });
      await scene.commit(page, { question: 'a-in-parts' });
      expect(await tallies(scene, 'a-in-parts')).toMatchObject({ new: 300, unchanged: stored });
      await scene.store.close();
    });

    it('that another question has overtaken meanwhile are not taken for a change', async () => {
      const scene = await openScene(open);
      const page = Array.from({ length: 300 }, (_, n) => observation(`o${n}`));
      await commitCutOff(scene, page, 250);
      await scene.commit([observation('o1', 2)], { question: 'b' });
      expect(await scene.commit(page)).toMatchObject({ new: 300, changed: 0 });
      const kept = (await versions(scene)).filter((one) => one.isCurrent && one.id === 'o1');
      expect(kept.map(({ raw }) => raw)).toEqual([observation('o1', 2).raw]);
      await scene.store.close();
    });
  });
}

/** Commits a page whose resource at a place cannot be read: its chunk fails, those before it stand. */
async function commitCutOff(scene: Scene, page: readonly Incoming[], at: number): Promise<void> {
  const packs = await prepare(page);
  const resources = packs.flatMap((pack) => pack.resources);
  const cut = packs.find((pack) => pack.resources.includes(resources[at] as Prepared));
  if (!cut) return;
  const unreadable = Object.defineProperty({ ...resources[at] }, 'type', {
    get: (): Prepared['type'] => {
      throw new Error('cut off');
    },
  }) as Prepared;
  const broken = cut.resources.map((one) => (one === resources[at] ? unreadable : one));
  const cutOff = packs.map((pack) => (pack === cut ? { ...pack, resources: broken } : pack));
  await expect(scene.commit([], { packs: cutOff })).rejects.toThrow('cut off');
}

type Kept = { id: string; no: number; page: number | null; raw: string; isCurrent: boolean };

async function versions(scene: Scene): Promise<Kept[]> {
  const rows = await scene.db
    .selectFrom('resource_version as v')
    .innerJoin('resource as r', 'r.id', 'v.resource_id')
    .select(['r.fhir_id', 'v.version_no', 'v.page_no', 'v.seq', 'r.current_seq', 'r.version_count'])
    .orderBy('r.fhir_id')
    .orderBy('v.version_no')
    .execute();
  const kept: Kept[] = [];
  for (const row of rows) {
    const isCurrent = row.seq === row.current_seq;
    expect(isCurrent).toBe(row.version_no === row.version_count);
    const raw = await rawOf(scene.db, row.seq);
    kept.push({ id: row.fhir_id, no: row.version_no, page: row.page_no, raw, isCurrent });
  }
  return kept;
}

async function tallies(scene: Scene, key?: string): Promise<Counts & { pages: number }> {
  const {
    received,
    new: born,
    changed,
    unchanged,
    setAside,
    pages: of,
  } = await scene.question(key);
  return { received, new: born, changed, unchanged, setAside, pages: of };
}
