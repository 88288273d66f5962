// Proves queued work on a real store: once for each key, put in its transaction, run again after a crash,
// put off with growing pauses, cancelled only when it has ended.

import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../clock.ts';
import type { Store } from '../db/db.ts';
import { openStore } from '../db/sqlite/open.ts';
import { ChartfoldError } from '../errors.ts';
import { type LogFacts, silentLog } from '../log.ts';
import { createJobs, type JobHandler, type Jobs } from './jobs.ts';
import { jobMigrations } from './tables.ts';

let store: Store;
let jobs: Jobs;
let now: number;
let begun: Jobs[];
const failures: LogFacts[] = [];
const clock: Clock = { now: () => now, wait: systemClock.wait };
const log = {
  ...silentLog,
  error: (_event: string, _error: unknown, facts?: LogFacts) => void failures.push(facts ?? {}),
};

beforeEach(async () => {
  now = Date.now();
  failures.length = 0;
  begun = [];
  store = await openStore({ file: ':memory:', keyHex: '11'.repeat(32), migrations: jobMigrations });
  jobs = newJobs();
});
afterEach(async () => {
  for (const one of begun) await one.stop();
  await store.close();
});

/** As a process that starts: the store is the same, what ran in the former is not. */
function newJobs(concurrency: Record<string, number> = {}): Jobs {
  const made = createJobs({ db: store.db, clock, log, concurrency });
  begun.push(made);
  return made;
}

const job = (key: string, payload: unknown = {}, queue = 'q') => ({ queue, key, payload });
const rows = () => store.db.selectFrom('job').selectAll().orderBy('id').execute();

/** A handler that holds each of its jobs until it is let go, and notes what came. */
function gate() {
  const seen: unknown[] = [];
  const signals: AbortSignal[] = [];
  const open: (() => void)[] = [];
  const handler: JobHandler = (payload, signal) => {
    seen.push(payload);
    signals.push(signal);
    return new Promise<void>((resolve, reject) => {
      open.push(resolve);
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
  };
  const running = (count: number) => expect.poll(() => seen.length).toBe(count);
  return { seen, signals, handler, running, letGo: () => open.shift()?.() };
}

describe('a store that takes nothing, such as one on a full disk', () => {
  it('is not asked again and again without a pause, and goes on when there is room', async () => {
    await jobs.put(job('a'));
    await sql`create trigger full before update on job begin select raise(fail, 'full'); end`.execute(
      store.db,
    );
    let pauses = 0;
    let letGo: () => void = () => undefined;
    const slow: Clock = {
      now: () => now,
      wait: () =>
        new Promise((resolve) => {
          pauses += 1;
          letGo = resolve;
        }),
    };
    const held = createJobs({ db: store.db, clock: slow, log });
    begun.push(held);
    let runs = 0;
    const starting = held.start({ q: async () => void (runs += 1) });
    await starting;
    await expect.poll(() => pauses).toBe(1);
    await held.put(job('b'));
    await expect.poll(() => pauses).toBe(1);
    expect(runs).toBe(0);
    await sql`drop trigger full`.execute(store.db);
    letGo();
    await held.idle();
    expect(runs).toBe(2);
  });
});

describe('a job', () => {
  it('runs with what was put, and is gone then', async () => {
    const seen: unknown[] = [];
    await jobs.start({ q: async (payload) => void seen.push(payload) });
    await jobs.put(job('a', { n: 1 }));
    await jobs.idle();
    expect(seen).toEqual([{ n: 1 }]);
    expect(await rows()).toEqual([]);
    expect(await jobs.isLive('q', 'a')).toBe(false);
  });

  it('waits until jobs are started', async () => {
    await jobs.put(job('a'));
    expect(await jobs.isLive('q', 'a')).toBe(true);
    const held = gate();
    await jobs.start({ q: held.handler });
    await held.running(1);
    held.letGo();
    await jobs.idle();
  });

  it('is there with its transaction, and not without it', async () => {
    const seen: unknown[] = [];
    await jobs.start({ q: async (payload) => void seen.push(payload) });
    const undone = store.db.transaction().execute(async (trx) => {
      await jobs.put(job('undone', 'undone'), trx);
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    await store.db.transaction().execute((trx) => jobs.put(job('done', 'done'), trx));
    await jobs.idle();
    expect(seen).toEqual(['done']);
  });

  it('put twice while it waits runs once, with what was put last', async () => {
    const seen: unknown[] = [];
    await jobs.put(job('a', 1));
    await jobs.put(job('a', 2));
    await jobs.start({ q: async (payload) => void seen.push(payload) });
    await jobs.idle();
    expect(seen).toEqual([2]);
  });

  it('put again while it runs runs once more, not at the same time', async () => {
    const held = gate();
    await jobs.start({ q: held.handler });
    await jobs.put(job('a', 1));
    await held.running(1);
    await jobs.put(job('a', 2));
    await jobs.put(job('a', 3));
    expect(held.seen).toEqual([1]);
    held.letGo();
    await held.running(2);
    held.letGo();
    await jobs.idle();
    expect(held.seen).toEqual([1, 3]);
  });

  it('put again in the moment in which it ends is not forgotten', async () => {
    const held = gate();
    await jobs.start({ q: held.handler });
    await jobs.put(job('a', 1));
    await held.running(1);
    const { promise: mayEnd, resolve: end } = Promise.withResolvers<void>();
    const first = store.db.transaction().execute(() => mayEnd);
    await new Promise(setImmediate);
    held.letGo();
    // The store is busy, so the job's first statement of ending waits; the next transaction waits behind it.
    await new Promise(setImmediate);
    const second = store.db.transaction().execute((trx) => jobs.put(job('a', 2), trx));
    await new Promise(setImmediate);
    end();
    await Promise.all([first, second]);
    await held.running(2);
    held.letGo();
    await jobs.idle();
    expect(held.seen).toEqual([1, 2]);
  });

  it('of the same key in another queue is another', async () => {
    const seen: string[] = [];
    await jobs.start({
      q: async () => void seen.push('q'),
      other: async () => void seen.push('other'),
    });
    await jobs.put(job('a'));
    await jobs.put(job('a', {}, 'other'));
    await jobs.idle();
    expect(seen.sort()).toEqual(['other', 'q']);
  });

  it('runs beside as many of its queue as were allowed', async () => {
    const held = gate();
    jobs = newJobs({ q: 2 });
    await jobs.start({ q: held.handler });
    for (const key of ['a', 'b', 'c']) await jobs.put(job(key, key));
    await held.running(2);
    expect(held.seen).toEqual(['a', 'b']);
    held.letGo();
    await held.running(3);
    held.letGo();
    held.letGo();
    await jobs.idle();
  });

  it('is told to be waiting until it is begun', async () => {
    const held = gate();
    await jobs.start({ q: held.handler });
    for (const key of ['a', 'b', 'c']) await jobs.put(job(key));
    await held.running(1);
    expect(await jobs.waiting('q')).toEqual(new Set(['b', 'c']));
    await jobs.put(job('a'));
    expect(await jobs.waiting('q')).toEqual(new Set(['b', 'c']));
    expect(await jobs.waiting('other')).toEqual(new Set());
    for (const begun of [2, 3, 4]) {
      held.letGo();
      await held.running(begun);
    }
    expect(await jobs.waiting('q')).toEqual(new Set());
    held.letGo();
    await jobs.idle();
  });

  it('of a queue that nobody runs stays for who does', async () => {
    await jobs.put(job('a', {}, 'later'));
    await jobs.start({ q: async () => undefined });
    await jobs.idle();
    expect(await jobs.isLive('later', 'a')).toBe(true);
  });
});

describe('a job left over from a process that died', () => {
  it('runs again at the next start', async () => {
    const held = gate();
    await jobs.start({ q: held.handler });
    await jobs.put(job('a', 'left over'));
    await held.running(1);
    expect(await rows()).toMatchObject([{ state: 'running' }]);
    // The first process says and does nothing more; another opens the same store.
    const seen: unknown[] = [];
    const next = newJobs();
    await next.start({ q: async (payload) => void seen.push(payload) });
    await next.idle();
    expect(seen).toEqual(['left over']);
  });

  it('or that was stopped in good order runs again at the next start, and is no failure', async () => {
    const held = gate();
    await jobs.start({ q: held.handler });
    await jobs.put(job('a', 'stopped'));
    await held.running(1);
    await jobs.stop();
    expect(held.signals[0]?.aborted).toBe(true);
    expect(await rows()).toMatchObject([{ attempts: 0 }]);
    expect(failures).toEqual([]);
    const seen: unknown[] = [];
    const next = newJobs();
    await next.start({ q: async (payload) => void seen.push(payload) });
    await next.idle();
    expect(seen).toEqual(['stopped']);
  });

  it('is not taken up by one that was stopped', async () => {
    await jobs.start({ q: async () => undefined });
    await jobs.stop();
    await jobs.put(job('a'));
    expect(await rows()).toMatchObject([{ state: 'waiting' }]);
  });
});

describe('a job that fails', () => {
  const failing = (times: number, error: () => unknown) => {
    let runs = 0;
    const handler: JobHandler = async () => {
      runs += 1;
      if (runs <= times) throw error();
    };
    return { handler, runs: () => runs };
  };
  const failed = (count: number) => expect.poll(() => failures.length).toBe(count);

  it('is tried again after a pause that doubles, until it succeeds', async () => {
    const work = failing(3, () => new Error('not yet'));
    await jobs.start({ q: work.handler });
    await jobs.put(job('a'));
    for (const [tries, pause] of [
      [1, 2_000],
      [2, 4_000],
      [3, 8_000],
    ] as const) {
      await failed(tries);
      const at = async () => Date.parse((await rows())[0]?.run_at ?? '');
      await expect.poll(at).toBe(now + pause);
      expect((await rows())[0]).toMatchObject({ state: 'waiting', attempts: tries });
      now += pause;
      // Any other job makes it look at what is due now.
      await jobs.put(job(`other ${tries}`, {}, 'none'));
    }
    await expect.poll(work.runs).toBe(4);
    await expect.poll(() => jobs.isLive('q', 'a')).toBe(false);
  });

  it('is given up after eight tries, and named in the log without its payload', async () => {
    const work = failing(99, () => new Error('never'));
    await jobs.start({ q: work.handler });
    await jobs.put(job('a', { token: 'secret' }));
    for (let tries = 1; tries <= 8; tries += 1) {
      await failed(tries);
      await expect.poll(async () => (await rows())[0]?.attempts).toBe(tries);
      now += 600_000;
      await jobs.put(job(`other ${tries}`, {}, 'none'));
    }
    expect((await rows())[0]).toMatchObject({ state: 'dead', attempts: 8 });
    expect(failures.at(-1)).toEqual({ queue: 'q', attempts: 8, state: 'dead' });
    expect(await jobs.isLive('q', 'a')).toBe(false);
    expect(work.runs()).toBe(8);
  });

  it('with an error that no retry can help is given up at once, and can be put anew', async () => {
    const work = failing(1, () => new ChartfoldError('sync.connection_not_ready'));
    await jobs.start({ q: work.handler });
    await jobs.put(job('a'));
    await failed(1);
    await expect.poll(async () => (await rows())[0]?.state).toBe('dead');
    await jobs.put(job('a'));
    await expect.poll(work.runs).toBe(2);
  });

  it('and waits for its next try is tried at once when it is put again', async () => {
    const work = failing(1, () => new Error('not yet'));
    await jobs.start({ q: work.handler });
    await jobs.put(job('a'));
    await failed(1);
    await expect.poll(async () => (await rows())[0]?.state).toBe('waiting');
    await jobs.put(job('a'));
    await jobs.idle();
    expect(work.runs()).toBe(2);
  });

  it('after it was put again while it ran is not given up with what failed', async () => {
    const held = gate();
    const work: JobHandler = async (payload, signal) => {
      await held.handler(payload, signal);
      if (payload === 1) throw new ChartfoldError('sync.connection_not_ready');
    };
    await jobs.start({ q: work });
    await jobs.put(job('a', 1));
    await held.running(1);
    await jobs.put(job('a', 2));
    held.letGo();
    await failed(1);
    await expect.poll(async () => (await rows())[0]?.state).toBe('waiting');
    now += 10_000;
    await jobs.put(job('other', {}, 'none'));
    await held.running(2);
    held.letGo();
    await expect.poll(() => jobs.isLive('q', 'a')).toBe(false);
    expect(held.seen).toEqual([1, 2]);
  });

  it('does not keep others from running', async () => {
    const seen: unknown[] = [];
    await jobs.start({
      q: async (payload) => {
        if (payload === 'bad') throw new Error('bad');
        seen.push(payload);
      },
    });
    for (const key of ['bad', 'b', 'c']) await jobs.put(job(key, key));
    await expect.poll(() => seen.length).toBe(2);
    expect(seen).toEqual(['b', 'c']);
  });
});

describe('a job that was given up', () => {
  const DAY = 24 * 3_600_000;
  const giveUp = async () => {
    await jobs.start({
      q: async () => {
        throw new ChartfoldError('sync.connection_not_ready');
      },
    });
    await jobs.put(job('a'));
    await expect.poll(async () => (await rows())[0]?.state).toBe('dead');
  };

  it('is kept for thirty days, and gone at the next start', async () => {
    await giveUp();
    now += 29 * DAY;
    await newJobs().start({});
    expect(await rows()).toHaveLength(1);
    now += 2 * DAY;
    await newJobs().start({});
    expect(await rows()).toEqual([]);
  });

  it('goes in a process that runs for long, too', async () => {
    await giveUp();
    now += 31 * DAY;
    await jobs.put(job('b', {}, 'none'));
    await expect.poll(async () => (await rows()).map((row) => row.key)).toEqual(['b']);
  });

  it('goes alone: what still waits stays, however long', async () => {
    await jobs.put(job('a', {}, 'later'));
    now += 400 * DAY;
    await newJobs().start({});
    expect(await rows()).toMatchObject([{ key: 'a', state: 'waiting' }]);
  });
});

describe('cancelling', () => {
  it('a job that runs aborts it and returns when it has ended', async () => {
    const { promise: mayEnd, resolve: end } = Promise.withResolvers<void>();
    const order: string[] = [];
    const held = gate();
    await jobs.start({
      q: async (payload, signal) => {
        await held.handler(payload, signal).catch(() => order.push('aborted'));
        await mayEnd;
        order.push('ended');
        throw signal.reason;
      },
    });
    await jobs.put(job('a'));
    await held.running(1);
    const cancelled = jobs.cancel('q', 'a').then(() => order.push('cancelled'));
    await expect.poll(() => order).toEqual(['aborted']);
    end();
    await cancelled;
    expect(order).toEqual(['aborted', 'ended', 'cancelled']);
    expect(await rows()).toEqual([]);
    expect(failures).toEqual([]);
  });

  it('a job that waits takes it away, and one that is not there is no fault', async () => {
    await jobs.put(job('a'));
    await jobs.cancel('q', 'a');
    await jobs.cancel('q', 'never put');
    const held = gate();
    await jobs.start({ q: held.handler });
    await jobs.idle();
    expect(held.seen).toEqual([]);
  });

  it('at any moment while it is taken up leaves nothing running', async () => {
    for (let turns = 0; turns < 12; turns += 1) {
      const held = gate();
      const own = newJobs();
      await own.put(job('a'));
      await own.start({ q: held.handler });
      for (let turn = 0; turn < turns; turn += 1) await new Promise(setImmediate);
      await own.cancel('q', 'a');
      await own.idle();
      expect(held.signals.filter((signal) => !signal.aborted)).toEqual([]);
      expect(await rows()).toEqual([]);
      await own.stop();
    }
  });
});
