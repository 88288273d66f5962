// Proves on a real portal that one which never ends, or hardly answers, is left: the run ends and says so.

import { afterEach, describe, expect, it } from 'vitest';
import { startProgram, type TestProgram } from '../../e2e/support/program.ts';
import { getConnection } from '../connections/context.ts';
import type { Portal } from '../portals/portal.ts';
import { questionsOf } from '../records/runs.ts';
import type { Run } from '../records/types.ts';

let program: TestProgram;
let connection: string;

async function open(limits: Partial<Portal['limits']>): Promise<void> {
  program = await startProgram({
    vendor: (vendor) => ({
      ...vendor,
      portal: { ...vendor.portal, limits: { ...vendor.portal.limits, ...limits } },
    }),
  });
  connection = await program.connect();
}
afterEach(() => program.close());

async function questions({ id }: Run) {
  return new Map((await questionsOf(program.db, id)).map((q) => [q.key, q]));
}

describe('a question that goes on for ever', () => {
  it.each([
    ['pages', { pages: 5 }],
    ['records', { records: 40 }],
  ])('is left at the limit of its %s, and what came is kept', async (_what, limits) => {
    await open(limits);
    program.simulator.control.setFaults([{ name: 'page.endless', type: 'Goal' }]);
    const run = await program.sync(connection);
    expect(run.endedAt).not.toBeNull();
    const asked = await questions(run);
    const goals = asked.get('goals');
    expect(goals).toMatchObject({ outcome: 'part', code: 'sync.limit_reached' });
    expect(goals?.new).toBeGreaterThan(0);
    if ('pages' in limits) expect(goals?.pages).toBe(limits.pages);
    else expect(goals?.received).toBeGreaterThanOrEqual(limits.records ?? 0);
    expect(asked.get('patient')).toMatchObject({ outcome: 'full' });
  });
});

describe('records that others refer to', () => {
  it('are asked for up to a limit over the whole run, and the questions say that more were named', async () => {
    await open({ referenced: 3 });
    const run = await program.sync(connection);
    const { referenced } = program.registry.usable('athenahealth/production', '').vendor.portal;
    const asked = await questions(run);
    const left = referenced.questions.map(({ key }) => asked.get(key));
    expect(left.reduce((sum, q) => sum + (q?.received ?? 0), 0)).toBe(3);
    expect(left.map((q) => q?.code)).toEqual(left.map(() => 'sync.limit_reached'));
    expect(left.map((q) => q?.outcome)).toEqual(
      left.map((q) => (q?.pages === 0 ? 'not-asked' : 'part')),
    );
  });
});

describe('a portal that hardly answers', () => {
  const slow = (type?: string) =>
    program.simulator.control.setFaults([
      { name: 'reply.slow', delayMs: 20_000, ...(type ? { type } : {}) },
    ]);

  it('loses a question whose time is over, and the rest is asked', async () => {
    // Long enough for every other question on a busy machine.
    await open({ questionMs: 5_000 });
    slow('Goal');
    const run = await program.sync(connection);
    const asked = await questions(run);
    expect(asked.get('goals')).toMatchObject({ outcome: 'failed', code: 'sync.time_limit' });
    expect([...asked.values()].filter((q) => q.outcome !== 'full').map((q) => q.key)).toEqual([
      'goals',
    ]);
  });

  it('keeps the pages that came in time', async () => {
    await open({ questionMs: 5_000 });
    program.simulator.control.setFaults([
      { name: 'reply.slow', delayMs: 20_000, type: 'Observation', after: 1 },
    ]);
    const asked = await questions(await program.sync(connection));
    expect(asked.get('observations')).toMatchObject({
      outcome: 'part',
      code: 'sync.time_limit',
      pages: 1,
    });
  });

  it('loses the run whose time is over: it ends, names each question that was left, and stays connected', async () => {
    await open({ runMs: 300 });
    slow();
    const run = await program.sync(connection);
    expect(run.endedAt).not.toBeNull();
    const asked = [...(await questions(run)).values()];
    expect(asked.map((q) => q.code)).toEqual(asked.map(() => 'sync.time_limit'));
    expect(new Set(asked.map((q) => q.outcome))).toEqual(new Set(['failed', 'not-asked']));
    expect((await getConnection(program.db, connection)).status).toBe('ready');
  });
});
