// Owns the rights of accounts on people's records: given, timed, taken back. What a right allows is policy.ts.

import type { Selectable } from 'kysely';
import { type Clock, isoTime } from '../platform/clock.ts';
import type { Db, Tables } from '../platform/db/db.ts';
import { ChartfoldError } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import type { Level } from './account-tables.ts';
import type { Right } from './policy.ts';

/** A right as it is kept: whose, on whom, how far, from when until when. */
export type GivenRight = Right & {
  readonly id: string;
  readonly accountId: string;
  /** The account that gave it; null for the terminal. */
  readonly givenBy: string | null;
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
};

export type NewRight = {
  accountId: string;
  personId: string;
  level: Level;
  /** Null for all; `manage` takes all. */
  kinds?: readonly string[] | null;
  givenBy: string | null;
  /** Milliseconds since the epoch. */
  expiresAt?: number | null;
};

/**
 * Gives a right. Only whoever manages the record gives one, and none that outlasts their own: or a right to manage until
 * a day could make itself eternal.
 * @throws `http.invalid_request` where it would be none: no kind, an end that has passed; `access.not_allowed`,
 *   `access.right_outlasts`
 */
export async function giveRight(db: Db, now: number, right: NewRight): Promise<GivenRight> {
  if (right.givenBy !== null) {
    const until = managesUntil(await onRecord(db, now, right.personId), right.givenBy);
    if (until === null) throw new ChartfoldError('access.not_allowed');
    if ((right.expiresAt ?? Infinity) > until) throw new ChartfoldError('access.right_outlasts');
  }
  return keepRight(db, now, right);
}

/** Lets an account manage, for good, the record that it brings: there is nobody yet who could give the right. */
export async function giveFirstRight(
  db: Db,
  now: number,
  { accountId, personId, givenBy }: Pick<NewRight, 'accountId' | 'personId' | 'givenBy'>,
): Promise<void> {
  await keepRight(db, now, { accountId, personId, level: 'manage', givenBy });
}

async function keepRight(db: Db, now: number, right: NewRight): Promise<GivenRight> {
  const refuse = (detail: string) => {
    throw new ChartfoldError('http.invalid_request', { detail });
  };
  if (right.kinds?.length === 0) refuse('kinds: name at least one');
  if (right.kinds && right.level === 'manage')
    refuse('kinds: whoever manages a record sees it all');
  if (right.kinds?.some((kind) => /\s/.test(kind))) refuse('kinds: a kind is one word');
  if (right.expiresAt != null && right.expiresAt <= now) refuse('expiresAt: it has passed');
  const row = {
    id: newId(),
    account_id: right.accountId,
    person_id: right.personId,
    level: right.level,
    kinds: right.kinds?.join(' ') ?? null,
    given_by: right.givenBy,
    created_at: isoTime(now),
    expires_at: right.expiresAt == null ? null : isoTime(right.expiresAt),
    revoked_at: null,
  };
  await db.insertInto('record_right').values(row).execute();
  return readRight(row);
}

/** The rights that an account has now. */
export async function rightsOf(db: Db, clock: Clock, accountId: string): Promise<GivenRight[]> {
  const rows = await live(db, clock.now()).where('account_id', '=', accountId).execute();
  return rows.map(readRight);
}

/** Every right on a person's record that holds now. */
export async function rightsOn(db: Db, clock: Clock, personId: string): Promise<GivenRight[]> {
  return onRecord(db, clock.now(), personId);
}

/**
 * Takes a right back. The last one that manages a record can't be taken: nobody could give it again. One to manage it
 * for good is taken by whoever has the same.
 * @param by the account that takes it; null for the terminal
 * @throws `access.right_not_found`, `access.last_manager`, `access.not_allowed`
 */
export async function revokeRight(
  db: Db,
  clock: Clock,
  personId: string,
  id: string,
  by: string | null,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const rights = await rightsOn(trx, clock, personId);
    const right = rights.find((one) => one.id === id);
    if (!right) throw new ChartfoldError('access.right_not_found');
    if (isLasting(right) && by !== null && managesUntil(rights, by) !== Infinity)
      throw new ChartfoldError('access.not_allowed');
    if (isLasting(right) && rights.filter(isLasting).length === 1)
      throw new ChartfoldError('access.last_manager');
    await trx
      .updateTable('record_right')
      .set({ revoked_at: isoTime(clock.now()) })
      .where('id', '=', id)
      .execute();
  });
}

/** For good, which the end of nothing else outlasts. */
function isLasting(right: GivenRight): boolean {
  return right.level === 'manage' && right.expiresAt === null;
}

/** Until when an account manages a record, as milliseconds since the epoch; null where it does not. */
function managesUntil(rights: readonly GivenRight[], accountId: string): number | null {
  const ends = rights
    .filter((one) => one.accountId === accountId && one.level === 'manage')
    .map((one) => (one.expiresAt === null ? Infinity : Date.parse(one.expiresAt)));
  return ends.length === 0 ? null : Math.max(...ends);
}

async function onRecord(db: Db, now: number, personId: string): Promise<GivenRight[]> {
  const rows = await live(db, now).where('person_id', '=', personId).execute();
  return rows.map(readRight);
}

function live(db: Db, nowMs: number) {
  const now = isoTime(nowMs);
  return db
    .selectFrom('record_right')
    .selectAll()
    .where('revoked_at', 'is', null)
    .where((where) => where.or([where('expires_at', 'is', null), where('expires_at', '>', now)]))
    .orderBy('created_at')
    .orderBy('id');
}

function readRight(row: Selectable<Tables['record_right']>): GivenRight {
  return {
    id: row.id,
    accountId: row.account_id,
    personId: row.person_id,
    level: row.level,
    kinds: row.kinds === null ? null : row.kinds.split(' '),
    givenBy: row.given_by,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
  };
}
