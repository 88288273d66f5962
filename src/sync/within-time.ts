// Owns ending work whose time is over.

import { ChartfoldError } from '../platform/errors.ts';

/**
 * Does work under a signal that is aborted with `signal`, or with `sync.time_limit` after `ms`. The work itself must
 * heed it, and has ended when this returns.
 */
export async function withinTime<T>(
  { ms, signal }: { ms: number; signal: AbortSignal },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  const timer = setTimeout(() => over.abort(new ChartfoldError('sync.time_limit')), ms);
  try {
    return await work(AbortSignal.any([signal, over.signal]));
  } finally {
    clearTimeout(timer);
  }
}
