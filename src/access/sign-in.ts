// Owns signing in with what a person knows: a password, or a recovery code. A wrong name, a wrong secret and an account
// without a password answer alike and take the same time. Passkeys are passkeys.ts, links sessions.ts.

import { randomBytes } from 'node:crypto';
import { type Clock, isoTime } from '../platform/clock.ts';
import { asCrockford, CROCKFORD } from '../platform/crockford.ts';
import type { Db } from '../platform/db/db.ts';
import { ChartfoldError } from '../platform/errors.ts';
import { newSecret, sha256 } from '../platform/ids.ts';
import type { Limit } from '../platform/leaky-bucket.ts';
import { getAccount } from './accounts.ts';
import { forgetTries, takeTry } from './limits.ts';
import { nameKey } from './names.ts';
import { hashPassword, isPassword } from './passwords.ts';
import { openSession, type SignedIn, type Visitor } from './sessions.ts';

/** Tries at one account by browsers that never signed in to it, all together. */
const STRANGERS: Limit = { most: 10, forgetMs: 60_000 };
/** Tries of a browser that has signed in to this account before: strangers can't use these up. */
const KNOWN: Limit = { most: 10, forgetMs: 60_000 };
/** Tries of strangers from one address at any account. */
const ADDRESS: Limit = { most: 30, forgetMs: 10_000 };

const CODES = 10;
const CODE_LETTERS = 16;

/** @throws `access.sign_in_failed`, `access.too_many_attempts` */
export async function signInByPassword(
  db: Db,
  clock: Clock,
  given: { name: string; password: string },
  visitor: Visitor,
): Promise<SignedIn> {
  return signIn(db, clock, 'password', given.name, visitor, async (accountId) => {
    const row = await db
      .selectFrom('account')
      .select('password')
      .where('id', '=', accountId ?? '')
      .executeTakeFirst();
    return isPassword(given.password, row?.password ?? null);
  });
}

/** @throws `access.sign_in_failed`, `access.too_many_attempts` */
export async function signInByRecoveryCode(
  db: Db,
  clock: Clock,
  given: { name: string; code: string },
  visitor: Visitor,
): Promise<SignedIn> {
  return signIn(db, clock, 'recovery-code', given.name, visitor, async (accountId) => {
    const taken = await db
      .updateTable('recovery_code')
      .set({ used_at: isoTime(clock.now()) })
      .where('code_hash', '=', codeHash(accountId ?? '', given.code))
      .where('used_at', 'is', null)
      .executeTakeFirst();
    return taken.numUpdatedRows > 0n;
  });
}

/**
 * Sets a password.
 * @param before done once the password is found to be good, and before it is kept
 * @throws `access.weak_password`, `access.account_not_found`
 */
export async function setPassword(
  db: Db,
  accountId: string,
  password: string,
  before?: () => Promise<void>,
): Promise<void> {
  const { name } = await getAccount(db, accountId);
  const kept = await hashPassword(password, name);
  await before?.();
  await db.updateTable('account').set({ password: kept }).where('id', '=', accountId).execute();
}

/** New recovery codes in place of the old ones; shown once, kept by their hashes. */
export async function newRecoveryCodes(db: Db, accountId: string): Promise<string[]> {
  const codes = Array.from({ length: CODES }, newCode);
  await db.transaction().execute(async (trx) => {
    await trx.deleteFrom('recovery_code').where('account_id', '=', accountId).execute();
    await trx
      .insertInto('recovery_code')
      .values(
        codes.map((code) => ({
          code_hash: codeHash(accountId, code),
          account_id: accountId,
          used_at: null,
        })),
      )
      .execute();
  });
  return codes;
}

/** How many recovery codes are left. */
export async function recoveryCodesLeft(db: Db, accountId: string): Promise<number> {
  const { left } = await db
    .selectFrom('recovery_code')
    .select((select) => select.fn.countAll<number>().as('left'))
    .where('account_id', '=', accountId)
    .where('used_at', 'is', null)
    .executeTakeFirstOrThrow();
  return left;
}

/**
 * Notes that a browser has signed in to an account, so that others' tries don't hold it up.
 * @returns the browser's key: its own, else a new one, to be kept by the browser
 */
export async function rememberDevice(
  db: Db,
  clock: Clock,
  accountId: string,
  deviceKey: string | null,
): Promise<string> {
  const key = deviceKey ?? newSecret();
  const row = {
    device_hash: deviceHash(key, accountId),
    account_id: accountId,
    last_used_at: isoTime(clock.now()),
  };
  await db
    .insertInto('known_device')
    .values(row)
    .onConflict((c) => c.column('device_hash').doUpdateSet({ last_used_at: row.last_used_at }))
    .execute();
  return key;
}

async function signIn(
  db: Db,
  clock: Clock,
  how: 'password' | 'recovery-code',
  name: string,
  visitor: Visitor,
  isRight: (accountId: string | null) => Promise<boolean>,
): Promise<SignedIn> {
  const key = nameKey(name);
  const account = await db
    .selectFrom('account')
    .select('id')
    .where('name_key', '=', key)
    .where('closed_at', 'is', null)
    .executeTakeFirst();
  const bucket = await bucketOf(db, key, account?.id ?? null, visitor);
  // Whoever signed in here before is not held up by others at the same address, behind one router or proxy.
  if (!bucket.isKnown) await takeTry(db, clock, `address/${visitor.address}`, ADDRESS);
  await takeTry(db, clock, bucket.key, bucket.limit);
  const isIn = await isRight(account?.id ?? null);
  if (!isIn || !account) throw new ChartfoldError('access.sign_in_failed');
  // Those of the address stay: one's own password forgives no guesses at others'.
  await forgetTries(db, bucket.key);
  return openSession(db, clock, account.id, how, visitor);
}

async function bucketOf(db: Db, key: string, accountId: string | null, visitor: Visitor) {
  const hash = deviceHash(visitor.deviceKey ?? '', accountId ?? '');
  const known = await db
    .selectFrom('known_device')
    .select('device_hash')
    .where('device_hash', '=', hash)
    .executeTakeFirst();
  return known
    ? { key: `device/${hash}`, limit: KNOWN, isKnown: true }
    : { key: `name/${key}`, limit: STRANGERS, isKnown: false };
}

function newCode(): string {
  const letters = [...randomBytes(CODE_LETTERS)].map((byte) => CROCKFORD[byte & 31]).join('');
  return letters.replace(/(.{4})(?!$)/g, '$1-');
}

function codeHash(accountId: string, typed: string): string {
  return sha256(`${accountId}/${asCrockford(typed)}`);
}

function deviceHash(deviceKey: string, accountId: string): string {
  return sha256(`${accountId}/${deviceKey}`);
}
