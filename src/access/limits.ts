// Owns the limit of tries: a leaky bucket for each key, kept in the store so that a restart forgives nothing. A try is
// counted before its secret is looked at, so that many at once get no further than one after another.

import { type Clock, isoTime } from '../platform/clock.ts';
import type { Db } from '../platform/db/db.ts';
import { ChartfoldError } from '../platform/errors.ts';
import { sha256 } from '../platform/ids.ts';
import { type Limit, take } from '../platform/leaky-bucket.ts';

const DAY_MS = 24 * 3_600_000;

/**
 * Takes one try from the key's bucket.
 * @throws `access.too_many_attempts` where none is left, with the time until there is one
 */
export async function takeTry(db: Db, clock: Clock, key: string, limit: Limit): Promise<void> {
  const hash = sha256(key);
  const now = clock.now();
  const waitMs = await db.transaction().execute(async (trx) => {
    const row = await trx
      .selectFrom('attempt_limit')
      .selectAll()
      .where('key', '=', hash)
      .executeTakeFirst();
    const emptyAt = row ? Date.parse(row.at) + row.tries * limit.forgetMs : 0;
    const taken = take({ emptyAt }, now, limit);
    if ('waitMs' in taken) return taken.waitMs;
    const tries = (taken.emptyAt - now) / limit.forgetMs;
    const next = { key: hash, tries, at: isoTime(now) };
    await trx
      .insertInto('attempt_limit')
      .values(next)
      .onConflict((conflict) => conflict.column('key').doUpdateSet(next))
      .execute();
    // What has leaked away long ago is no longer needed.
    await trx
      .deleteFrom('attempt_limit')
      .where('at', '<', isoTime(now - DAY_MS))
      .execute();
    return 0;
  });
  if (waitMs > 0) throw tooManyTries(waitMs);
}

/** The refusal of a try, until a time in milliseconds has passed. */
export function tooManyTries(waitMs: number): ChartfoldError {
  const retryAfterS = Math.ceil(waitMs / 1000);
  const detail =
    retryAfterS > 90
      ? `again in ${Math.ceil(retryAfterS / 60)} minutes`
      : `again in ${retryAfterS} ${retryAfterS === 1 ? 'second' : 'seconds'}`;
  return new ChartfoldError('access.too_many_attempts', { retryAfterS, detail });
}

/** Gives the tries of a key back: the secret was right. */
export async function forgetTries(db: Db, key: string): Promise<void> {
  await db.deleteFrom('attempt_limit').where('key', '=', sha256(key)).execute();
}
