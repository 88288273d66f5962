// Proves what is said of the next sync and of a sign-in that is needed soon.

import { describe, expect, it } from 'vitest';
import type { Connection } from '../../../http/contract.ts';
import { everyWords, nextSyncWords, signInByWords } from './schedule-words.ts';

process.env.TZ = 'America/New_York';
const now = new Date('2026-11-19T15:00:00Z');
const one = (over: Partial<Connection>) =>
  ({
    state: { kind: 'ready', code: null, trouble: null },
    schedule: { every: null, quiet: null, defaultHours: 24, renews: true },
    nextSyncAt: null,
    signInBy: null,
    ...over,
  }) as Connection;

describe('the words about the next sync', () => {
  it.each([
    ['2026-11-19T15:00:10.000Z', 'Next sync in a moment.'],
    ['2026-11-19T15:14:00.000Z', 'Next sync 14 minutes from now.'],
    ['2026-11-19T23:10:00.000Z', 'Next sync today, about 6 PM.'],
    ['2026-11-20T08:10:00.000Z', 'Next sync tomorrow, about 3 AM.'],
    ['2026-11-20T04:50:00.000Z', 'Next sync tomorrow, about 12 AM.'],
    ['2026-11-25T08:10:00.000Z', 'Next sync about Wed, Nov 25.'],
  ])('for %s are: %s', (nextSyncAt, words) => {
    expect(nextSyncWords(one({ nextSyncAt }), now)).toBe(words);
  });

  it('say why there is none', () => {
    expect(nextSyncWords(one({}), now)).toBe('It does not sync by itself.');
    const schedule = { every: null, quiet: null, defaultHours: 24, renews: false };
    expect(nextSyncWords(one({ schedule }), now)).toContain('needs a sign-in for every sync');
    expect(nextSyncWords(one({ state: { kind: 'waiting' } }), now)).toBeNull();
  });

  it('name how often a portal is asked by default', () => {
    expect([24, 168, 72].map(everyWords)).toEqual(['Every day', 'Every week', 'Every 3 days']);
  });
});

describe('a sign-in that is needed soon', () => {
  it('is announced from two weeks before its day until then', () => {
    const said = (signInBy: string) => signInByWords(one({ signInBy }), now);
    expect(said('2026-12-04T15:00:00.000Z')).toBeNull();
    expect(said('2026-12-03T12:00:00.000Z')).toContain('Sign in again by December 3, 2026');
    expect(said('2026-11-19T14:00:00.000Z')).toBeNull();
  });

  it('is not announced where one has to sign in already', () => {
    const state = {
      kind: 'sign-in-again',
      code: 'x',
      sentence: 'x',
      since: '',
      words: null,
    } as const;
    expect(signInByWords(one({ state, signInBy: '2026-11-20T12:00:00.000Z' }), now)).toBeNull();
  });
});
