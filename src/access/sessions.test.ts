// Proves sign-in by a link: once, for a quarter of an hour; and how long a session lasts, whose it is, how it ends.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../platform/db/db.ts';
import { type Account, createAccount, ensureOwner } from './accounts.ts';
import {
  endSession,
  endSessions,
  isRecent,
  newLink,
  sessionOf,
  sessionsOf,
  signInByLink,
} from './sessions.ts';
import { DAY, MINUTE, stranger, testStore } from './test-store.ts';

let store: Store;
let clock: Awaited<ReturnType<typeof testStore>>['clock'];
let owner: Account;
beforeEach(async () => {
  ({ store, clock } = await testStore());
  owner = await ensureOwner(store.db, clock);
});
afterEach(() => store.close());

const invalid = { code: 'access.link_invalid' };
const link = () => newLink(store.db, clock, owner.id);
const follow = (secret: string, visitor = stranger) =>
  signInByLink(store.db, clock, secret, visitor);
const signIn = async () => (await follow(await link())).token;
const live = (token: string | undefined) => sessionOf(store.db, clock, token);

describe('a link', () => {
  it('is exchanged once for a session of its account', async () => {
    const secret = await link();
    const { token, accountId } = await follow(secret);
    expect(accountId).toBe(owner.id);
    expect(await live(token)).toMatchObject({ accountId: owner.id, how: 'link' });
    await expect(follow(secret)).rejects.toMatchObject(invalid);
  });

  it('followed twice at once signs in one of the two', async () => {
    const secret = await link();
    const both = await Promise.allSettled([follow(secret), follow(secret)]);
    expect(both.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('is good for 15 minutes', async () => {
    const [one, other] = [await link(), await link()];
    clock.at += 15 * MINUTE;
    expect(await live((await follow(one)).token)).not.toBeNull();
    clock.at += 1;
    await expect(follow(other)).rejects.toMatchObject(invalid);
  });

  it('of an invitation is good for a week', async () => {
    const secret = await newLink(store.db, clock, owner.id, 'invitation');
    clock.at += 7 * DAY;
    expect(await follow(secret)).toMatchObject({ accountId: owner.id });
  });

  it('does not end another', async () => {
    const first = await link();
    await link();
    expect((await follow(first)).token).toMatch(/^[\w-]{43}$/);
  });

  it.each(['', 'wrong', 'x'.repeat(43)])('that was never made is refused: “%s”', async (secret) => {
    await link();
    await expect(follow(secret)).rejects.toMatchObject(invalid);
  });

  it('is kept by its hash alone, and so is a session', async () => {
    const secret = await link();
    const { token } = await follow(secret);
    const kept = JSON.stringify([
      await store.db.selectFrom('sign_in_link').selectAll().execute(),
      await store.db.selectFrom('session').selectAll().execute(),
    ]);
    expect(kept).not.toContain(secret);
    expect(kept).not.toContain(token);
  });

  it('that is right is taken, however many wrong ones came before it from the same address', async () => {
    const secret = await link();
    for (let tries = 0; tries < 10; tries += 1)
      await expect(follow('wrong')).rejects.toMatchObject(invalid);
    await expect(follow('wrong')).rejects.toMatchObject({ code: 'access.too_many_attempts' });
    expect((await follow(secret)).token).toBeTruthy();
  });
});

describe('a session', () => {
  it('lasts 30 days from its last use', async () => {
    const token = await signIn();
    for (let used = 0; used < 3; used += 1) {
      clock.at += 29 * DAY;
      expect(await live(token)).not.toBeNull();
    }
    clock.at += 30 * DAY + 1;
    expect(await live(token)).toBeNull();
  });

  it('is nobody’s without its token', async () => {
    await signIn();
    for (const token of [undefined, '', 'x', 'x'.repeat(43)]) expect(await live(token)).toBeNull();
  });

  it('counts as recent for 15 minutes from the sign-in, whatever it is used for', async () => {
    const token = await signIn();
    const recent = async () => {
      const session = await live(token);
      return session !== null && isRecent(session, clock);
    };
    clock.at += 15 * MINUTE;
    expect(await recent()).toBe(true);
    clock.at += 1;
    expect(await recent()).toBe(false);
  });

  it('is listed with its device, and ended by its account alone', async () => {
    const [one, other] = [await signIn(), await signIn()];
    const [session] = await sessionsOf(store.db, clock, owner.id);
    expect(session).toMatchObject({ device: 'Firefox, Linux', address: '192.0.2.1' });
    const child = await createAccount(store.db, clock, { name: 'Child' });
    const id = (await live(one))?.id ?? '';
    await expect(endSession(store.db, child.id, id)).rejects.toMatchObject({
      code: 'access.session_not_found',
    });
    await endSession(store.db, owner.id, id);
    expect([await live(one), await live(other)]).toEqual([null, expect.anything()]);
  });

  it('may end all others', async () => {
    const [one, other] = [await signIn(), await signIn()];
    const mine = (await live(one))?.id ?? '';
    expect(await endSessions(store.db, owner.id, mine)).toBe(1);
    expect([await live(one), await live(other)]).toEqual([expect.anything(), null]);
  });
});
