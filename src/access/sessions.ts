// Owns sessions: a browser that signed in, how, and until when; and the links that sign in once. Secrets are random
// and 256 bits long, so a plain SHA-256 is enough to keep them by.

import type { Selectable } from 'kysely';
import { type Clock, isoTime } from '../platform/clock.ts';
import type { Db, Tables } from '../platform/db/db.ts';
import { ChartfoldError } from '../platform/errors.ts';
import { newId, newSecret, sha256 } from '../platform/ids.ts';
import type { Limit } from '../platform/leaky-bucket.ts';
import { getAccount } from './accounts.ts';
import { takeTry } from './limits.ts';
import type { SignInWay } from './session-tables.ts';

const MINUTE_MS = 60_000;
const LINK_MS = { 'sign-in': 15 * MINUTE_MS, invitation: 7 * 24 * 60 * MINUTE_MS } as const;
/** A session ends this long after it was last used. */
export const SESSION_MS = 30 * 24 * 60 * MINUTE_MS;
/** How long a sign-in counts as recent, for acts that change who may sign in. */
export const RECENT_MS = 15 * MINUTE_MS;
/** How often the time of last use is written. */
const TOUCH_MS = 10 * MINUTE_MS;
/** Wrong links from one address: they can't be guessed, but need not be answered at any speed. */
const WRONG_LINKS: Limit = { most: 10, forgetMs: 6_000 };

/** Who stands at the door: for the list of sessions, and for the limits of tries. */
export type Visitor = {
  readonly address: string;
  /** Browser and system in words. */
  readonly device: string;
  /** The browser's own long-lived cookie, if it has one. */
  readonly deviceKey: string | null;
};

export type Session = {
  readonly id: string;
  readonly accountId: string;
  readonly how: SignInWay;
  readonly device: string;
  readonly address: string;
  readonly createdAt: string;
  readonly signedInAt: string;
  readonly lastSeenAt: string;
};

export type SignedIn = {
  readonly accountId: string;
  /** The cookie's value. */
  readonly token: string;
};

/**
 * A new link's secret; good once: for 15 minutes, an invitation for a week. A new invitation ends the account's
 * links that nobody has used, so that one given to the wrong hands can be withdrawn.
 */
export async function newLink(
  db: Db,
  clock: Clock,
  accountId: string,
  kind: keyof typeof LINK_MS = 'sign-in',
): Promise<string> {
  const secret = newSecret();
  const now = clock.now();
  await db.deleteFrom('sign_in_link').where('expires_at', '<', isoTime(now)).execute();
  if (kind === 'invitation') await endLinks(db, accountId);
  await db
    .insertInto('sign_in_link')
    .values({
      secret_hash: sha256(secret),
      account_id: accountId,
      expires_at: isoTime(now + LINK_MS[kind]),
      used_at: null,
    })
    .execute();
  return secret;
}

/**
 * Exchanges a link's secret for a session, which ends the account's other links. The right secret is taken however
 * many wrong ones came before.
 * @throws `access.link_invalid`, `access.too_many_attempts` for a wrong one
 */
export async function signInByLink(
  db: Db,
  clock: Clock,
  secret: string,
  visitor: Visitor,
): Promise<SignedIn> {
  const now = isoTime(clock.now());
  const link = await db
    .updateTable('sign_in_link')
    .set({ used_at: now })
    .where('secret_hash', '=', sha256(secret))
    .where('used_at', 'is', null)
    .where('expires_at', '>=', now)
    .returning('account_id')
    .executeTakeFirst();
  if (!link) {
    await takeTry(db, clock, `link/${visitor.address}`, WRONG_LINKS);
    throw new ChartfoldError('access.link_invalid');
  }
  await endLinks(db, link.account_id);
  return openSession(db, clock, link.account_id, 'link', visitor);
}

/** Ends an account's links that nobody has used. */
export async function endLinks(db: Db, accountId: string): Promise<void> {
  await db
    .deleteFrom('sign_in_link')
    .where('account_id', '=', accountId)
    .where('used_at', 'is', null)
    .execute();
}

/** Opens a session for who has proved to be an account's holder. @throws `access.account_not_found` */
export async function openSession(
  db: Db,
  clock: Clock,
  accountId: string,
  how: SignInWay,
  visitor: Visitor,
): Promise<SignedIn> {
  const account = await getAccount(db, accountId);
  const now = clock.now();
  const token = newSecret();
  await db.deleteFrom('session').where('expires_at', '<', isoTime(now)).execute();
  await db
    .insertInto('session')
    .values({
      token_hash: sha256(token),
      id: newId(),
      account_id: account.id,
      how,
      device: visitor.device,
      address: visitor.address,
      created_at: isoTime(now),
      signed_in_at: isoTime(now),
      last_seen_at: isoTime(now),
      expires_at: isoTime(now + SESSION_MS),
    })
    .execute();
  return { accountId: account.id, token };
}

/** The live session of a cookie's value; null where there is none. Its time of last use is noted. */
export async function sessionOf(
  db: Db,
  clock: Clock,
  token: string | undefined,
): Promise<Session | null> {
  if (!token) return null;
  const row = await db
    .selectFrom('session')
    .selectAll()
    .where('token_hash', '=', sha256(token))
    .executeTakeFirst();
  const now = clock.now();
  if (!row || row.expires_at < isoTime(now)) return null;
  if (Date.parse(row.last_seen_at) < now - TOUCH_MS) {
    await db
      .updateTable('session')
      .set({ last_seen_at: isoTime(now), expires_at: isoTime(now + SESSION_MS) })
      .where('token_hash', '=', row.token_hash)
      .execute();
  }
  return readSession(row);
}

/** Whether the session's holder proved who they are lately. */
export function isRecent(session: Session, clock: Clock): boolean {
  return Date.parse(session.signedInAt) >= clock.now() - RECENT_MS;
}

/** An account's live sessions, the last used first. */
export async function sessionsOf(db: Db, clock: Clock, accountId: string): Promise<Session[]> {
  const rows = await db
    .selectFrom('session')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('expires_at', '>=', isoTime(clock.now()))
    .orderBy('last_seen_at', 'desc')
    .orderBy('id')
    .execute();
  return rows.map(readSession);
}

/** Ends one session of an account. @throws `access.session_not_found` */
export async function endSession(db: Db, accountId: string, id: string): Promise<void> {
  const { numDeletedRows } = await db
    .deleteFrom('session')
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  if (numDeletedRows === 0n) throw new ChartfoldError('access.session_not_found');
}

/** Ends an account's sessions, all but one where one is named. @returns how many */
export async function endSessions(
  db: Db,
  accountId: string,
  except: string | null = null,
): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('session')
    .where('account_id', '=', accountId)
    .$if(except !== null, (query) => query.where('id', '!=', except as string))
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}

function readSession(row: Selectable<Tables['session']>): Session {
  return {
    id: row.id,
    accountId: row.account_id,
    how: row.how,
    device: row.device,
    address: row.address,
    createdAt: row.created_at,
    signedInAt: row.signed_in_at,
    lastSeenAt: row.last_seen_at,
  };
}
