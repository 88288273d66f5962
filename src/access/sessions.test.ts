// Proves sign-in by a printed link: once, for a quarter of an hour, with few tries; and how long a session lasts.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import type { Store } from '../platform/db/db.ts';
import { openStore } from '../platform/db/sqlite/open.ts';
import { sessionMigrations } from './session-tables.ts';
import { createSessions, type Sessions } from './sessions.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

let store: Store;
let sessions: Sessions;
let now: number;
beforeEach(async () => {
  now = Date.UTC(2026, 10, 21, 12);
  store = await openStore({
    file: ':memory:',
    keyHex: '11'.repeat(32),
    migrations: sessionMigrations,
  });
  sessions = createSessions(store.db, { ...systemClock, now: () => now });
});
afterEach(() => store.close());

const invalid = { code: 'access.link_invalid' };
const signIn = async () => sessions.signIn(await sessions.newLink(), 'here');

describe('a link', () => {
  it('is exchanged once for a session', async () => {
    const secret = await sessions.newLink();
    const token = await sessions.signIn(secret, 'here');
    expect(await sessions.isSignedIn(token)).toBe(true);
    await expect(sessions.signIn(secret, 'here')).rejects.toMatchObject(invalid);
  });

  it('followed twice at once signs in one of the two', async () => {
    const secret = await sessions.newLink();
    const both = await Promise.allSettled([
      sessions.signIn(secret, 'here'),
      sessions.signIn(secret, 'there'),
    ]);
    expect(both.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('is good for 15 minutes', async () => {
    const [one, other] = [await sessions.newLink(), await sessions.newLink()];
    now += 15 * MINUTE;
    expect(await sessions.isSignedIn(await sessions.signIn(one, 'here'))).toBe(true);
    now += 1;
    await expect(sessions.signIn(other, 'here')).rejects.toMatchObject(invalid);
  });

  it('does not end another', async () => {
    const first = await sessions.newLink();
    await sessions.newLink();
    expect(await sessions.signIn(first, 'here')).toMatch(/^[\w-]{43}$/);
  });

  it.each(['', 'wrong', 'x'.repeat(43)])('that was never made is refused: “%s”', async (secret) => {
    await sessions.newLink();
    await expect(sessions.signIn(secret, 'here')).rejects.toMatchObject(invalid);
  });

  it('is kept by its hash alone, and so is a session', async () => {
    const secret = await sessions.newLink();
    const token = await sessions.signIn(secret, 'here');
    const kept = JSON.stringify([
      await store.db.selectFrom('sign_in_link').selectAll().execute(),
      await store.db.selectFrom('session').selectAll().execute(),
    ]);
    expect(kept).not.toContain(secret);
    expect(kept).not.toContain(token);
  });
});

describe('tries', () => {
  it('are limited to ten a minute from one address, the right one included', async () => {
    const secret = await sessions.newLink();
    for (let tries = 0; tries < 10; tries += 1)
      await expect(sessions.signIn('wrong', 'here')).rejects.toMatchObject(invalid);
    const tooMany = { code: 'access.too_many_attempts' };
    await expect(sessions.signIn(secret, 'here')).rejects.toMatchObject(tooMany);
    expect(await sessions.signIn(secret, 'elsewhere')).toBeTruthy();
    now += MINUTE;
    expect(await sessions.signIn(await sessions.newLink(), 'here')).toBeTruthy();
  });

  it('that succeed are forgotten', async () => {
    for (let tries = 0; tries < 25; tries += 1) expect(await signIn()).toBeTruthy();
  });
});

describe('a session', () => {
  it('lasts 30 days from its last use', async () => {
    const token = await signIn();
    for (let used = 0; used < 3; used += 1) {
      now += 29 * DAY;
      expect(await sessions.isSignedIn(token)).toBe(true);
    }
    now += 30 * DAY + 1;
    expect(await sessions.isSignedIn(token)).toBe(false);
  });

  it('ends when the person signs out, and others go on', async () => {
    const [one, other] = [await signIn(), await signIn()];
    await sessions.signOut(one);
    await sessions.signOut(undefined);
    expect(await sessions.isSignedIn(one)).toBe(false);
    expect(await sessions.isSignedIn(other)).toBe(true);
  });

  it('is nobody’s without its token', async () => {
    await signIn();
    for (const token of [undefined, '', 'x', 'x'.repeat(43)])
      expect(await sessions.isSignedIn(token)).toBe(false);
  });
});
