// Owns the limit of tries: a leaky bucket for each key, kept in the store so that a restart forgives nothing. A try is
// counted before its secret is looked at, so that many at once get no further than one after another.

import { type Clock, isoTime } from '../platform/clock.ts';
import type { Db } from '../platform/db/db.ts';
import { ChartfoldError } from '../platform/errors.ts';
import { sha256 } from '../platform/ids.ts';

export type Limit = {
  /** Tries in a row before the wait begins. */
  readonly most: number;
  /** One try is forgotten after this. */
  readonly forgetMs: number;
};

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
    const left = row ? Math.max(0, row.tries - (now - Date.parse(row.at)) / limit.forgetMs) : 0;
    if (left > limit.most - 1) return (left - limit.most + 1) * limit.forgetMs;
    const next = { key: hash, tries: left + 1, at: isoTime(now) };
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
