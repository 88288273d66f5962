// Proves that what a run gathers before it goes on is complete, and that gathering it holds nobody up.

import { afterEach, beforeEach, expect, it } from 'vitest';
import { openStore } from '../platform/db/sqlite/open.ts';
import { openScene, person, type Scene } from '../records/contract-aids.ts';
import { recordsMigrations } from '../records/migrations.ts';
import { gatherReferences, noteStored } from './references.ts';

let scene: Scene;
beforeEach(async () => {
  scene = await openScene(() =>
    openStore({ file: ':memory:', keyHex: '11'.repeat(32), migrations: recordsMigrations }),
  );
});
afterEach(() => scene.store.close());

it('what is stored is noted whole, in many turns of the main loop', async () => {
  const ids = Array.from({ length: 1000 }, (_, n) => `p${n}`);
  await scene.commit(
    ids.map((id) => ({
      type: 'Encounter',
      id,
      person,
      raw: JSON.stringify({ participant: { reference: `Practitioner/${id}` } }),
    })),
  );
  let turns = 0;
  let isOver = false;
  const count = () => {
    turns += 1;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  const references = gatherReferences(['Practitioner']);
  await noteStored(scene.db, scene.source, ['Practitioner'], references);
  isOver = true;
  expect(references.of('Practitioner')).toEqual(ids.toSorted());
  expect(turns).toBeGreaterThanOrEqual(5);
});
