// Proves that each state of a connection has its sentence, and that cards stand in order.

import { describe, expect, it } from 'vitest';
import type { Connection, ConnectionState } from '../../../http/contract.ts';
import { inOrder, leadsNowhere, receiptWords, stateWords } from './state-words.ts';

process.env.TZ = 'America/New_York';
const now = new Date('2026-11-19T15:00:00Z');
const since = '2026-10-29T12:00:00.000Z';

function connection(state: ConnectionState, over: Partial<Connection> = {}): Connection {
  return {
    id: 'c1',
    personId: 'p1',
    personName: 'Elena Marsh',
    portal: 'portal',
    portalName: 'Portal',
    environment: 'production',
    clinicName: 'Harbor Family Medicine',
    town: null,
    mark: 'circle',
    sample: false,
    signInWaits: false,
    records: 214,
    createdAt: since,
    state,
    lastReceipt: null,
    schedule: { every: null, quiet: null, defaultHours: 24, renews: true },
    nextSyncAt: null,
    signInBy: null,
    clinicNote: null,
    signOut: null,
    note: null,
    ...over,
  };
}
const summary = (fresh: number, changed: number, newFiles = 0) => ({
  id: 'r1',
  finishedAt: '2026-11-19T11:02:00.000Z',
  asked: 31,
  answeredInFull: 29,
  new: fresh,
  newFiles,
  changed,
  gone: 0,
});

describe('the words of a state', () => {
  it('say that what was received stays when access is lost', () => {
    const words = stateWords(
      connection({
        kind: 'sign-in-again',
        code: 'x',
        sentence: 'It has ended.',
        since,
        words: null,
      }),
      now,
    );
    expect(words.sentence).toBe('It has ended. Your 214 records stay here.');
    expect(words.tone).toBe('amber');
  });

  it('say that a sync which waits begins by itself', () => {
    const words = stateWords(connection({ kind: 'waiting' }), now);
    expect(words.title).toBe('Waiting to sync');
    expect(words.sentence).toBe('It begins by itself when its turn comes. 214 records so far.');
  });

  it('do not speak of kept records where there are none', () => {
    const failed = {
      kind: 'failed',
      code: 'x',
      sentence: 'Denied.',
      act: 'person',
      since,
      words: null,
    } as const;
    expect(stateWords(connection(failed, { records: 0 }), now).sentence).toBe('Denied.');
  });

  it('say that nothing is stored before the patient is confirmed', () => {
    const words = stateWords(
      connection({
        kind: 'confirm',
        patient: { name: 'Elena Marsh', birthDate: null, gender: null },
        into: null,
        people: [],
        scopesMissing: [],
      }),
      now,
    );
    expect(words.sentence).toBe(
      'The portal gave the name Elena Marsh, birth date not given. Nothing is stored until you say yes.',
    );
  });

  it('say what the last sync brought', () => {
    const ready = (fresh: number, changed: number, files = 0) =>
      stateWords(
        connection(
          { kind: 'ready', code: null, trouble: null },
          { lastReceipt: summary(fresh, changed, files) },
        ),
        now,
      ).sentence;
    expect(ready(0, 0)).toBe('214 records. Nothing new at the last sync.');
    expect(ready(39, 2)).toBe('214 records. 39 new and 2 changed at the last sync.');
    expect(ready(39, 0)).toBe('214 records. 39 new at the last sync.');
    expect(ready(214, 0)).toBe('214 records.');
    // Files are of records, and no records.
    expect(ready(214, 0, 12)).toBe('214 records.');
    expect(ready(39, 2, 1)).toBe('214 records. 39 new and 2 changed, and 1 file at the last sync.');
    expect(ready(0, 0, 12)).toBe('214 records. Nothing new but 12 files at the last sync.');
  });

  it.each([
    ['connection.withdrawn', 'No longer allowed by the clinic'],
    ['connection.clinic_api_off', 'Not switched on by the clinic'],
    ['smart.wrong_client', 'The operator must mend this'],
    ['smart.access_expired', 'Sign in again'],
    ['toString', 'Sign in again'],
  ])('call access that was lost by %s “%s”', (code, title) => {
    const lost = { kind: 'sign-in-again', code, sentence: 'Why.', since, words: null } as const;
    expect(stateWords(connection(lost), now)).toMatchObject({ title, tone: 'amber' });
  });

  it.each([
    ['connection.simulator_off', 'The simulator is off', true],
    ['connection.portal_off', 'This portal is switched off here', true],
    ['smart.authorization_refused', 'The operator must mend this', false],
    ['net.unreachable', 'The last sign-in did not succeed', false],
  ])('call what failed by %s “%s”', (code, title, nowhere) => {
    const c = connection({
      kind: 'failed',
      code,
      sentence: 'Why.',
      act: 'operator',
      since,
      words: null,
    });
    expect(stateWords(c, now)).toMatchObject({ title, tone: 'red' });
    expect(leadsNowhere(c)).toBe(nowhere);
  });

  it('say that a portal that is down is, and not that one is connected', () => {
    const trouble = 'It could not be reached.';
    const down = connection({ kind: 'ready', code: 'connection.vendor_down', trouble });
    expect(stateWords(down, now)).toEqual({
      title: 'The portal does not answer',
      sentence: trouble,
      tone: 'amber',
    });
  });

  it('say when it was ended, and by whom', () => {
    expect(
      stateWords(connection({ kind: 'disconnected', since, trouble: null }), now).sentence,
    ).toBe('You ended this Oct 29. Your 214 records stay here.');
  });
});

describe('trouble', () => {
  it('with the end of a connection is said after the end itself', () => {
    const trouble = 'The portal could not be told.';
    const words = stateWords(connection({ kind: 'disconnected', since, trouble }), now);
    expect(words.sentence).toBe(`You ended this Oct 29. Your 214 records stay here. ${trouble}`);
    expect(words.tone).toBe('amber');
  });

  it('with the last sign-in is said where the connection goes on', () => {
    const trouble = 'You did not allow access.';
    expect(stateWords(connection({ kind: 'ready', code: null, trouble }), now).sentence).toBe(
      `The last sign-in did not succeed, and nothing changed here. ${trouble}`,
    );
  });
});

describe('the receipt on a card', () => {
  it('says how many questions were answered', () => {
    const c = connection(
      { kind: 'ready', code: null, trouble: null },
      { lastReceipt: summary(0, 0) },
    );
    expect(receiptWords(c, now)).toMatch(/^Receipt today, .+, 29 of 31 answered$/);
  });

  it('is not there before the first sync', () => {
    expect(receiptWords(connection({ kind: 'ready', code: null, trouble: null }), now)).toBeNull();
  });
});

describe('the order of the cards', () => {
  it('is what moves, what needs the person, what works, what has ended', () => {
    const ids = inOrder([
      connection({ kind: 'disconnected', since, trouble: null }, { id: 'ended' }),
      connection(
        { kind: 'ready', code: null, trouble: null },
        { id: 'younger', createdAt: '2026-11-02T00:00:00Z' },
      ),
      connection(
        { kind: 'ready', code: null, trouble: null },
        { id: 'older', createdAt: '2026-11-01T00:00:00Z' },
      ),
      connection(
        { kind: 'sign-in-again', code: 'x', sentence: '', since, words: null },
        { id: 'needs' },
      ),
      connection({ kind: 'authorising', since }, { id: 'moves' }),
    ]).map((c) => c.id);
    expect(ids).toEqual(['moves', 'needs', 'older', 'younger', 'ended']);
  });
});
