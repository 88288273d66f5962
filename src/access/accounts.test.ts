// Proves accounts and rights: what is given ends when it should, and nobody can lock everyone out of a record.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../platform/db/db.ts';
import {
  accountNamed,
  actorOf,
  closeAccount,
  createAccount,
  ensureOwner,
  getAccount,
  listAccounts,
  renameAccount,
} from './accounts.ts';
import { createPerson } from './people.ts';
import { allowOn } from './policy.ts';
import { giveRight, revokeRight, rightsOf, rightsOn } from './rights.ts';
import { newLink, sessionOf, signInByLink } from './sessions.ts';
import { MINUTE, stranger, testStore } from './test-store.ts';

let store: Store;
let clock: Awaited<ReturnType<typeof testStore>>['clock'];
beforeEach(async () => {
  ({ store, clock } = await testStore());
});
afterEach(() => store.close());

const account = (name: string) => createAccount(store.db, clock, { name });
const person = (name: string) => createPerson(store.db, { name, by: null, now: clock.now() });
const give = (accountId: string, personId: string, more = {}) =>
  giveRight(store.db, clock.now(), { accountId, personId, level: 'read', givenBy: null, ...more });

describe('the owner', () => {
  it('is made once, and manages the records that were there before', async () => {
    const { id } = await person('Ada');
    const owner = await ensureOwner(store.db, clock);
    expect(await ensureOwner(store.db, clock)).toEqual(owner);
    expect(await rightsOf(store.db, clock, owner.id)).toMatchObject([
      { personId: id, level: 'manage', kinds: null },
    ]);
  });

  it('has no right on a record that somebody else brings', async () => {
    const owner = await ensureOwner(store.db, clock);
    const guest = await account('Guest');
    await createPerson(store.db, { name: 'Bo', by: guest.id, now: clock.now() });
    expect(await rightsOf(store.db, clock, owner.id)).toEqual([]);
    expect(await rightsOf(store.db, clock, guest.id)).toMatchObject([{ level: 'manage' }]);
  });

  it('manages what is brought at the terminal', async () => {
    const owner = await ensureOwner(store.db, clock);
    const { id } = await person('Bo');
    expect(await rightsOf(store.db, clock, owner.id)).toMatchObject([{ personId: id }]);
  });

  it('who is the only one can’t be closed', async () => {
    const owner = await ensureOwner(store.db, clock);
    await expect(closeAccount(store.db, clock, owner.id)).rejects.toMatchObject({
      code: 'access.last_owner',
    });
  });
});

describe('names', () => {
  it.each([
    ['Nora', 'nora'],
    ['Nora Lind', '  NORA   LIND '],
    ['Åsa', 'A\u030asa'],
    ['Nora', 'Ｎora'],
  ])('that look alike are one: %s and %s', async (one, other) => {
    const made = await account(one);
    expect(await accountNamed(store.db, other)).toEqual(made);
    await expect(account(other)).rejects.toMatchObject({ code: 'access.name_taken' });
  });

  it.each(['', '   ', 'a\u0000b', 'ab\u202Ecd', 'a\u200Bb', 'x'.repeat(101)])(
    'that can’t be read are refused: %j',
    async (name) => {
      await expect(account(name)).rejects.toMatchObject({ code: 'http.invalid_request' });
    },
  );

  it('can be changed, but not to one that is taken', async () => {
    const [one] = [await account('One'), await account('Two')];
    expect(await renameAccount(store.db, one.id, 'Uno')).toMatchObject({ name: 'Uno' });
    await expect(renameAccount(store.db, one.id, 'two')).rejects.toMatchObject({
      code: 'access.name_taken',
    });
  });
});

describe('a right', () => {
  it('ends by itself', async () => {
    const [{ id: who }, { id: whose }] = [await account('Bo'), await person('Ada')];
    await give(who, whose, { expiresAt: clock.now() + MINUTE });
    const sight = async () =>
      allowOn(await actorOf(store.db, clock, who, 'app'), 'record.read', whose);
    expect(await sight()).toBe('all');
    clock.at += MINUTE;
    await expect(sight()).rejects.toMatchObject({ code: 'person.not_found' });
    expect(await rightsOn(store.db, clock, whose)).toEqual([]);
  });

  it('that is taken back ends at once, and only by way of its own record', async () => {
    const [{ id: who }, { id: whose }, other] = [
      await account('Bo'),
      await person('Ada'),
      await person('Eve'),
    ];
    const { id } = await give(who, whose);
    await expect(revokeRight(store.db, clock, other.id, id, null)).rejects.toMatchObject({
      code: 'access.right_not_found',
    });
    await revokeRight(store.db, clock, whose, id, null);
    expect(await rightsOf(store.db, clock, who)).toEqual([]);
  });

  it('to manage a record for good is never the last to be taken', async () => {
    const [one, two, { id: whose }] = [await account('A'), await account('B'), await person('C')];
    const first = await give(one.id, whose, { level: 'manage' });
    await give(two.id, whose, { level: 'manage', expiresAt: clock.now() + MINUTE });
    const last = { code: 'access.last_manager' };
    await expect(revokeRight(store.db, clock, whose, first.id, null)).rejects.toMatchObject(last);
    await expect(closeAccount(store.db, clock, one.id)).rejects.toMatchObject(last);
    await give(two.id, whose, { level: 'manage' });
    await revokeRight(store.db, clock, whose, first.id, null);
    expect(await rightsOn(store.db, clock, whose)).toHaveLength(2);
  });

  it.each([
    ['no kind', { kinds: [] }],
    ['an end that has passed', { expiresAt: 0 }],
    ['managing some kinds alone', { level: 'manage', kinds: ['result'] }],
    ['a kind that is two', { kinds: ['result visit'] }],
  ])('to %s is refused', async (_what, more) => {
    const [{ id: who }, { id: whose }] = [await account('Bo'), await person('Ada')];
    await expect(give(who, whose, more)).rejects.toMatchObject({ code: 'http.invalid_request' });
  });
});

describe('whoever manages a record until a day', () => {
  const DAY_AWAY = 24 * 60 * MINUTE;
  const manage = (accountId: string, personId: string, givenBy: string | null, ms: number | null) =>
    give(accountId, personId, {
      level: 'manage',
      givenBy,
      expiresAt: ms === null ? null : clock.now() + ms,
    });

  it('gives no right that outlasts their own, to nobody and not to themselves', async () => {
    const [mum, sitter, other] = [await account('Mum'), await account('Sit'), await account('X')];
    const { id: child } = await createPerson(store.db, { name: 'C', by: mum.id, now: clock.now() });
    await manage(sitter.id, child, mum.id, DAY_AWAY);
    const outlasts = { code: 'access.right_outlasts' };
    for (const to of [sitter.id, other.id])
      for (const ms of [null, DAY_AWAY + 1])
        await expect(manage(to, child, sitter.id, ms)).rejects.toMatchObject(outlasts);
    await manage(other.id, child, sitter.id, DAY_AWAY);
    await give(other.id, child, { givenBy: sitter.id, expiresAt: clock.now() + MINUTE });
    await expect(give(other.id, child, { givenBy: sitter.id })).rejects.toMatchObject(outlasts);
  });

  it('takes no right to manage it for good away', async () => {
    const [mum, dad, sitter] = [await account('Mum'), await account('Dad'), await account('Sit')];
    const { id: child } = await createPerson(store.db, { name: 'C', by: mum.id, now: clock.now() });
    const dads = await manage(dad.id, child, mum.id, null);
    await manage(sitter.id, child, mum.id, DAY_AWAY);
    const refused = { code: 'access.not_allowed' };
    await expect(revokeRight(store.db, clock, child, dads.id, sitter.id)).rejects.toMatchObject(
      refused,
    );
    await revokeRight(store.db, clock, child, dads.id, mum.id);
  });

  it.each(['read', 'none'] as const)('or has a right to %s gives nothing', async (level) => {
    const [one, two, { id: whose }] = [await account('A'), await account('B'), await person('C')];
    if (level === 'read') await give(one.id, whose);
    await expect(give(two.id, whose, { givenBy: one.id })).rejects.toMatchObject({
      code: 'access.not_allowed',
    });
  });
});

describe('an account that is closed', () => {
  it('has no session, no right and no name any more', async () => {
    await ensureOwner(store.db, clock);
    const [{ id }, { id: whose }] = [await account('Bo'), await person('Ada')];
    await give(id, whose);
    const secret = await newLink(store.db, clock, id);
    const { token } = await signInByLink(store.db, clock, secret, stranger);
    const unused = await newLink(store.db, clock, id);
    await closeAccount(store.db, clock, id);
    expect(await sessionOf(store.db, clock, token)).toBeNull();
    const holders = (await rightsOn(store.db, clock, whose)).map((one) => one.accountId);
    expect(holders).not.toContain(id);
    expect((await listAccounts(store.db)).map((one) => one.name)).toEqual(['Owner']);
    await expect(getAccount(store.db, id)).rejects.toMatchObject({
      code: 'access.account_not_found',
    });
    await expect(signInByLink(store.db, clock, unused, stranger)).rejects.toMatchObject({
      code: 'access.link_invalid',
    });
    expect((await account('bo')).id).not.toBe(id);
  });
});
