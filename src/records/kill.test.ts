// Proves law L2 with a real process that dies in the middle of a page: what it had committed is there,
// the cursor is not ahead of it, and the page given again counts as if nothing had happened.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Db } from '../platform/db/db.ts';
import { openStore } from '../platform/db/sqlite/open.ts';
import { prepare } from './body.ts';
import { commitPage } from './commit.ts';
import { counts, observations, openScene, textsOfFeed } from './contract-aids.ts';
import { versionsSince } from './feed.ts';
import { recordsMigrations } from './migrations.ts';
import { countResourcesOf } from './read.ts';
import { questionsOf } from './runs.ts';
import type { Question } from './types.ts';

const keyHex = '7c'.repeat(32);
const size = 2000;

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'chartfold-kill-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe('a page whose process is killed between two chunks', () => {
  it.each([200, 1000])(
    'after %i of 2,000 resources, is whole when it is given again [law L2]',
    async (dieAt) => {
      const file = join(dir, 'chartfold.db');
      const open = () => openStore({ file, keyHex, migrations: recordsMigrations });
      const before = await openScene(open);
      const { source, run } = before;
      await before.store.close();

      const program = join(import.meta.dirname, 'kill.fixture.ts');
      const args = [program, file, keyHex, source, run, String(size), String(dieAt)];
      const child = spawn(process.execPath, args, { stdio: 'inherit' });
      expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);

      const store = await open();
      const stored = await countResourcesOf(store.db, source);
      expect(stored).toBeGreaterThanOrEqual(dieAt);
      expect(stored).toBeLessThan(size);
      expect(stored % 200).toBe(0);
      expect(await questionIn(store.db, run)).toMatchObject({ pages: 0, next: null, received: 0 });
      await commitAgain(store.db, source, run);
      expect(await questionIn(store.db, run)).toMatchObject({
        pages: 1,
        next: 'https://ehr.example/p2',
        ...counts({ new: size }),
      });
      const feed = await versionsSince(store.db, { person: 'person-1', afterSeq: 0, limit: 9999 });
      expect(await textsOfFeed(store.db, feed)).toEqual(observations(size).map(({ raw }) => raw));
      expect(await store.integrity()).toEqual([]);
      await store.close();
    },
    30_000,
  );
});

async function questionIn(db: Db, run: string): Promise<Question | undefined> {
  return (await questionsOf(db, run)).find(({ key }) => key === 'a');
}

async function commitAgain(db: Db, source: string, run: string): Promise<void> {
  await commitPage(db, {
    run,
    question: 'a',
    page: 1,
    source,
    packs: await prepare(observations(size)),
    setAside: [],
    volatilePaths: [],
    finish: { next: 'https://ehr.example/p2' },
    now: 0,
  });
}
