// Owns how often one may ask: so many requests a minute for each session, fewer for each address without one. Counted in
// memory, for it protects the process alone; tries of a secret are counted in the store (access/limits.ts).

import type { MiddlewareHandler } from 'hono';
import { getCookie } from 'hono/cookie';
import { sessionOf } from '../access/sessions.ts';
import type { Clock } from '../platform/clock.ts';
import { ChartfoldError } from '../platform/errors.ts';
import { type Bucket, take } from '../platform/leaky-bucket.ts';
import type { App } from './app.ts';
import { addressOf } from './caller.ts';
import { cookieName, SESSION_COOKIE } from './cookies.ts';
import type { Env } from './problem.ts';

/** A page asks the API fewer than ten questions, and then one for each click. */
const PER_SESSION = 600;
const PER_ADDRESS = 300;
/** Sessions and addresses that are remembered at a time. */
const MOST_KEYS = 10_000;

/**
 * Refuses who asks too often. A session counts by itself, wherever it is used, so that nobody at the same address, or
 * behind the same proxy, holds up who is signed in; a cookie that is no session counts for nothing.
 * @throws `access.too_many_requests`, with Retry-After set
 */
export function rates(app: App): MiddlewareHandler<Env> {
  const sessions = createBuckets(app.clock, PER_SESSION);
  const addresses = createBuckets(app.clock, PER_ADDRESS);
  return async (c, next) => {
    const token = getCookie(c, cookieName(app, SESSION_COOKIE));
    const session = await sessionOf(app.db, app.clock, token);
    const waitMs = session ? sessions.take(session.id) : addresses.take(addressOf(c, app));
    if (waitMs > 0) {
      const retryAfterS = Math.ceil(waitMs / 1000);
      throw new ChartfoldError('access.too_many_requests', { retryAfterS });
    }
    await next();
  };
}

export type Buckets = {
  /** Takes one from the key's bucket. @returns 0, or after how many milliseconds there is one to take */
  take(key: string): number;
};

/** Buckets that let so many through in a minute. The longest unused is forgotten where there are too many. */
export function createBuckets(clock: Clock, perMinute: number, mostKeys = MOST_KEYS): Buckets {
  const limit = { most: perMinute, forgetMs: 60_000 / perMinute };
  /** The longest unused first. */
  const buckets = new Map<string, Bucket>();
  return {
    take(key) {
      const taken = take(buckets.get(key) ?? { emptyAt: 0 }, clock.now(), limit);
      if ('waitMs' in taken) return taken.waitMs;
      buckets.delete(key);
      buckets.set(key, taken);
      const [oldest] = buckets.keys();
      if (buckets.size > mostKeys && oldest !== undefined) buckets.delete(oldest);
      return 0;
    },
  };
}
