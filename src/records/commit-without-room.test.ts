// Proves what a full disk does to a page in the middle of its commit: it is told, what was counted before stays, the cursor
// is not ahead, and the page given again when there is room counts once.

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type SmallDisk, smallDisk } from '../../e2e/support/small-disk.ts';
import { openStore } from '../platform/db/sqlite/open.ts';
import {
  counts,
  observation,
  observations,
  openScene,
  person,
  textsOfFeed,
} from './contract-aids.ts';
import { versionsSince } from './feed.ts';
import { recordsMigrations } from './migrations.ts';
import { countResourcesOf } from './read.ts';
import { questionsOf } from './runs.ts';

const keyHex = '7c'.repeat(32);
const MB = 1 << 20;
const FIRST = 50;
const SIZE = 600;

let disk: SmallDisk;
beforeEach(() => {
  disk = smallDisk(32);
});
afterEach(() => disk.remove());

it('a page for which the disk has no room is told, loses nothing, and counts once when it is given again [law L2]', async (context) => {
  disk.needed(context);
  const file = join(disk.path, 'chartfold.db');
  const open = () => openStore({ file, keyHex, migrations: recordsMigrations });
  const { store, source, run, commit } = await openScene(open);
  await commit(observations(FIRST), { finish: { next: 'p2' } });
  const page = Array.from({ length: SIZE }, (_, n) =>
    observation(`page-${n}`, randomBytes(6_000).toString('base64')),
  );
  // Room for the first chunk of three, of about 1.3 MB each.
  disk.fillBut(2.5 * MB);
  const next = { page: 2, finish: { next: 'p3' } };
  await expect(commit(page, next)).rejects.toMatchObject({ code: 'store.disk_full' });
  const asked = async (db = store.db) =>
    (await questionsOf(db, run)).find(({ key }) => key === 'a');
  expect(await asked()).toMatchObject({ pages: 1, next: 'p2', ...counts({ new: FIRST }) });
  const stored = await countResourcesOf(store.db, source);
  expect(stored).toBeGreaterThan(FIRST);
  expect(stored).toBeLessThanOrEqual(FIRST + 200);
  expect(await store.integrity()).toEqual([]);
  await store.close();

  disk.free();
  const again = await openScene(open);
  const { store: later } = again;
  expect(await asked(later.db)).toMatchObject({ pages: 1, next: 'p2' });
  await again.commit(page, { ...next, run, source });
  expect(await asked(later.db)).toMatchObject({
    pages: 2,
    next: 'p3',
    ...counts({ new: FIRST + SIZE }),
  });
  const feed = await versionsSince(later.db, { person, afterSeq: 0, limit: 9_999 });
  expect(await textsOfFeed(later.db, feed)).toEqual(
    [...observations(FIRST), ...page].map(({ raw }) => raw),
  );
  expect(await later.integrity()).toEqual([]);
  await later.close();
});
