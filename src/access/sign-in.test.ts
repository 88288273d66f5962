// Proves sign-in by password and recovery code: what is kept, what is refused, and that guessing gets slow for the
// guesser and not for the holder.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../platform/db/db.ts';
import { type Account, createAccount } from './accounts.ts';
import { sessionOf } from './sessions.ts';
import {
  newRecoveryCodes,
  recoveryCodesLeft,
  rememberDevice,
  setPassword,
  signInByPassword,
  signInByRecoveryCode,
} from './sign-in.ts';
import { MINUTE, stranger, testStore } from './test-store.ts';

const PASSWORD = 'four brown owls at noon';
const failed = { code: 'access.sign_in_failed' };
const tooMany = { code: 'access.too_many_attempts' };

let store: Store;
let clock: Awaited<ReturnType<typeof testStore>>['clock'];
let nora: Account;
beforeEach(async () => {
  ({ store, clock } = await testStore());
  nora = await createAccount(store.db, clock, { name: 'Nora' });
});
afterEach(() => store.close());

const enter = (password: string, name = 'Nora', visitor = stranger) =>
  signInByPassword(store.db, clock, { name, password }, visitor);

/** Guesses from one address after the other, as a crowd of machines would. */
/** Guesses from one address at as many names, by codes: these cost no time. */
async function guessCodes(times: number): Promise<void> {
  for (let n = 0; n < times; n += 1)
    await expect(
      signInByRecoveryCode(store.db, clock, { name: `Name ${n}`, code: 'AAAA' }, stranger),
    ).rejects.toMatchObject({ code: expect.any(String) });
}

async function guess(times: number, name = 'Nora'): Promise<unknown[]> {
  const answers = [];
  for (let n = 0; n < times; n += 1) {
    const from = { ...stranger, address: `198.51.100.${n}` };
    answers.push(await enter('not this one, surely', name, from).catch((error) => error));
  }
  return answers;
}

describe('a password', () => {
  it('signs in to its account', async () => {
    await setPassword(store.db, nora.id, PASSWORD);
    const { token } = await enter(PASSWORD, ' NORA ');
    expect(await sessionOf(store.db, clock, token)).toMatchObject({
      accountId: nora.id,
      how: 'password',
    });
  });

  it('is kept as Argon2id with a salt of its own', async () => {
    await setPassword(store.db, nora.id, PASSWORD);
    const kept = () => store.db.selectFrom('account').select('password').executeTakeFirstOrThrow();
    const first = await kept();
    expect(first.password).toMatch(/^\$argon2id\$v=19\$m=65536,t=3,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
    await setPassword(store.db, nora.id, PASSWORD);
    expect(await kept()).not.toEqual(first);
  });

  it('is the same however the keyboard composes its letters', async () => {
    await setPassword(store.db, nora.id, 'fünf blaue Vögel');
    expect(await enter('fu\u0308nf blaue Vo\u0308gel')).toMatchObject({ accountId: nora.id });
  });

  it('of as many characters as it may have opens the account, whichever characters they are', async () => {
    const longest = '🦉🌙🐝🍏🧭🪁🎻🚲'.repeat(32);
    await setPassword(store.db, nora.id, longest);
    expect(await enter(longest)).toMatchObject({ accountId: nora.id });
    await expect(enter(longest.slice(0, -2))).rejects.toMatchObject(failed);
  });

  it('that is wrong, a name that is none and an account without one answer alike', async () => {
    await createAccount(store.db, clock, { name: 'Without' });
    await setPassword(store.db, nora.id, PASSWORD);
    for (const name of ['Nora', 'Nobody', 'Without'])
      await expect(enter('not this one, surely', name)).rejects.toMatchObject(failed);
  });

  it.each([
    'short',
    'aaaaaaaaaaaaaaaa',
    'password1234',
    'Password123456!',
    'qwertyuiop12',
    '123456789012',
    'abcdefghijklm',
    'nora nora nora 1',
    'chartfold2026',
    'x'.repeat(257),
  ])('that is easy to guess is refused: %s', async (password) => {
    await expect(setPassword(store.db, nora.id, password)).rejects.toMatchObject({
      code: 'access.weak_password',
      detail: expect.any(String),
    });
  });

  it.each([
    PASSWORD,
    'Tr4-Kx9_pQz2!',
    'fünf blaue Vögel',
    'correct horse battery',
    'ペンギンが三羽で歌う夜明け',
  ])('that is long or random is taken: %s', async (password) => {
    await setPassword(store.db, nora.id, password);
    expect(await enter(password)).toMatchObject({ accountId: nora.id });
  });
});

describe('guessing', () => {
  it('is slowed after ten tries at an account, from wherever they come', async () => {
    await setPassword(store.db, nora.id, PASSWORD);
    const answers = await guess(12);
    expect(answers.slice(0, 10)).toEqual(Array(10).fill(expect.objectContaining(failed)));
    expect(answers.slice(10)).toEqual(Array(2).fill(expect.objectContaining(tooMany)));
    clock.at += MINUTE;
    await expect(enter('another wrong one')).rejects.toMatchObject(failed);
    await expect(enter('another wrong one')).rejects.toMatchObject(tooMany);
  });

  it('at once gets no further than one after another', async () => {
    await setPassword(store.db, nora.id, PASSWORD);
    const answers = await Promise.allSettled(
      Array.from({ length: 20 }, (_, n) =>
        enter('not this one, surely', 'Nora', { ...stranger, address: `203.0.113.${n}` }),
      ),
    );
    const codes = answers.map((one) => (one as PromiseRejectedResult).reason.code);
    expect(codes.filter((code) => code === failed.code)).toHaveLength(10);
  });

  it('does not lock out a browser that has signed in before', async () => {
    await setPassword(store.db, nora.id, PASSWORD);
    await enter(PASSWORD);
    const deviceKey = await rememberDevice(store.db, clock, nora.id, null);
    await guess(12);
    const own = { ...stranger, address: '192.0.2.9', deviceKey };
    expect(await enter(PASSWORD, 'Nora', own)).toMatchObject({ accountId: nora.id });
    await expect(enter(PASSWORD)).rejects.toMatchObject(tooMany);
  });

  it('by others at the same address does not hold up a browser that has signed in before [CWE-645]', async () => {
    await setPassword(store.db, nora.id, PASSWORD);
    const deviceKey = await rememberDevice(store.db, clock, nora.id, null);
    await guessCodes(31);
    await expect(enter(PASSWORD)).rejects.toMatchObject(tooMany);
    expect(await enter(PASSWORD, 'Nora', { ...stranger, deviceKey })).toMatchObject({
      accountId: nora.id,
    });
  });

  it('at others’ names is not forgiven to an address by signing in to one’s own [CWE-307]', async () => {
    await setPassword(store.db, nora.id, PASSWORD);
    await guessCodes(29);
    await enter(PASSWORD);
    await expect(enter('not this one', 'Name 30')).rejects.toMatchObject(tooMany);
  });

  it('that is slowed is told how long', async () => {
    const answers = await guess(11);
    expect(answers.at(-1)).toMatchObject({
      ...tooMany,
      retryAfterS: 60,
      detail: 'again in 60 seconds',
    });
  });

  it('at a name that is none is slowed alike, so that it tells nothing', async () => {
    const codes = (await guess(12, 'Nobody')).map((error) => (error as { code: string }).code);
    expect(codes).toEqual([...Array(10).fill(failed.code), tooMany.code, tooMany.code]);
  });

  it('at many accounts from one address is slowed too', async () => {
    const codes = new Set<string>();
    for (let n = 0; n < 31; n += 1)
      codes.add(await enter('not this one', `Name ${n}`).catch((error) => error.code));
    expect(codes).toEqual(new Set([failed.code, tooMany.code]));
  });
});

describe('a recovery code', () => {
  const use = (code: string, name = 'Nora') =>
    signInByRecoveryCode(store.db, clock, { name, code }, stranger);

  it('signs in once, however it is typed', async () => {
    const [code = ''] = await newRecoveryCodes(store.db, nora.id);
    expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/);
    const typed = code.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l');
    expect(await use(typed)).toMatchObject({ accountId: nora.id });
    await expect(use(code)).rejects.toMatchObject(failed);
    expect(await recoveryCodesLeft(store.db, nora.id)).toBe(9);
  });

  it('belongs to its account, and ends when new ones are made', async () => {
    await createAccount(store.db, clock, { name: 'Bo' });
    const [one = ''] = await newRecoveryCodes(store.db, nora.id);
    await expect(use(one, 'Bo')).rejects.toMatchObject(failed);
    await newRecoveryCodes(store.db, nora.id);
    await expect(use(one)).rejects.toMatchObject(failed);
  });

  it('is kept by its hash alone', async () => {
    const codes = await newRecoveryCodes(store.db, nora.id);
    const kept = JSON.stringify(await store.db.selectFrom('recovery_code').selectAll().execute());
    for (const code of codes) expect(kept).not.toContain(code);
  });
});
