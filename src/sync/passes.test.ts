// Proves what a sync leaves out because earlier ones had it, and that nothing is left out where nothing is proved.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startProgram, type TestProgram } from '../../e2e/support/program.ts';
import type { FaultSetting } from '../../simulator/faults.ts';
import { getConnection } from '../connections/context.ts';
import { readReceiptFor } from '../http/present/receipt.ts';
import { systemClock } from '../platform/clock.ts';
import { questionsOf } from '../records/runs.ts';
import type { PlannedQuestion, Question } from '../records/types.ts';
import { narrowed, type Passes } from './passes.ts';
import { promiseOf } from './promises.ts';
import type { PassTable } from './tables.ts';

const DAY = 24 * 3_600_000;
const today = () => new Date().toISOString().slice(0, 10);

describe('a connection', () => {
  let program: TestProgram;
  let connection: string;
  let patientId: string;
  let later: number;
  beforeEach(async () => {
    later = 0;
    program = await startProgram({ clock: { ...systemClock, now: () => Date.now() + later } });
    connection = await program.connect();
    patientId = (await getConnection(program.db, connection)).patient_id ?? '';
  });
  afterEach(() => program.close());

  const set = (...faults: (FaultSetting | FaultSetting['name'])[]) =>
    program.simulator.control.setFaults(faults);

  async function asked(key: string): Promise<Question> {
    const run = await program.sync(connection);
    const found = (await questionsOf(program.db, run.id)).find((q) => q.key === key);
    if (!found) throw new Error(`no question ${key}`);
    return found;
  }

  function record(type: string, n: number): string {
    const all = program.simulator.control.truth('production', patientId).resources;
    return all.filter((one) => one.type === type)[n]?.id ?? '';
  }

  let turn = 0;
  function edit(n: number, change: Record<string, unknown> = {}): void {
    turn += 1;
    const at = { environment: 'production', type: 'Observation', id: record('Observation', n) };
    const value = { language: `x-${turn}`, ...change };
    program.simulator.control.edit({ ...at, set: value } as never);
  }

  /** Syncs until two passes of everything have found all that had changed by its time. */
  async function proved(): Promise<void> {
    expect((await asked('observations')).since).toBeNull();
    for (const n of [0, 1]) {
      edit(n);
      expect((await asked('observations')).since).toBeNull();
    }
  }

  it('is asked only for what changed, once two passes have shown that its portal tells that', async () => {
    await proved();
    edit(2);
    const run = await program.sync(connection);
    const all = await questionsOf(program.db, run.id);
    const { since, outcome, changed, received } = all.find((q) => q.key === 'observations') ?? {};
    expect({ outcome, changed }).toEqual({ outcome: 'full', changed: 1 });
    expect(since).toBe(new Date(Date.now() - DAY).toISOString().slice(0, 10));
    expect(received).toBeLessThan(10);
    expect(all.find((q) => q.key === 'conditions')?.since).toBeNull();
    const { questions } = await readReceiptFor(program, run.id);
    expect(questions.find((q) => q.key === 'observations')).toMatchObject({
      note: `changed since ${since}`,
      request: expect.stringMatching(new RegExp(`&_lastUpdated=ge${since}$`)),
    });
  });

  it('has nothing marked as gone by what was asked so, and all of it by the next pass of everything', async () => {
    await proved();
    const id = record('Observation', 3);
    program.simulator.control.edit({
      environment: 'production',
      type: 'Observation',
      id,
      delete: true,
    });
    expect(await asked('observations')).toMatchObject({ outcome: 'full', gone: 0 });
    later = 8 * DAY;
    expect(await asked('observations')).toMatchObject({ since: null, gone: 1 });
  });

  it('is asked for everything where nothing has ever changed: that proves nothing', async () => {
    for (let n = 0; n < 4; n += 1) expect((await asked('observations')).since).toBeNull();
  });

  it.each([
    ['keeps the time of a record that changes', () => set('lastUpdated.stands-still')],
    ['writes the time of its answer into each record', () => set('meta.lastUpdated-moves')],
    ['does not list the parameter', () => set('metadata.empty')],
    ['does not say what it has', () => set('metadata.html')],
  ])('is asked for everything where its portal %s', async (_what, lie) => {
    await asked('observations');
    lie();
    for (let n = 0; n < 3; n += 1) {
      edit(n);
      expect(await asked('observations')).toMatchObject({ since: null, changed: 1 });
    }
    expect((await asked('observations')).since).toBeNull();
  });

  it('loses nothing where its portal ignores the day', async () => {
    await proved();
    set('lastUpdated.ignored');
    edit(3);
    const whole = await asked('observations');
    expect(whole).toMatchObject({ since: expect.any(String), outcome: 'full', changed: 1 });
    expect(whole.received).toBeGreaterThan(50);
  });

  it('is asked for everything where its portal refuses the day, and its row says so', async () => {
    await proved();
    set('lastUpdated.refused');
    edit(3);
    const gone = { environment: 'production', type: 'Observation', id: record('Observation', 4) };
    program.simulator.control.edit({ ...gone, delete: true } as never);
    const run = await program.sync(connection);
    const { questions } = await readReceiptFor(program, run.id);
    const row = questions.find(({ key }) => key === 'observations');
    // With what came along with the record.
    expect(row).toMatchObject({ outcome: 'full', note: null, changed: 1, gone: 2 });
    expect(row?.request).not.toContain('_lastUpdated');
    expect(row?.received).toBeGreaterThan(50);
  });

  it('is never again asked so, once a pass of everything finds what was hidden', async () => {
    await proved();
    set('lastUpdated.stands-still');
    const id = record('Observation', 4);
    // Of last year, and it stays so: what asks by time can't find it.
    edit(4, { meta: { lastUpdated: '2025-01-01T00:00:00Z' } });
    expect(await asked('observations')).toMatchObject({ changed: 0 });
    later = 8 * DAY;
    expect(await asked('observations')).toMatchObject({ since: null, changed: 1 });
    expect(id).not.toBe('');
    for (let n = 0; n < 3; n += 1) expect((await asked('observations')).since).toBeNull();
  });

  it('is asked again for nobody but whom its portal did not give', async () => {
    edit(0, { performer: [{ reference: 'Practitioner/nobody' }] });
    expect(await asked('practitioners')).toMatchObject({ outcome: 'part', code: 'fhir.not_found' });
    expect(await asked('practitioners')).toMatchObject({
      outcome: 'part',
      code: 'fhir.not_found',
      detail: '1 of 1 were not given',
      received: 0,
      since: today(),
    });
  });

  it('is asked for one after the other who and what its records refer to, where it takes no list', async () => {
    set('search.one-id');
    const { outcome, received, pages } = await asked('practitioners');
    expect(outcome).toBe('full');
    expect(pages).toBe(received);
    expect(received).toBeGreaterThan(1);
  });

  it('is not asked again for who and what its records refer to, but for what is new', async () => {
    const first = await asked('practitioners');
    expect(first).toMatchObject({ outcome: 'full', since: null });
    program.simulator.control.clearRequests();
    const again = await asked('practitioners');
    expect(again).toMatchObject({ outcome: 'full', received: 0, since: today() });
    const { requests } = program.simulator.control;
    expect(requests().filter(({ type }) => type === 'Practitioner')).toEqual([]);
    const text = program.simulator.control.text('production', 'Practitioner', newest()) ?? '';
    const at = { environment: 'production', type: 'Practitioner', id: 'one-more' } as const;
    program.simulator.control.edit({ ...at, text: text.replaceAll(newest(), 'one-more') });
    edit(0, { performer: [{ reference: 'Practitioner/one-more' }] });
    expect(await asked('practitioners')).toMatchObject({ outcome: 'full', received: 1, new: 1 });
    later = 8 * DAY;
    const whole = await asked('practitioners');
    expect(whole).toMatchObject({ since: null, received: first.received + 1 });
    const run = await program.sync(connection);
    const { questions, complete } = await readReceiptFor(program, run.id);
    expect(questions.find((q) => q.key === 'practitioners')?.note).toMatch(
      /^new ones only; all were read on 2/,
    );
    expect(complete).toBe(false);

    function newest(): string {
      return record('Practitioner', 0);
    }
  });
});

describe('what a question is narrowed to', () => {
  const now = Date.UTC(2026, 10, 22, 9);
  const question: PlannedQuestion = {
    key: 'goals',
    label: 'Goals',
    type: 'Goal',
    request: 'Goal?patient=1',
    why: 'to know',
  };
  const pass: PassTable = {
    connection_id: 'c',
    question_key: 'goals',
    asked_as: 'Goal?patient=1\npatient/Goal.read',
    passed_at: '2026-11-21T00:30:00.000Z',
    full_at: '2026-11-20T09:00:00.000Z',
    kept: 2,
    broken_at: null,
  };
  const narrow = (over: Partial<PassTable>, one: Partial<PlannedQuestion> = {}) => {
    const passes: Passes = new Map([[pass.question_key, { ...pass, ...over }]]);
    const parameters = new Set(['patient', '_lastUpdated']);
    const capability = { searches: true, parameters, revIncludes: new Set<string>() };
    const [narrowedOne] = narrowed([{ ...question, ...one }], {
      passes,
      capabilities: new Map([['Goal', capability]]),
      granted: ['patient/Goal.read'],
      fullPassEveryDays: 7,
      now,
    });
    return narrowedOne;
  };

  it('is a whole day before the last pass began, since clocks and zones differ', () => {
    expect(narrow({})).toEqual({
      ...question,
      since: '2026-11-20',
      request: 'Goal?patient=1&_lastUpdated=ge2026-11-20',
    });
  });

  it.each([
    ['the portal has kept its promise once', { kept: 1 }],
    ['it has broken it', { broken_at: '2026-11-01T00:00:00.000Z' }],
    ['everything was asked for a week ago', { full_at: '2026-11-15T09:00:00.000Z' }],
    ['the clock has gone back', { full_at: '2026-12-01T09:00:00.000Z' }],
    ['it has gone back since a pass by time', { passed_at: '2026-11-23T09:00:00.000Z' }],
    ['it was another request', { asked_as: 'Goal?subject=1\npatient/Goal.read' }],
    ['other scopes were granted', { asked_as: 'Goal?patient=1\npatient/*.read' }],
  ])('is everything where %s', (_why, over) => {
    expect(narrow(over)).toEqual(question);
  });

  it('is everything of a question in parts', () => {
    expect(narrow({}, { parts: ['a=b'] })).not.toHaveProperty('since');
  });
});

describe('the promise of a pass', () => {
  const change = (over = {}) => ({
    type: 'Goal',
    id: '1',
    lastUpdated: '2026-11-20T00:00:00Z',
    targets: [],
    ...over,
  });
  const promise = (...changes: ReturnType<typeof change>[]) =>
    promiseOf(changes, 'Goal', { day: '2026-11-20', began: '2026-11-21T08:00:00Z' });
  const provenance = (target: string) =>
    change({ type: 'Provenance', lastUpdated: null, targets: [target] });

  it('is kept where each change has a time from the day on', () => {
    expect(promise(change())).toBe('kept');
    expect(promise(change({ lastUpdated: '2026-11-19T23:30:00-05:00' }))).toBe('kept');
  });

  it('is broken by one that is older, has none, or one that is no time', () => {
    for (const lastUpdated of ['2026-11-19T23:59:59Z', null, 'lately'])
      expect(promise(change(), change({ lastUpdated }))).toBe('broken');
  });

  it('is proved by nothing where nothing has changed', () => {
    expect(promise()).toBeNull();
  });

  it('is proved by nothing where a change is as young as the answer', () => {
    expect(promise(change(), change({ lastUpdated: '2026-11-21T08:00:01Z' }))).toBeNull();
    expect(promise(change({ lastUpdated: '2026-11-21T08:00:01Z' }), provenance('Goal/2'))).toBe(
      'broken',
    );
  });

  it('holds for what comes along only where what it is about has changed, too', () => {
    expect(promise(change(), provenance('Goal/1'))).toBe('kept');
    expect(promise(change(), provenance('Goal/2'))).toBe('broken');
    expect(promise(provenance('Goal/1'))).toBe('broken');
  });
});
