// Owns sign-in of the owner: a link printed on the owner's own terminal, exchanged once for a session.
// Secrets are random and 256 bits long, so a plain SHA-256 is enough to keep them by.

import { type Clock, isoTime } from '../platform/clock.ts';
import type { Db } from '../platform/db/db.ts';
import { ChartfoldError } from '../platform/errors.ts';
import { newSecret, sha256 } from '../platform/ids.ts';
import './session-tables.ts';

const LINK_MS = 15 * 60_000;
/** A session ends this long after it was last used. */
export const SESSION_MS = 30 * 24 * 3_600_000;
/** How often the time of last use is written. */
const TOUCH_MS = 10 * 60_000;
const TRIES = 10;
const TRIES_WINDOW_MS = 60_000;

export type Sessions = {
  /** A new link's secret; good once, for 15 minutes. */
  newLink(): Promise<string>;
  /**
   * Exchanges a link's secret for a session.
   * @param from the address the request came from, for the limit of tries
   * @returns the cookie's value
   * @throws `access.link_invalid`, `access.too_many_attempts`
   */
  signIn(secret: string, from: string): Promise<string>;
  /** Whether the cookie's value is that of a live session. */
  isSignedIn(token: string | undefined): Promise<boolean>;
  signOut(token: string | undefined): Promise<void>;
};

export function createSessions(db: Db, clock: Clock): Sessions {
  const tries = new Map<string, { count: number; since: number }>();

  /** Counts a try; wrong secrets can't be guessed, but need not be answered at any speed. */
  function limit(from: string): void {
    const now = clock.now();
    const seen = tries.get(from);
    const current = seen && now - seen.since < TRIES_WINDOW_MS ? seen : { count: 0, since: now };
    current.count += 1;
    tries.set(from, current);
    if (tries.size > 10_000) tries.clear();
    if (current.count > TRIES) throw new ChartfoldError('access.too_many_attempts');
  }

  return {
    async newLink() {
      const secret = newSecret();
      const now = clock.now();
      await db.deleteFrom('sign_in_link').where('expires_at', '<', isoTime(now)).execute();
      await db
        .insertInto('sign_in_link')
        .values({ secret_hash: sha256(secret), expires_at: isoTime(now + LINK_MS), used_at: null })
        .execute();
      return secret;
    },
    async signIn(secret, from) {
      limit(from);
      const now = isoTime(clock.now());
      const taken = await db
        .updateTable('sign_in_link')
        .set({ used_at: now })
        .where('secret_hash', '=', sha256(secret))
        .where('used_at', 'is', null)
        .where('expires_at', '>=', now)
        .executeTakeFirst();
      if (taken.numUpdatedRows === 0n) throw new ChartfoldError('access.link_invalid');
      tries.delete(from);
      await db.deleteFrom('session').where('expires_at', '<', now).execute();
      const token = newSecret();
      await db
        .insertInto('session')
        .values({
          token_hash: sha256(token),
          created_at: now,
          last_seen_at: now,
          expires_at: isoTime(clock.now() + SESSION_MS),
        })
        .execute();
      return token;
    },
    async isSignedIn(token) {
      if (!token) return false;
      const row = await db
        .selectFrom('session')
        .selectAll()
        .where('token_hash', '=', sha256(token))
        .executeTakeFirst();
      const now = clock.now();
      if (!row || row.expires_at < isoTime(now)) return false;
      if (Date.parse(row.last_seen_at) < now - TOUCH_MS) {
        await db
          .updateTable('session')
          .set({ last_seen_at: isoTime(now), expires_at: isoTime(now + SESSION_MS) })
          .where('token_hash', '=', row.token_hash)
          .execute();
      }
      return true;
    },
    async signOut(token) {
      if (token) await db.deleteFrom('session').where('token_hash', '=', sha256(token)).execute();
    },
  };
}
