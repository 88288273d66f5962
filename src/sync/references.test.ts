// Proves that what a run gathers before it goes on is complete, and that gathering it holds nobody up.

import { afterEach, beforeEach, expect, it } from 'vitest';
import { openStore } from '../platform/db/sqlite/open.ts';
import { openScene, person, type Scene } from '../records/contract-aids.ts';
import { recordsMigrations } from '../records/migrations.ts';
import { gatherReferences, noteStored, referencesIn } from './references.ts';

const BASE = 'https://ehr.example/fhir/r4';

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
  await noteStored(
    scene.db,
    scene.source,
    { types: ['Practitioner'], base: BASE, links: 'own' },
    references,
  );
  isOver = true;
  expect(references.of('Practitioner')).toEqual(ids.toSorted());
  expect(turns).toBeGreaterThanOrEqual(5);
});

it.each([
  ['by type and id', 'Practitioner/p_1'],
  ['with a version', 'Practitioner/p_1/_history/3'],
  ['by its address on the FHIR base', `${BASE}/Practitioner/p_1`],
  ['by its address and version', `${BASE}/Practitioner/p_1/_history/3`],
])('what is referred to %s is asked for, with its slashes escaped or not', (_how, reference) => {
  const text = JSON.stringify({ performer: [{ reference }] });
  const of = { types: ['Practitioner'], base: BASE, links: 'own' } as const;
  for (const raw of [text, text.replaceAll('/', '\\/')])
    expect(referencesIn([raw], of), raw).toEqual([{ type: 'Practitioner', id: 'p_1' }]);
});

it.each([
  ['of a type that is not asked for', 'Location/1'],
  ['on another server', 'https://other.example/fhir/r4/Practitioner/1'],
  ['without an address', 'the doctor'],
])('what is %s is not asked for', (_what, reference) => {
  const raw = JSON.stringify({ performer: [{ reference }] });
  expect(referencesIn([raw], { types: ['Practitioner'], base: BASE, links: 'own' })).toEqual([]);
});
