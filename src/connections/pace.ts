// Owns how fast a FHIR base is asked: so many requests at a time, so many in a second or in a minute of the clock, by the
// vendor's data, shared by all who ask there. Where its server says to wait, all wait.

import type { Clock } from '../platform/clock.ts';
import { ChartfoldError } from '../platform/errors.ts';
import type { Portal } from '../portals/portal.ts';

export type Pace = {
  /**
   * Waits for its turn, then does what asks there.
   * @throws the signal's reason when aborted while waiting; `fhir.rate_limited` while the server wants a longer pause
   *   than is waited for
   */
  run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  /**
   * The server has refused one as too many: nobody asks before it said, at most for a day.
   * @param retryAfterMs what it said; null where nothing: then until the next minute, where the limit is one
   */
  refused(retryAfterMs: number | null): void;
};

/** A server may ask for a pause of any length; longer than this is left to a later sync. */
export const longestPauseMs = 60_000;
const DAY_MS = 24 * 3_600_000;

/** A `minute` is one of the clock: the count begins anew when it does. */
const SPAN_MS = { second: 1_000, minute: 60_000 } as const;

export type Paces = {
  /** The one pace of a FHIR base; the limits count where it is new. */
  of(fhirBaseUrl: string, limits: Limits): Pace;
};

/** The paces of a program. */
export function createPaces(clock: Clock): Paces {
  const paces = new Map<string, Pace>();
  return {
    of(fhirBaseUrl, limits) {
      const known = paces.get(fhirBaseUrl);
      if (known) return known;
      const made = createPace(clock, limits);
      paces.set(fhirBaseUrl, made);
      return made;
    },
  };
}

/** What a vendor bears. */
export type Limits = Pick<Portal['requests'], 'concurrency' | 'rate'>;

const FREE = { since: 0, until: 0 };

function createPace(clock: Clock, { concurrency, rate }: Limits): Pace {
  const slots = createSlots(concurrency);
  let held = FREE;
  let span = { begins: 0, used: 0 };
  /** Turns are given one after the other, so that who waits for the next minute does not let others by. */
  let gate: Promise<void> = Promise.resolve();

  /** Milliseconds until the next request may be sent; 0 takes its place. */
  function waitMs(): number {
    const now = clock.now();
    // A clock that was ahead and is put right would hold for as long as it was wrong.
    if (now < held.since) held = FREE;
    if (now + longestPauseMs < held.until) throw new ChartfoldError('fhir.rate_limited');
    if (now < held.until) return held.until - now;
    if (!rate) return 0;
    const length = SPAN_MS[rate.in];
    const begins = Math.floor(now / length) * length;
    if (begins !== span.begins) span = { begins, used: 0 };
    if (span.used >= rate.requests) return begins + length - now;
    span.used += 1;
    return 0;
  }

  async function turn(signal: AbortSignal | undefined): Promise<void> {
    const before = gate;
    const { promise, resolve } = Promise.withResolvers<void>();
    gate = before.then(() => promise);
    try {
      await before;
      signal?.throwIfAborted();
      for (let ms = waitMs(); ms > 0; ms = waitMs()) await clock.wait(ms, signal);
    } finally {
      resolve();
    }
  }

  return {
    async run(work, signal) {
      await slots.take();
      try {
        signal?.throwIfAborted();
        await turn(signal);
        return await work();
      } finally {
        slots.leave();
      }
    },
    refused(retryAfterMs) {
      const since = clock.now();
      const untilNext = rate?.in === 'minute' ? SPAN_MS.minute - (since % SPAN_MS.minute) : 0;
      const pauseMs = Math.min(retryAfterMs ?? untilNext, DAY_MS);
      held = { since, until: Math.max(held.until, since + pauseMs) };
    },
  };
}

/** So many at a time; whoever leaves hands over the slot. */
function createSlots(concurrency: number) {
  let running = 0;
  const queue: (() => void)[] = [];
  return {
    async take(): Promise<void> {
      if (running < concurrency) running += 1;
      else await new Promise<void>((resolve) => queue.push(resolve));
    },
    leave(): void {
      const next = queue.shift();
      if (next) next();
      else running -= 1;
    },
  };
}
