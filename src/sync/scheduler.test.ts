// Proves with a moved clock that syncs begin by themselves when they are due, once, and can be stopped.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { outbound } from '../../e2e/support/outbound.ts';
import { startProgram, type TestProgram } from '../../e2e/support/program.ts';
import { operator } from '../access/policy.ts';
import { SYNC_QUEUE } from '../connections/context.ts';
import { queueSync } from '../connections/queue-sync.ts';
import { presentOne } from '../http/present/overview.ts';
import { readReceiptFor } from '../http/present/receipt.ts';
import { type Clock, systemClock } from '../platform/clock.ts';
import type { Outbound } from '../platform/outbound.ts';
import type { Vendor } from '../portals/portal.ts';
import { listRuns } from '../records/runs.ts';
import { cancelSync } from './cancel.ts';
import { chooseSchedule, putDue, startScheduler } from './scheduler.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** A whole sync, on a busy machine. */
const LONG = { timeout: 20_000 };

let program: TestProgram;
let connection: string;
let offset: number;
let rounds: (() => void)[];
/** What is waited for in minutes waits until the test lets it go on. */
const clock: Clock = {
  now: () => Date.now() + offset,
  wait: (ms, signal) =>
    ms < 5_000
      ? systemClock.wait(ms, signal)
      : new Promise((resolve, reject) => {
          rounds.push(resolve);
          signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
        }),
};

const start = async (options: Parameters<typeof startProgram>[0] = {}) => {
  program = await startProgram({ clock, ...options });
  connection = await program.connect();
  await program.runJobs();
  await ended(1);
};
beforeEach(() => {
  offset = 0;
  rounds = [];
});
afterEach(() => program.close());

const runs = async () => listRuns(program.db, connection);
/** Waits until so many runs have ended and no job is left. */
async function ended(count: number): Promise<void> {
  await expect
    .poll(async () => (await runs()).filter((run) => run.endedAt !== null).length, LONG)
    .toBe(count);
  await expect.poll(() => program.jobs.isLive(SYNC_QUEUE, connection), LONG).toBe(false);
}
const shown = () => presentOne(program, operator, connection);
const round = () => putDue(program, 0, new AbortController().signal);
const waits = () => program.jobs.isLive(SYNC_QUEUE, connection);

describe('a connection that syncs by itself', () => {
  it('is left until it is due, then synced once, and due again a day later', async () => {
    await start();
    offset = 20 * HOUR;
    await round();
    expect(await waits()).toBe(false);
    offset = 27 * HOUR;
    await round();
    await ended(2);
    expect((await runs())[0]).toMatchObject({ trigger: 'scheduled' });
    await round();
    expect(await waits()).toBe(false);
    const { nextSyncAt } = await shown();
    const pause = Date.parse(nextSyncAt ?? '') - clock.now();
    expect(pause).toBeGreaterThan(21 * HOUR);
    expect(pause).toBeLessThan(27 * HOUR);
  });

  it('after a long downtime is synced once at the start', async () => {
    await start();
    offset = 90 * DAY;
    const scheduler = startScheduler(program);
    await ended(2);
    await expect.poll(() => rounds.length, LONG).toBe(1);
    rounds.shift()?.();
    await expect.poll(() => rounds.length, LONG).toBe(1);
    expect(await runs()).toHaveLength(2);
    await scheduler.stop();
  });

  it('is not put beside a sync that waits', async () => {
    await start();
    await program.jobs.stop();
    await queueSync(program.context, connection);
    offset = 30 * DAY;
    await round();
    const jobs = await program.db
      .selectFrom('job')
      .selectAll()
      .where('queue', '=', 'sync')
      .execute();
    expect(jobs).toMatchObject([{ again: 0, payload: expect.stringContaining('manual') }]);
  });

  it('is synced as often as was chosen, or not at all', async () => {
    await start();
    await chooseSchedule(program, connection, { every: 'week' });
    offset = 3 * DAY;
    await round();
    expect(await waits()).toBe(false);
    await chooseSchedule(program, connection, { every: 'off' });
    offset = 100 * DAY;
    await round();
    expect(await waits()).toBe(false);
    expect(await shown()).toMatchObject({ nextSyncAt: null, schedule: { every: 'off' } });
    const [run] = await runs();
    expect((await readReceiptFor(program, run?.id ?? '')).nextTry).toBeNull();
  });

  it('is not synced in quiet hours', async () => {
    await start();
    const quiet = { from: '00:00', to: '23:59', zone: 'UTC' };
    await chooseSchedule(program, connection, { every: null, quiet });
    offset = 3 * DAY;
    await round();
    expect(await waits()).toBe(false);
    expect((await shown()).nextSyncAt).toMatch(/T23:59:/);
  });

  it('comes sooner after a portal that did not answer, and the receipt says when', async () => {
    await start({ backoffMs: 1 });
    program.simulator.control.setFaults(['page.html-error']);
    await queueSync(program.context, connection);
    await ended(2);
    const [run] = await runs();
    const { nextTry } = await readReceiptFor(program, run?.id ?? '');
    const minutes = (Date.parse(nextTry ?? '') - clock.now()) / 60_000;
    expect(minutes).toBeGreaterThan(12);
    expect(minutes).toBeLessThan(17);
  });

  it('is off, and says so, where the portal lets nobody renew', async () => {
    await start();
    await program.db.updateTable('connection_grant').set({ refresh_token: null }).execute();
    offset = 30 * DAY;
    await round();
    expect(await waits()).toBe(false);
    expect(await shown()).toMatchObject({ nextSyncAt: null, schedule: { renews: false } });
  });
});

describe('a permission of which the vendor says how long it lasts', () => {
  it('comes with the day by which one signs in again', async () => {
    const vendor = (one: Vendor) => ({ ...one, portal: { ...one.portal, refreshTokenDays: 90 } });
    await start({ vendor });
    const { refresh_since } = await program.db
      .selectFrom('connection_grant')
      .select('refresh_since')
      .executeTakeFirstOrThrow();
    const by = new Date(Date.parse(refresh_since ?? '') + 90 * DAY).toISOString();
    expect((await shown()).signInBy).toBe(by);
  });

  it('has no such day where the vendor does not say', async () => {
    await start();
    expect((await shown()).signInBy).toBeNull();
  });
});

describe('stopping a sync', () => {
  it('that runs ends it with its receipt, and what was not asked says why', async () => {
    let isHeld = false;
    const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
    const held: Outbound = (url, init) => {
      if (!isHeld || !url.includes('/Procedure')) return outbound(url, init);
      reach();
      return new Promise((_, reject) =>
        init?.signal?.addEventListener('abort', () => reject(init.signal?.reason), { once: true }),
      );
    };
    await start({ outbound: held });
    isHeld = true;
    await queueSync(program.context, connection);
    await reached;
    const run = await cancelSync(program, connection);
    expect(await waits()).toBe(false);
    const receipt = await readReceiptFor(program, run ?? '');
    expect(receipt.finishedAt).not.toBeNull();
    expect(receipt.answeredInFull).toBeGreaterThan(0);
    expect(receipt.questions.find((q) => q.key === 'procedures')).toMatchObject({
      outcome: 'failed',
      reason: { code: 'sync.cancelled', act: 'person' },
    });
    const left = receipt.questions.filter((q) => q.outcome !== 'full');
    expect(new Set(left.map((q) => q.reason?.code))).toEqual(new Set(['sync.cancelled']));
    // Not begun again behind their back.
    expect(Date.parse(receipt.nextTry ?? '') - clock.now()).toBeGreaterThan(21 * HOUR);
  });

  it('that waits takes it away, and its next is due a day later', async () => {
    await start();
    await program.jobs.stop();
    offset = 2 * DAY;
    await queueSync(program.context, connection);
    expect(await cancelSync(program, connection)).toBeNull();
    expect(await waits()).toBe(false);
    await round();
    expect(await waits()).toBe(false);
  });

  it('of which there is none changes nothing', async () => {
    await start();
    const before = await program.db.selectFrom('connection').selectAll().execute();
    expect(await cancelSync(program, connection)).toBeNull();
    expect(await program.db.selectFrom('connection').selectAll().execute()).toEqual(before);
  });
});
