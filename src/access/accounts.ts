// Owns the accounts: who may sign in and in which roles. What they may read is rights.ts; how they sign in is
// sessions.ts, passwords.ts and passkeys.ts.

import type { Selectable } from 'kysely';
import { type Clock, isoTime } from '../platform/clock.ts';
import type { Db, Tables } from '../platform/db/db.ts';
import { ChartfoldError } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import { accountName, nameKey } from './names.ts';
import { type Actor, type Door, type Role, roles as allRoles } from './policy.ts';
import { giveFirstRight, rightsOf } from './rights.ts';

export type Account = {
  readonly id: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly hasPassword: boolean;
  readonly createdAt: string;
};

/**
 * Makes an account.
 * @throws `access.name_taken`, `http.invalid_request` for a name that is none
 */
export async function createAccount(
  db: Db,
  clock: Clock,
  account: { id?: string; name: string; roles?: readonly Role[] },
): Promise<Account> {
  const name = accountName(account.name);
  const row = {
    id: account.id ?? newId(),
    name,
    name_key: nameKey(name),
    roles: (account.roles ?? []).join(' '),
    password: null,
    created_at: await nextTime(db, clock),
    closed_at: null,
  };
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('account')
    .values(row)
    .onConflict((conflict) => conflict.column('name_key').doNothing())
    .executeTakeFirstOrThrow();
  if (numInsertedOrUpdatedRows === 0n) throw new ChartfoldError('access.name_taken');
  return readAccount(row);
}

/** Now, or a millisecond after the last account was made: which of two was there first must never be in doubt. */
async function nextTime(db: Db, clock: Clock): Promise<string> {
  const { last } = await db
    .selectFrom('account')
    .select((eb) => eb.fn.max('created_at').as('last'))
    .executeTakeFirstOrThrow();
  return isoTime(Math.max(clock.now(), last === null ? 0 : Date.parse(last) + 1));
}

/**
 * The owner's account, made on the first start. Records that were here before there were accounts are the
 * owner's to manage.
 */
export async function ensureOwner(db: Db, clock: Clock): Promise<Account> {
  return db.transaction().execute(async (trx) => {
    const present = await firstOwner(trx);
    if (present) return present;
    const owner = await createAccount(trx, clock, { name: 'Owner', roles: ['owner', 'developer'] });
    const people = await trx.selectFrom('person').select('id').execute();
    for (const { id } of people) {
      await giveFirstRight(trx, clock.now(), { accountId: owner.id, personId: id, givenBy: null });
    }
    return owner;
  });
}

/** The owner who was there first, of those whose account is open: whom the terminal means where it names nobody. */
export async function firstOwner(db: Db): Promise<Account | undefined> {
  return (await listAccounts(db)).find((one) => one.roles.includes('owner'));
}

/** Every account that is open, in the order in which they were made. */
export async function listAccounts(db: Db): Promise<Account[]> {
  const rows = await openAccounts(db).execute();
  return rows.map(readAccount);
}

/** @throws `access.account_not_found` */
export async function getAccount(db: Db, id: string): Promise<Account> {
  const row = await openAccounts(db).where('id', '=', id).executeTakeFirst();
  if (!row) throw new ChartfoldError('access.account_not_found');
  return readAccount(row);
}

/** The account of a name, however it is written; undefined where there is none. */
export async function accountNamed(db: Db, name: string): Promise<Account | undefined> {
  const row = await openAccounts(db).where('name_key', '=', nameKey(name)).executeTakeFirst();
  return row && readAccount(row);
}

/**
 * The names of all accounts by id, closed ones included: what these did stays in the audit.
 */
export async function accountNames(db: Db): Promise<Map<string, string>> {
  const rows = await db.selectFrom('account').select(['id', 'name']).execute();
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/**
 * A wanted name as it would be kept, for an account that is there or a new one.
 * @throws `access.name_taken`, `http.invalid_request`
 */
export async function freeName(db: Db, wanted: string, id: string | null): Promise<string> {
  const name = accountName(wanted);
  const holder = await db
    .selectFrom('account')
    .select('id')
    .where('name_key', '=', nameKey(name))
    .executeTakeFirst();
  if (holder && holder.id !== id) throw new ChartfoldError('access.name_taken');
  return name;
}

/** @throws `access.name_taken`, `access.account_not_found`, `http.invalid_request` */
export async function renameAccount(db: Db, id: string, wanted: string): Promise<Account> {
  const name = await freeName(db, wanted, id);
  await db
    .updateTable('account')
    .set({ name, name_key: nameKey(name) })
    .where('id', '=', id)
    .execute();
  return getAccount(db, id);
}

/**
 * Closes an account: its sessions, links and rights end, its name is free again. The last owner stays.
 * @throws `access.account_not_found`, `access.last_owner`, `access.last_manager`
 */
export async function closeAccount(db: Db, clock: Clock, id: string): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await refuseToClose(trx, clock, id);
    const now = isoTime(clock.now());
    await trx
      .updateTable('account')
      .set({ closed_at: now, name_key: `closed/${id}`, password: null })
      .where('id', '=', id)
      .execute();
    await trx
      .updateTable('record_right')
      .set({ revoked_at: now })
      .where('account_id', '=', id)
      .where('revoked_at', 'is', null)
      .execute();
    for (const table of ['session', 'sign_in_link', 'passkey', 'recovery_code'] as const)
      await trx.deleteFrom(table).where('account_id', '=', id).execute();
  });
}

/** @throws `access.account_not_found`, `access.last_owner`, `access.last_manager` where an account can't be closed */
export async function refuseToClose(db: Db, clock: Clock, id: string): Promise<void> {
  const account = await getAccount(db, id);
  const owners = (await listAccounts(db)).filter((one) => one.roles.includes('owner'));
  if (account.roles.includes('owner') && owners.length === 1)
    throw new ChartfoldError('access.last_owner');
  if ((await onlyManaged(db, clock, id)).length > 0)
    throw new ChartfoldError('access.last_manager');
}

/** An account as an actor, with the rights it has now. @throws `access.account_not_found` */
export async function actorOf(db: Db, clock: Clock, accountId: string, door: Door): Promise<Actor> {
  const account = await getAccount(db, accountId);
  return {
    door,
    account: { id: account.id, name: account.name },
    roles: account.roles,
    rights: await rightsOf(db, clock, accountId),
  };
}

/** The people whose records nobody but this account manages for good: these could be given to nobody any more. */
export async function onlyManaged(db: Db, clock: Clock, accountId: string): Promise<string[]> {
  const managed = (await rightsOf(db, clock, accountId)).filter((r) => r.level === 'manage');
  const alone = new Set<string>();
  for (const { personId } of managed) {
    const others = await db
      .selectFrom('record_right')
      .select('id')
      .where('person_id', '=', personId)
      .where('account_id', '!=', accountId)
      .where('level', '=', 'manage')
      .where('revoked_at', 'is', null)
      .where('expires_at', 'is', null)
      .executeTakeFirst();
    if (!others) alone.add(personId);
  }
  return [...alone];
}

function openAccounts(db: Db) {
  return db
    .selectFrom('account')
    .selectAll()
    .where('closed_at', 'is', null)
    .orderBy('created_at')
    .orderBy('id');
}

function readAccount(row: Selectable<Tables['account']>): Account {
  return {
    id: row.id,
    name: row.name,
    roles: allRoles.filter((role) => row.roles.split(' ').includes(role)),
    hasPassword: row.password !== null,
    createdAt: row.created_at,
  };
}
