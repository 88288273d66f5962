import { describe, expect, it } from 'vitest';
import type { Clock } from '../platform/clock.ts';
import { createPaces, type Limits, type Pace } from './pace.ts';

/** A clock whose waits are over as soon as nothing else goes on, and take the time they say. */
function steppedClock(start: number): Clock {
  let now = start;
  return {
    now: () => now,
    wait: async (ms, signal) => {
      signal?.throwIfAborted();
      now += ms;
    },
  };
}

const MINUTE = 60_000;

function paced(rate: Limits['rate'], start = 5 * MINUTE, concurrency = 4) {
  const clock = steppedClock(start);
  return { clock, pace: createPaces(clock).of('host', { concurrency, rate }) };
}

/** The times at which so many requests were sent. */
async function sentAt(pace: Pace, clock: Clock, count: number): Promise<number[]> {
  const times: number[] = [];
  const send = () => pace.run(async () => times.push(clock.now()));
  await Promise.all(Array.from({ length: count }, send));
  return times;
}

describe('a limit by the minute', () => {
  it('is used up in each minute of the clock, and never passed', async () => {
    const { pace, clock } = paced({ requests: 250, in: 'minute' }, 5 * MINUTE + 30_000);
    const times = await sentAt(pace, clock, 1_000);
    const inMinute = Map.groupBy(times, (time) => Math.floor(time / MINUTE));
    expect([...inMinute].map(([minute, sent]) => [minute, sent.length])).toEqual([
      [5, 250],
      [6, 250],
      [7, 250],
      [8, 250],
    ]);
  });
});

describe('a pace', () => {
  it('without a limit sends at once', async () => {
    const { pace, clock } = paced(null);
    expect(new Set(await sentAt(pace, clock, 50)).size).toBe(1);
  });

  it('holds all for as long as the host said', async () => {
    const { pace, clock } = paced(null);
    const until = clock.now() + 7_000;
    pace.refused(7_000);
    pace.refused(2_000);
    expect(await sentAt(pace, clock, 3)).toEqual([until, until, until]);
  });

  it('does not wait for a pause that is left to a later sync, and asks nothing until it is over', async () => {
    const { pace, clock } = paced(null);
    const until = clock.now() + 3_600_000;
    pace.refused(3_600_000);
    const asked = () => pace.run(async () => 'sent');
    await expect(asked()).rejects.toMatchObject({ code: 'fhir.rate_limited' });
    await clock.wait(3_600_000 - 30_000);
    expect(await asked()).toBe('sent');
    expect(clock.now()).toBe(until);
  });

  it('believes no pause of more than a day', async () => {
    const { pace, clock } = paced(null);
    const until = clock.now() + 24 * 3_600_000;
    pace.refused(365 * 24 * 3_600_000);
    await clock.wait(24 * 3_600_000);
    expect(await sentAt(pace, clock, 1)).toEqual([until]);
  });

  it('holds all until the next minute where a limit by the minute was passed and nothing said', async () => {
    const { pace, clock } = paced({ requests: 250, in: 'minute' }, 5 * MINUTE + 10_000);
    pace.refused(null);
    expect(await sentAt(pace, clock, 1)).toEqual([6 * MINUTE]);
    const free = paced(null);
    free.pace.refused(null);
    expect(await sentAt(free.pace, free.clock, 1)).toEqual([5 * MINUTE]);
  });

  it('holds nobody any longer where the clock was ahead and is put right', async () => {
    const { pace, clock } = paced(null, 365 * 24 * 3_600_000);
    pace.refused(2_000);
    const right = clock.now() - 30 * 24 * 3_600_000;
    await clock.wait(right - clock.now());
    expect(await sentAt(pace, clock, 1)).toEqual([right]);
  });

  it('has no more at a time than it may, whoever asks and however it ends', async () => {
    const { pace } = paced(null, 0, 3);
    let running = 0;
    let most = 0;
    const work = async (fails: boolean) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise(setImmediate);
      running -= 1;
      if (fails) throw new Error('failed');
    };
    const all = Array.from({ length: 20 }, (_, n) => pace.run(() => work(n % 2 === 0)));
    const ended = await Promise.allSettled(all);
    expect(ended.filter(({ status }) => status === 'rejected')).toHaveLength(10);
    expect(most).toBe(3);
  });

  it('lets go of who has given up waiting, and others go on', async () => {
    const { pace, clock } = paced({ requests: 1, in: 'minute' });
    await sentAt(pace, clock, 1);
    const signal = AbortSignal.abort(new Error('given up'));
    await expect(pace.run(async () => 'sent', signal)).rejects.toThrow('given up');
    expect(await pace.run(async () => 'sent')).toBe('sent');
  });

  it('takes no place for who has given up behind others that wait', async () => {
    const clock = steppedClock(5 * MINUTE);
    const leaving = new AbortController();
    const wait: Clock['wait'] = async (ms, signal) => {
      leaving.abort(new Error('given up'));
      await clock.wait(ms, signal);
    };
    const rate = { requests: 2, in: 'minute' } as const;
    const pace = createPaces({ ...clock, wait }).of('host', { concurrency: 4, rate });
    await sentAt(pace, clock, 2);
    const before = sentAt(pace, clock, 1);
    const left = pace.run(async () => 'sent', leaving.signal);
    const after = sentAt(pace, clock, 1);
    await expect(left).rejects.toThrow('given up');
    expect(await Promise.all([before, after])).toEqual([[6 * MINUTE], [6 * MINUTE]]);
  });

  it('is one for each host', () => {
    const paces = createPaces(steppedClock(0));
    const limits = { concurrency: 1, rate: null };
    expect(paces.of('a', limits)).toBe(paces.of('a', limits));
    expect(paces.of('a', limits)).not.toBe(paces.of('b', limits));
  });
});
