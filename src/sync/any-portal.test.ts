// Proves, for portals made at random (sizes, page sizes, faults, what is changed, added and taken away between syncs),
// that after each sync the store is what the portal holds, or the receipt names what may be missing, and why. The same
// portals each time; PORTALS_SEED makes others, PORTALS more.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { startProgram, type TestProgram } from '../../e2e/support/program.ts';
import { getConnection } from '../connections/context.ts';
import { canonicalForm } from '../fhir/canonical.ts';
import { errorCatalogue } from '../platform/error-catalogue.ts';
import { rawOf } from '../records/read.ts';
import { readReceipt } from '../records/runs.ts';
import type { Question } from '../records/types.ts';

const FAULTS = [
  'page.500',
  'page.429',
  'page.reset',
  'page.html-error',
  'page.truncated-json',
  'page.next-link-foreign-host',
  'page.next-cycle',
  'page.other-patient',
  'page.invalid-utf8',
  'bundle.duplicate-entry',
  'bundle.total-wrong',
  'resource.key-order',
  'meta.lastUpdated-moves',
  '401.mid-sync',
] as const;
const TYPES = ['Observation', 'Condition', 'Encounter', 'DiagnosticReport', 'Immunization', 'Goal'];
/** Asked for by id alone, because others refer to them: nothing tells that one has gone. */
const BY_REFERENCE = new Set(['Medication', 'Practitioner', 'Location', 'Organization']);

const fault = fc.record({
  name: fc.constantFrom(...FAULTS),
  type: fc.constantFrom(...TYPES),
  after: fc.nat(3),
  times: fc.constantFrom(1, 2, 99),
});
const edit = fc.record({
  how: fc.constantFrom('amend', 'add', 'delete'),
  type: fc.constantFrom(...TYPES),
  pick: fc.nat(),
});
const portal = fc.record({
  size: fc.integer({ min: 20, max: 250 }),
  pageSize: fc.integer({ min: 3, max: 60 }),
  rounds: fc.array(
    fc.record({
      edits: fc.array(edit, { maxLength: 12 }),
      faults: fc.array(fault, { maxLength: 4 }),
    }),
    { minLength: 1, maxLength: 3 },
  ),
});

it('any portal is held as it is, or the receipt says what may be missing and why', async () => {
  await fc.assert(
    fc.asyncProperty(portal, async ({ size, pageSize, rounds }) => {
      const program = await startProgram({ size, pageSize });
      try {
        const scene = await begun(program);
        for (const { edits, faults } of rounds) {
          for (const [n, one] of edits.entries()) scene.edit(one, n);
          program.simulator.control.setFaults(faults);
          await expectHeldOrExplained(scene, await scene.sync());
          program.simulator.control.setFaults([]);
        }
        const last = await scene.sync();
        expect(last.map((q) => [q.key, q.outcome])).toEqual(last.map((q) => [q.key, 'full']));
        await expectHeldOrExplained(scene, last);
      } finally {
        await program.close();
      }
    }),
    { numRuns: Number(process.env.PORTALS ?? 12), seed: Number(process.env.PORTALS_SEED ?? 7) },
  );
}, 300_000);

type Scene = Awaited<ReturnType<typeof begun>>;

async function begun(program: TestProgram) {
  const connection = await program.connect();
  const patientId = (await getConnection(program.db, connection)).patient_id ?? '';
  const { control } = program.simulator;
  const textOf = (type: string, id: string) => control.text('production', type, id) ?? '';
  /** What the portal gives: a Provenance only beside what it is about, which may have been taken away. */
  const truth = () => {
    const all = control.truth('production', patientId).resources;
    const names = new Set(all.map(({ type, id }) => `${type}/${id}`));
    const isGiven = (id: string) => {
      const { target } = JSON.parse(textOf('Provenance', id)) as {
        target: { reference: string }[];
      };
      return target.some(({ reference }) => names.has(reference));
    };
    return all.filter(({ type, id }) => type !== 'Provenance' || isGiven(id));
  };
  return {
    program,
    connection,
    truth,
    textOf,
    async sync(): Promise<readonly Question[]> {
      // Where a portal refused a renewed token, too, the person signs in again.
      if ((await getConnection(program.db, connection)).status === 'sign-in-again')
        expect((await program.signIn()).failed).toBeNull();
      const run = await program.sync(connection);
      return (await readReceipt(program.db, run.id))?.questions ?? [];
    },
    edit({ how, type, pick }: { how: string; type: string; pick: number }, n: number): void {
      const all = truth().filter((one) => one.type === type);
      const one = all[pick % Math.max(1, all.length)];
      if (!one) return;
      const at = { environment: 'production', type, id: one.id } as const;
      if (how === 'delete') control.edit({ ...at, delete: true });
      else if (how === 'amend')
        control.edit({ ...at, set: { language: `x-${pick % 7}` } } as never);
      else {
        const id = `${one.id.slice(0, 40)}-n${pick % 1000}-${n}`;
        const text = textOf(type, one.id).replace(`"id":"${one.id}"`, `"id":"${id}"`);
        control.edit({ ...at, id, text } as never);
      }
    },
  };
}

/** The store beside the portal; what differs must be of a type whose questions say so, with a reason. */
async function expectHeldOrExplained(scene: Scene, questions: readonly Question[]): Promise<void> {
  for (const q of questions) {
    expect(q.received).toBe(q.new + q.changed + q.unchanged);
    if (q.outcome !== 'full') expect(errorCatalogue).toHaveProperty([q.code ?? 'none']);
  }
  const isWhole = (type: string) =>
    questions.every((q) =>
      q.type === type || type === 'Provenance' ? q.outcome === 'full' : true,
    );
  const sees = (type: string) =>
    isWhole(type) && (!BY_REFERENCE.has(type) || questions.every((q) => q.outcome === 'full'));
  const { program, connection } = scene;
  const rows = await program.db
    .selectFrom('resource')
    .select(['type', 'fhir_id', 'current_seq', 'gone_at'])
    .where('source_id', '=', connection)
    .execute();
  const held = new Map(rows.map((row) => [`${row.type}/${row.fhir_id}`, row]));
  expect(held.size).toBe(rows.length);
  const missing: string[] = [];
  const truth = new Set<string>();
  for (const { type, id } of scene.truth()) {
    const name = `${type}/${id}`;
    truth.add(name);
    const row = held.get(name);
    const volatile = ['meta.lastUpdated', 'meta.versionId'];
    const same =
      row !== undefined &&
      canonicalForm(await rawOf(program.db, row.current_seq), volatile) ===
        canonicalForm(scene.textOf(type, id), volatile);
    if ((!same || row.gone_at !== null) && sees(type)) missing.push(name);
  }
  expect(missing).toEqual([]);
  const kept = rows.filter((row) => !truth.has(`${row.type}/${row.fhir_id}`));
  const unmarked = kept.filter(
    (row) => row.gone_at === null && !BY_REFERENCE.has(row.type) && isMarkable(row.type, questions),
  );
  expect(unmarked.map((row) => `${row.type}/${row.fhir_id}`)).toEqual([]);
}

/** Where something was set aside, what is missing may be that. */
function isMarkable(type: string, questions: readonly Question[]): boolean {
  return questions.every((q) =>
    q.type === type || type === 'Provenance' ? q.outcome === 'full' && q.setAside === 0 : true,
  );
}
