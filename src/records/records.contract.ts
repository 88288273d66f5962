// The contract of the store's one door and its ledger, for every dialect: what a page counts as, what
// is kept of it, and what a process that ends in the middle leaves behind.

import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { prepare } from './body.ts';
import { commitImport } from './commit.ts';
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
import { countResources, countResourcesOf, rawOf, versionsOf } from './read.ts';
import { closeQuestion, finishRun, hashReceipt, listRuns, openRunOf, readReceipt } from './runs.ts';
import { createSource, deleteSource, getSource, importSourceOf, listSources } from './sources.ts';
import type { SetAside } from './types.ts';

const aside = (count: number, type = ''): SetAside => ({ code: 'sync.not_a_record', type, count });

export function describeRecords(dialect: string, open: OpenStore): void {
  let scene: Scene;
  beforeEach(async () => {
    scene = await openScene(open);
  });
  afterEach(() => scene.store.close());

  const idOf = async (fhirId: string) => {
    const rows = scene.db.selectFrom('resource').select('id').where('fhir_id', '=', fhirId);
    return (await rows.executeTakeFirstOrThrow()).id;
  };

  describe(`a page on ${dialect}`, () => {
    it('counts what is new, changed and unchanged, and keeps every version', async () => {
      expect(await scene.commit(observations(3))).toEqual(counts({ new: 3 }));
      const second = [observation('o0'), observation('o1', 2), observation('o9')];
      expect(await scene.commit(second)).toEqual(counts({ new: 1, changed: 1, unchanged: 1 }));
      const versions = await versionsOf(scene.db, await idOf('o1'));
      expect(versions.map(({ versionNo, page }) => [versionNo, page])).toEqual([
        [1, 1],
        [2, 2],
      ]);
      const texts = await Promise.all(versions.map(({ seq }) => rawOf(scene.db, seq)));
      expect(texts).toEqual([observation('o1').raw, observation('o1', 2).raw]);
      expect(await scene.question()).toMatchObject({
        pages: 2,
        outcome: 'asking',
        ...counts({ new: 4, changed: 1, unchanged: 1 }),
      });
    });

    it.each([
      ['a trailing zero', '{"v":565.60}'],
      ['an exponent', '{"v":1E2}'],
      ['17 digits', '{"v":12345678901234567}'],
      ['duplicate keys', '{"v":1,"v":2}'],
      ['escapes', '{"v":"\\u00e9\\ud83d\\ude00"}'],
      ['letters of every plane', '{"v":"é 検査 😀"}'],
      ['a long text', `{ "v" : "${'long '.repeat(2000)}" }`],
    ])('keeps %s to the letter [law L3]', async (_what, raw) => {
      await scene.commit([observation('x', 1, raw)]);
      expect(await rawOf(scene.db, await idOf('x'))).toBe(raw);
    });

    it('takes another spelling or a volatile member for unchanged, and another number not', async () => {
      const first = '{"a":"é","n":565.60,"meta":{"lastUpdated":"1"}}';
      await scene.commit([observation('x', 1, first)]);
      const respelt = '{ "n":565.60, "meta":{"lastUpdated":"2"}, "a":"\\u00e9" }';
      expect(await scene.commit([observation('x', 1, respelt)])).toEqual(counts({ unchanged: 1 }));
      expect(await rawOf(scene.db, await idOf('x'))).toBe(first);
      const changed = first.replace('565.60', '565.6');
      expect(await scene.commit([observation('x', 1, changed)])).toEqual(counts({ changed: 1 }));
    });

    it('counts an entry that is there twice as one new and one unchanged, far apart too', async () => {
      const page = [...observations(250), ...observations(250)];
      expect(await scene.commit(page)).toEqual(counts({ new: 250, unchanged: 250 }));
      expect(await countResources(scene.db, person)).toBe(250);
    });

    it('keeps two texts of one entry as two versions', async () => {
      const page = [observation('x', 1), observation('x', 2), observation('x', 2)];
      expect(await scene.commit(page)).toEqual(counts({ new: 1, changed: 1, unchanged: 1 }));
      expect(await rawOf(scene.db, await idOf('x'))).toBe(observation('x', 2).raw);
    });

    it('keeps one id of two people and of two types apart', async () => {
      const page = [
        observation('x'),
        { ...observation('x'), person: 'person-2' },
        { ...observation('x'), person: null },
        { ...observation('x'), type: 'Condition' },
      ];
      expect(await scene.commit(page)).toEqual(counts({ new: 4 }));
    });

    it('moves cursor and outcome with its last chunk, and not without it [law L2]', async () => {
      const cut = scene.commit(observations(450), {
        finish: { next: 'https://ehr.example/p2' },
        afterwards: () => Promise.reject(new Error('cut off')),
      });
      await expect(cut).rejects.toThrow('cut off');
      expect(await countResourcesOf(scene.db, scene.source)).toBe(400);
      expect(await scene.question()).toMatchObject({ pages: 0, next: null, ...counts({}) });
      await scene.commit(observations(450), { finish: { next: 'https://ehr.example/p2' } });
      expect(await scene.question()).toMatchObject({
        pages: 1,
        next: 'https://ehr.example/p2',
        ...counts({ new: 450 }),
      });
      await scene.commit([], {
        finish: { next: null, outcome: 'full' },
        setAside: [aside(2), aside(1, 'Observation')],
      });
      await scene.commit([], { finish: { next: null, outcome: 'full' }, setAside: [aside(3)] });
      expect(await scene.question()).toMatchObject({
        pages: 3,
        next: null,
        outcome: 'full',
        ...counts({ new: 450, setAside: 6 }),
        setAsideWhy: [aside(5), aside(1, 'Observation')],
      });
    });

    it('runs what follows inside its last transaction', async () => {
      const afterwards = async (trx: Scene['db']) => {
        await createSource(trx, { id: 'queued', kind: 'import', label: '', sample: false, now });
      };
      await scene.commit(observations(201), { afterwards });
      expect(await getSource(scene.db, 'queued')).toBeDefined();
    });

    it('is refused when it is counted already, so that nothing counts twice', async () => {
      await scene.commit(observations(1), { page: 3 });
      await expect(scene.commit(observations(1), { page: 3 })).rejects.toThrow('already committed');
      await expect(scene.commit(observations(1), { question: 'none' })).rejects.toThrow(
        'No question none',
      );
      expect(await scene.question()).toMatchObject({ pages: 1, received: 1 });
    });
  });

  describe(`a run on ${dialect}`, () => {
    it('keeps its questions in the order planned, for a restart to resume from', async () => {
      expect(await openRunOf(scene.db, scene.source)).toMatchObject({
        id: scene.run,
        person,
        trigger: 'first',
        scopesAsked: ['patient/*.read', 'openid'],
        scopesGranted: ['openid'],
        startedAt: '2026-11-21T12:00:00.000Z',
        endedAt: null,
      });
      const receipt = await readReceipt(scene.db, scene.run);
      expect(receipt?.questions.map(({ key, outcome }) => [key, outcome])).toEqual([
        ['a', 'pending'],
        ['b', 'pending'],
      ]);
    });

    it('ends with sums that add up and a receipt whose hash tells of any change', async () => {
      await scene.commit(observations(5), {
        setAside: [aside(1)],
        finish: { next: null, outcome: 'full' },
      });
      await closeQuestion(scene.db, {
        run: scene.run,
        question: 'b',
        outcome: 'refused',
        code: 'fhir.scope_missing',
        detail: 'insufficient_scope',
        httpStatus: 403,
        retries: 2,
        now: now + 1000,
      });
      const run = await finishRun(scene.db, { run: scene.run, now: now + 2000 });
      expect(run).toMatchObject({
        endedAt: '2026-11-21T12:00:02.000Z',
        sums: counts({ new: 5, setAside: 1 }),
      });
      const receipt = await readReceipt(scene.db, scene.run);
      if (!receipt) throw new Error('no receipt');
      expect(receipt.run).toEqual(run);
      expect(receipt.questions[1]).toMatchObject({
        outcome: 'refused',
        code: 'fhir.scope_missing',
        httpStatus: 403,
        retries: 2,
        endedAt: '2026-11-21T12:00:01.000Z',
      });
      expect(hashReceipt(receipt)).toBe(run.receiptHash);
      const [first, ...rest] = receipt.questions;
      const other = { ...receipt, questions: [{ ...first, unchanged: 1 }, ...rest] };
      expect(hashReceipt(other as typeof receipt)).not.toBe(run.receiptHash);
      expect(await finishRun(scene.db, { run: scene.run, now: now + 9000 })).toEqual(run);
      expect(await openRunOf(scene.db, scene.source)).toBeUndefined();
      expect((await listRuns(scene.db, scene.source)).map(({ id }) => id)).toEqual([scene.run]);
    });

    it('closes what is open when it ends: in part where pages came, else as not asked', async () => {
      await scene.commit(observations(2));
      await finishRun(scene.db, { run: scene.run, now });
      const receipt = await readReceipt(scene.db, scene.run);
      expect(receipt?.questions.map(({ outcome }) => outcome)).toEqual(['part', 'not-asked']);
    });

    it('counts what a page cut off in its middle has stored, when the page never comes again', async () => {
      const afterwards = () => Promise.reject(new Error('cut off'));
      await expect(scene.commit(observations(450), { afterwards })).rejects.toThrow('cut off');
      const code = 'sync.page_failed';
      await closeQuestion(scene.db, {
        run: scene.run,
        question: 'a',
        outcome: 'failed',
        code,
        now,
      });
      expect(await scene.question()).toMatchObject({ outcome: 'failed', ...counts({ new: 400 }) });
      expect(await countResources(scene.db, person)).toBe(400);
    });

    it('looks for what such a page has stored in many turns, however much the run has', async () => {
      const afterwards = () => Promise.reject(new Error('cut off'));
      await expect(scene.commit(observations(250), { afterwards })).rejects.toThrow('cut off');
      await scene.db.updateTable('record_counter').set({ last_seq: 100_000 }).execute();
      let turns = 0;
      let isOver = false;
      const count = () => {
        turns += 1;
        if (!isOver) setImmediate(count);
      };
      setImmediate(count);
      await finishRun(scene.db, { run: scene.run, now });
      isOver = true;
      expect(turns).toBeGreaterThanOrEqual(20);
      const { received } = await scene.question();
      expect(received).toBe(200);
    });
  });

  describe(`a source on ${dialect}`, () => {
    it('of an import is found by its origin, of which there is one', async () => {
      const origin = 'https://ehr.example/fhir';
      const made = await createSource(scene.db, {
        kind: 'import',
        label: 'Files',
        origin,
        sample: false,
        now,
      });
      expect(await importSourceOf(scene.db, origin)).toEqual(made);
      expect(await importSourceOf(scene.db, 'urn:uuid')).toBeUndefined();
      const again = { kind: 'import', label: '', origin, sample: false, now } as const;
      await expect(createSource(scene.db, again)).rejects.toThrow();
    });

    it('goes with everything that came from it, and nothing else does', async () => {
      const other = await createSource(scene.db, {
        kind: 'import',
        label: 'Files',
        origin: 'urn:uuid',
        sample: false,
        now,
      });
      const practitioner = { type: 'Practitioner', id: 'p' };
      const incoming = [
        { ...observation('kept'), readsShared: [practitioner] },
        { ...practitioner, raw: '{}', person: null },
      ];
      await commitImport(scene.db, {
        importId: 'i',
        source: other.id,
        packs: await prepare(incoming),
        volatilePaths: [],
        now,
      });
      const readsOther = [{ ...practitioner, source: other.id }, practitioner];
      await scene.commit(observations(450).map((one) => ({ ...one, readsShared: readsOther })));
      await deleteSource(scene.db, scene.source);
      expect((await listSources(scene.db)).map(({ id }) => id)).toEqual([other.id]);
      const feed = await versionsSince(scene.db, { person, afterSeq: 0, limit: 1000 });
      expect(feed.map(({ fhirId }) => fhirId).sort()).toEqual(['kept', 'p']);
      const left = { body: 1, resource_version: 2, resource: 2 };
      for (const [table, count] of Object.entries(left)) {
        const { rows } = await sql<{
          n: number;
        }>`select count(*) as n from ${sql.table(table)}`.execute(scene.db);
        expect(rows[0]?.n, table).toBe(count);
      }
      expect(await readReceipt(scene.db, scene.run)).toBeUndefined();
      expect(await scene.store.integrity()).toEqual([]);
    });
  });
}
