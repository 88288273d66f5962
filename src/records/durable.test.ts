// Proves what waits for the disk: an import, which nobody asks for again; not each page of a sync, which is asked again.

import { afterEach, beforeEach, expect, it } from 'vitest';
import { openStore } from '../platform/db/sqlite/open.ts';
import { mustWait } from '../platform/db/waits.ts';
import { prepare } from './body.ts';
import { commitImport } from './commit.ts';
import { now, observations, openScene, type Scene } from './contract-aids.ts';
import { recordsMigrations } from './migrations.ts';

let scene: Scene;
let waits: boolean[];
beforeEach(async () => {
  waits = [];
  const keyHex = '5e'.repeat(32);
  scene = await openScene(() =>
    openStore({ file: ':memory:', keyHex, migrations: recordsMigrations }),
  );
});
afterEach(() => scene.store.close());

const look = async (): Promise<void> => {
  waits.push(mustWait());
};

it('an import is on the disk when it is said to be stored', async () => {
  const batch = { importId: 'i', source: scene.source, volatilePaths: [], now, afterwards: look };
  await commitImport(scene.db, { ...batch, packs: await prepare(observations(3)) });
  expect(waits).toEqual([true]);
});

it('a page does not wait, and what follows it does again', async () => {
  await scene.commit(observations(3), { afterwards: look });
  await scene.db.transaction().execute(look);
  expect(waits).toEqual([false, true]);
});
