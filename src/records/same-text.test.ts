// Proves that a record of many megabytes is compared with what is stored beside the main loop, and as any other is.

import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openStore } from '../platform/db/sqlite/open.ts';
import { prepare } from './body.ts';
import { observation, openScene, type Scene } from './contract-aids.ts';
import { recordsMigrations } from './migrations.ts';
import { isSameBeside, saysTheSame } from './same-text.ts';

let scene: Scene;
beforeEach(async () => {
  const migrations = recordsMigrations;
  scene = await openScene(() =>
    openStore({ file: ':memory:', keyHex: '7c'.repeat(32), migrations }),
  );
});
afterEach(() => scene.store.close());

/** About 10 MB of JSON with many members, which takes long to compare. */
function large(of: { value: number; lastUpdated?: string }) {
  const component = Array.from({ length: 100_000 }, (_, n) => ({
    code: { text: `component ${n}`, coding: [{ system: 'http://loinc.org', code: `${n}-7` }] },
    valueQuantity: { value: n === 0 ? of.value : n, unit: 'mg' },
  }));
  const meta = { lastUpdated: of.lastUpdated ?? '2026-01-01T00:00:00Z' };
  return observation('large', 1, JSON.stringify({ id: 'large', meta, component }));
}

it('a record of 10 MB that changes, or only seems to, does not hold the main loop up', async () => {
  await scene.commit([large({ value: 1 })]);
  const moved = await prepare([large({ value: 1, lastUpdated: '2026-02-01T00:00:00Z' })]);
  const changed = await prepare([large({ value: 2 })]);
  // Its thread takes its time to begin.
  const [pack] = changed;
  if (pack) await isSameBeside({ pack, n: 0 }, { pack, n: 0 }, []);
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  expect(await scene.commit([], { packs: moved })).toMatchObject({ unchanged: 1 });
  expect(await scene.commit([], { packs: changed })).toMatchObject({ changed: 1 });
  // The loop must come round once more for the last of it to be measured.
  await wait(20);
  delay.disable();
  const began = performance.now();
  expect(saysTheSame(large({ value: 1 }).raw, large({ value: 2 }).raw, [])).toBe(false);
  expect(delay.max / 1e6).toBeLessThan((performance.now() - began) / 3);
});

it('one that comes twice on a page, changed in between, is one version each', async () => {
  await scene.commit([large({ value: 1 })]);
  const again = [large({ value: 2 }), large({ value: 1 }), large({ value: 1 })];
  expect(await scene.commit(again)).toMatchObject({ changed: 2, unchanged: 1 });
});
