// Proves what is asked of a portal that does not answer a question as a whole: each category by itself, one record for
// each that comes twice, in full only where every part was, and on from its part after a cut.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startProgram, type TestProgram } from '../../e2e/support/program.ts';
import type { FaultSetting } from '../../simulator/faults.ts';
import { getConnection } from '../connections/context.ts';
import { receiptText } from '../cli/commands/sync.ts';
import { readReceiptFor } from '../http/present/receipt.ts';
import { openRunOf, questionsOf } from '../records/runs.ts';
import type { Question } from '../records/types.ts';

let program: TestProgram;
let connection: string;
let patientId: string;
beforeEach(async () => {
  program = await startProgram({ pageSize: 10 });
  connection = await program.connect();
  patientId = (await getConnection(program.db, connection)).patient_id ?? '';
});
afterEach(() => program.close());

const IN_PARTS: FaultSetting = { name: 'search.in-parts', type: 'Observation' };

function set(...faults: FaultSetting[]): void {
  program.simulator.control.setFaults(faults);
}

async function observations(): Promise<Question> {
  const run = await program.sync(connection);
  const asked = (await questionsOf(program.db, run.id)).filter((q) => q.type === 'Observation');
  expect(asked).toHaveLength(1);
  return asked[0] as Question;
}

function truth(): string[] {
  return program.simulator.control
    .truth('production', patientId)
    .resources.filter(({ type }) => type === 'Observation')
    .map(({ id }) => id)
    .sort();
}

async function stored(): Promise<{ fhir_id: string; version_count: number; gone: boolean }[]> {
  const rows = await program.db
    .selectFrom('resource')
    .select(['fhir_id', 'version_count', 'gone_at'])
    .where('type', '=', 'Observation')
    .orderBy('fhir_id')
    .execute();
  return rows.map(({ gone_at, ...row }) => ({ ...row, gone: gone_at !== null }));
}

const ids = async () => (await stored()).map(({ fhir_id }) => fhir_id);

function edit(id: string, change: { set?: Record<string, unknown>; delete?: true }): void {
  program.simulator.control.edit({ environment: 'production', type: 'Observation', id, ...change });
}

const categories = (...codes: string[]) => ({
  category: codes.map((code) => ({
    coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code }],
  })),
});

describe('a search that the portal wants in parts', () => {
  it('is asked once for each category, and brings all that have one', async () => {
    set(IN_PARTS);
    expect(await observations()).toMatchObject({
      key: 'observations-by-category',
      outcome: 'full',
      code: null,
      parts: expect.arrayContaining(['category=laboratory', 'category=vital-signs']),
    });
    expect(await ids()).toEqual(truth());
  });

  it('says so in the receipt, and what it could not bring', async () => {
    set(IN_PARTS);
    const run = await program.sync(connection);
    const receipt = await readReceiptFor(program, run.id);
    const { asked } = receipt;
    expect(receipt).toMatchObject({ answeredInFull: asked, narrowed: 1, complete: false });
    const text = receiptText(receipt);
    expect(text).toContain(`${asked} answered in full (1 asking for less than everything), 0 in`);
    expect(text).toContain('  full (asked for one category at a time)\n');
    expect(text).not.toContain('complete');
    const row = receipt.questions.find(({ key }) => key === 'observations-by-category');
    expect(row?.note).toBe('asked for one category at a time');
    expect(row?.why).toMatch(/laboratory, vital-signs, .*What has none of these is not in/);
  });

  it('stores a record of two categories once', async () => {
    const [id = ''] = truth();
    edit(id, { set: categories('laboratory', 'vital-signs') });
    set(IN_PARTS);
    expect((await observations()).unchanged).toBe(1);
    expect(await ids()).toEqual(truth());
    expect((await stored()).every(({ version_count }) => version_count === 1)).toBe(true);
  });

  it('is asked without a page size where the parts are refused with one', async () => {
    set(IN_PARTS, { name: 'search.no-count', type: 'Observation' });
    expect((await observations()).outcome).toBe('full');
    expect(await ids()).toEqual(truth());
  });

  it('is answered in part where one part is not, and the parts after it are asked', async () => {
    // Two for the whole, with and without a page size; the first part's tries are all lost.
    set(IN_PARTS, { name: 'page.500', type: 'Observation', times: 8 });
    const asked = await observations();
    expect(asked).toMatchObject({ outcome: 'part', code: 'fhir.server_error' });
    const kept = await ids();
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.length).toBeLessThan(truth().length);
    set(IN_PARTS);
    expect((await observations()).outcome).toBe('full');
    expect(await ids()).toEqual(truth());
  });

  it('is refused where it is refused in every part', async () => {
    set({ ...IN_PARTS, parameter: 'nothing-that-is-known' });
    expect(await observations()).toMatchObject({
      outcome: 'failed',
      code: 'fhir.rejected',
      httpStatus: 400,
    });
  });

  it('goes on from its part after a cut, and nothing comes twice', async () => {
    set(IN_PARTS, { name: 'reply.slow', type: 'Observation', delayMs: 60, after: 6 });
    const ending = new AbortController();
    const cut = program.sync(connection, ending.signal);
    const cursor = async () => {
      const run = await openRunOf(program.db, connection);
      const all = run ? await questionsOf(program.db, run.id) : [];
      return all.find(({ type }) => type === 'Observation')?.next ?? '';
    };
    await expect.poll(cursor, { timeout: 20_000, interval: 5 }).toMatch(/#part-[1-9]/);
    ending.abort(new DOMException('stopping', 'AbortError'));
    await expect(cut).rejects.toThrow('stopping');
    const before = (await ids()).length;
    expect(before).toBeLessThan(truth().length);
    program.simulator.control.clearRequests();
    set(IN_PARTS);
    expect((await observations()).outcome).toBe('full');
    expect(await ids()).toEqual(truth());
    expect((await stored()).every(({ version_count }) => version_count === 1)).toBe(true);
    const asked = program.simulator.control
      .requests()
      .filter(({ type }) => type === 'Observation')
      .map(({ query }) => new URLSearchParams(query).get('category'));
    expect(asked).toContain('care-experience-preference');
    expect(asked).not.toContain('laboratory');
  });
});

describe('what is no longer reported', () => {
  const gone = async () => (await stored()).filter((one) => one.gone).map(({ fhir_id }) => fhir_id);

  it('is not marked by an answer in parts, where it may have lost what the parts ask for', async () => {
    set(IN_PARTS);
    await observations();
    const [id = '', other = ''] = truth();
    edit(id, { set: { category: [] } });
    edit(other, { delete: true });
    expect(await observations()).toMatchObject({ outcome: 'full', gone: 0 });
    expect(await gone()).toEqual([]);
  });

  it('is marked by the next answer as a whole, with what came along, though the parts reported it last', async () => {
    const [id = '', still = ''] = truth();
    const provenance = { environment: 'production', type: 'Provenance', id: 'of-one' } as const;
    const text = JSON.stringify({
      resourceType: 'Provenance',
      id: 'of-one',
      target: [{ reference: `Observation/${id}` }],
      recorded: '2026-01-01T00:00:00Z',
      agent: [{ who: { reference: `Patient/${patientId}` } }],
    });
    program.simulator.control.edit({ ...provenance, text });
    set(IN_PARTS);
    await observations();
    edit(id, { delete: true });
    program.simulator.control.edit({ ...provenance, delete: true });
    edit(still, { set: { category: [] } });
    await observations();
    set();
    expect(await observations()).toMatchObject({ key: 'observations', outcome: 'full', gone: 2 });
    expect(await gone()).toEqual([id]);
    const along = program.db
      .selectFrom('resource')
      .select('gone_at')
      .where('fhir_id', '=', 'of-one');
    expect((await along.executeTakeFirstOrThrow()).gone_at).not.toBeNull();
  });

  it('is not marked where only the search as a whole reported it', async () => {
    const [id = ''] = truth();
    edit(id, { set: { category: [] } });
    await observations();
    set(IN_PARTS);
    expect(await observations()).toMatchObject({ outcome: 'full', gone: 0 });
    expect(await gone()).toEqual([]);
  });
});
