// Proves that of what a run has changed no more is held than can be.

import { afterEach, beforeEach, expect, it } from 'vitest';
import { openStore } from '../platform/db/sqlite/open.ts';
import { observations, openScene, person, type Scene } from '../records/contract-aids.ts';
import { recordsMigrations } from '../records/migrations.ts';
import { changesOf } from './promises.ts';

let scene: Scene;
beforeEach(async () => {
  scene = await openScene(() =>
    openStore({ file: ':memory:', keyHex: '11'.repeat(32), migrations: recordsMigrations }),
  );
});
afterEach(() => scene.store.close());

it('what a run has changed is told whole, or not at all where it is too much', async () => {
  await scene.commit(observations(450));
  const run = { id: scene.run, person, startedAt: '2026-11-21T12:00:00.000Z' };
  const changes = async (most: number) =>
    (await changesOf(scene.db, run, new Set(['a']), most))?.get('a')?.length ?? null;
  expect(await changes(450)).toBe(450);
  expect(await changes(449)).toBeNull();
});
