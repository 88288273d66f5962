// Proves, for portals made at random (sizes, page sizes, faults, how searches must be put, what they say of themselves
// and of times, what is changed, added and taken away between syncs), that after each sync the store is what the portal
// holds, or the receipt names what may be missing, and why. The same portals each time; PORTALS_SEED makes others,
// PORTALS more.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { startProgram, type TestProgram } from '../../e2e/support/program.ts';
import { getConnection } from '../connections/context.ts';
import { canonicalForm } from '../fhir/canonical.ts';
import { systemClock } from '../platform/clock.ts';
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
/** How a portal may be all the time. */
const TRAITS = [
  'search.no-count',
  'lastUpdated.refused',
  'lastUpdated.ignored',
  'lastUpdated.stands-still',
] as const;
const STATEMENTS = ['metadata.html', 'metadata.empty'] as const;
const TYPES = ['Observation', 'Condition', 'Encounter', 'DiagnosticReport', 'Immunization', 'Goal'];
/** Asked for by id alone, because others refer to them: nothing tells that one has gone. */
const BY_REFERENCE = new Set(['Medication', 'Practitioner', 'Location', 'Organization']);

const fault = fc.record({
  name: fc.constantFrom(...FAULTS),
  type: fc.constantFrom(...TYPES),
  after: fc.nat(3),
  times: fc.constantFrom(1, 2, 99),
});
const trait = fc.oneof(
  fc.record({ name: fc.constantFrom(...TRAITS), type: fc.constantFrom(...TYPES) }),
  fc.record({
    name: fc.constant('search.in-parts'),
    type: fc.constantFrom('Observation', 'Condition', 'DiagnosticReport'),
  }),
);
const statement = fc.record({ name: fc.constantFrom(...STATEMENTS) });
const edit = fc.record({
  how: fc.constantFrom('amend', 'amend', 'amend', 'add', 'delete'),
  type: fc.constantFrom(...TYPES),
  pick: fc.nat(),
});
const portal = fc.record({
  size: fc.integer({ min: 20, max: 250 }),
  pageSize: fc.integer({ min: 3, max: 60 }),
  traits: fc.array(trait, { maxLength: 3 }),
  /** Of this something changes all the time, so that the portal can prove that it tells so. */
  busy: fc.constantFrom('Observation', 'Encounter'),
  rounds: fc.array(
    fc.record({
      edits: fc.array(edit, { maxLength: 12 }),
      faults: fc.oneof(
        { arbitrary: fc.constant([]), weight: 2 },
        {
          arbitrary: fc.array(fc.oneof(fault, fault, fault, statement), { maxLength: 4 }),
          weight: 3,
        },
      ),
    }),
    { minLength: 1, maxLength: 6 },
  ),
});

it('any portal is held as it is, or the receipt says what may be missing and why', async () => {
  await fc.assert(
    fc.asyncProperty(portal, async ({ size, pageSize, traits, busy, rounds }) => {
      let later = 0;
      const clock = { ...systemClock, now: () => Date.now() + later };
      const program = await startProgram({ size, pageSize, clock });
      const { control } = program.simulator;
      try {
        const scene = await begun(program);
        for (const { edits, faults } of rounds) {
          control.setFaults([...faults, ...traits]);
          scene.edit({ how: 'amend', type: busy, pick: edits.length }, 0);
          for (const [n, one] of edits.entries()) scene.edit(one, n);
          await expectHeldOrExplained(scene, await scene.sync());
          control.setFaults(traits);
        }
        // By then everything is asked for again, whatever was proved.
        later = 8 * 24 * 3_600_000;
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
        // Half of them say that they are new; the others have the time of what they were made from.
        if (pick % 2 === 0) control.edit({ ...at, id, set: { language: 'x-new' } } as never);
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
  const of = (type: string) => questions.filter((q) => q.type === type || type === 'Provenance');
  /** Whether the receipt claims that a record as the portal holds it was asked for, and given. */
  const claims = (type: string, text: string) =>
    (BY_REFERENCE.has(type) ? questions : of(type)).every(
      (q) =>
        q.outcome === 'full' &&
        (q.type === type ? isAskedFor(q, text) : q.parts === null || !isOfRecords(type)),
    );
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
    if ((!same || row.gone_at !== null) && claims(type, scene.textOf(type, id))) missing.push(name);
  }
  expect(missing).toEqual([]);
  const kept = rows.filter((row) => !truth.has(`${row.type}/${row.fhir_id}`));
  const unmarked = kept.filter(
    (row) => row.gone_at === null && !BY_REFERENCE.has(row.type) && isMarkable(row, questions),
  );
  expect(unmarked.map((row) => `${row.type}/${row.fhir_id}`)).toEqual([]);
}

/** Whether a question, put as the receipt says, asks for a record of its type at all. */
function isAskedFor({ since, parts }: Question, text: string): boolean {
  type Coded = { coding?: { code?: string }[] };
  const { category = [], meta } = JSON.parse(text) as {
    category?: Coded[];
    meta?: { lastUpdated?: string };
  };
  const codes = category.flatMap(({ coding = [] }) => coding.map(({ code }) => `category=${code}`));
  const isInPart = parts === null || codes.some((code) => parts.includes(code));
  return isInPart && (since === null || (meta?.lastUpdated ?? '') >= since);
}

/** What comes along with others, or because others name it, comes with those that are asked for alone. */
function isOfRecords(type: string): boolean {
  return type === 'Provenance' || BY_REFERENCE.has(type);
}

/**
 * Where something was set aside, what is missing may be that; where only changes were asked for, or single categories,
 * nobody can tell.
 */
function isMarkable({ type }: { type: string }, questions: readonly Question[]): boolean {
  const isWhole = ({ outcome, setAside, since, parts }: Question) =>
    outcome === 'full' && setAside === 0 && since === null && parts === null;
  return questions.filter((q) => q.type === type || type === 'Provenance').every(isWhole);
}
