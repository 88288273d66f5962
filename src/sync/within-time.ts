// Owns ending work whose time is over.

import type { Clock } from '../platform/clock.ts';
import { ChartfoldError } from '../platform/errors.ts';

/**
 * Does work under a signal that is aborted with `signal`, or with `sync.time_limit` after `ms`. The work itself must
 * heed it, and has ended when this returns.
 */
export async function withinTime<T>(
  { clock, ms, signal }: { clock: Clock; ms: number; signal: AbortSignal },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  const done = new AbortController();
  clock.wait(ms, done.signal).then(
    () => over.abort(new ChartfoldError('sync.time_limit')),
    () => undefined, // The work was done in time.
  );
  try {
    return await work(AbortSignal.any([signal, over.signal]));
  } finally {
    done.abort();
  }
}
