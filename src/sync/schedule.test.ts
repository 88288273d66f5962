// Proves when a connection is due: for any past, hours and zone, clocks that are put forward and back included.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hoursOf, isQuiet, isZone, nextDue, type ScheduleFacts } from './schedule.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NIGHT = { from: '22:00', to: '06:00', zone: 'America/New_York' };
const at = (text: string) => Date.parse(text);
const facts = (over: Partial<ScheduleFacts> = {}): ScheduleFacts => ({
  id: 'a connection',
  everyHours: 24,
  since: at('2026-11-20T12:00:00Z'),
  troubles: 0,
  quiet: null,
  ...over,
});

const time = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
  .map((parts) => parts.map((part) => String(part).padStart(2, '0')).join(':'));
const zone = fc.constantFrom(
  'America/New_York',
  'Europe/Berlin',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'America/St_Johns',
  'Pacific/Apia',
  'UTC',
);
const quiet = fc.record({ from: time, to: time, zone });
const moment = fc.integer({ min: at('2024-01-01T00:00:00Z'), max: at('2030-01-01T00:00:00Z') });
const anyFacts = fc.record({
  id: fc.string({ minLength: 1 }),
  everyHours: fc.constantFrom(24, 7 * 24, 30 * 24),
  since: moment,
  troubles: fc.integer({ min: 0, max: 9 }),
  quiet: fc.option(quiet),
});

describe('the next sync', () => {
  it('never begins in quiet hours, whatever the zone and its changes of clocks', () => {
    fc.assert(
      fc.property(anyFacts, moment, (one, now) => {
        const due = nextDue(one, now);
        expect(due !== null && isQuiet(due, one.quiet)).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });

  it('never begins before its interval less a tenth, and without quiet hours not a tenth after it', () => {
    fc.assert(
      fc.property(anyFacts, (one) => {
        const calm = { ...one, troubles: 0 };
        const interval = calm.everyHours * HOUR;
        const due = nextDue(calm, calm.since) ?? 0;
        expect(due - calm.since).toBeGreaterThanOrEqual(0.9 * interval);
        const open = nextDue({ ...calm, quiet: null }, calm.since) ?? 0;
        expect(open - calm.since).toBeLessThanOrEqual(1.1 * interval);
      }),
    );
  });

  it('is never in the past, and at most a day of quiet hours from now where it is overdue', () => {
    fc.assert(
      fc.property(anyFacts, fc.integer({ min: 40 * 24, max: 9_000 }), (one, hours) => {
        const now = one.since + hours * HOUR;
        const due = nextDue(one, now) ?? 0;
        expect(due).toBeGreaterThanOrEqual(now);
        expect(due - now).toBeLessThanOrEqual(26 * HOUR);
      }),
    );
  });

  it('after a long downtime is one, not one for each that was missed', () => {
    const now = at('2027-03-01T12:00:00Z');
    const first = nextDue(facts(), now) ?? 0;
    expect(first).toBe(now);
    const second = nextDue(facts({ since: first + MINUTE }), first + MINUTE) ?? 0;
    expect(second - first).toBeGreaterThan(21 * HOUR);
  });

  it('differs from connection to connection, and is the same for the same', () => {
    const ids = Array.from({ length: 500 }, (_, n) => `connection ${n}`);
    const dues = ids.map((id) => nextDue(facts({ id }), 0) ?? 0);
    expect(ids.map((id) => nextDue(facts({ id }), 0))).toEqual(dues);
    expect(new Set(dues).size).toBe(500);
    expect(Math.max(...dues) - Math.min(...dues)).toBeGreaterThan(4 * HOUR);
  });

  it('after one that left something comes sooner: a quarter of an hour, an hour, six hours, then the interval', () => {
    const pauses = [1, 2, 3, 4, 9].map((troubles) => {
      const one = facts({ troubles });
      return ((nextDue(one, 0) ?? 0) - one.since) / MINUTE;
    });
    const wanted = [15, 60, 360, 1440, 1440];
    for (const [index, pause] of pauses.entries())
      expect(Math.abs(pause / (wanted[index] ?? 0) - 1)).toBeLessThanOrEqual(0.1);
  });

  it('is none where it was switched off', () => {
    expect(nextDue(facts({ everyHours: hoursOf('off', 24), troubles: 2 }), 0)).toBeNull();
  });
});

describe('quiet hours', () => {
  const due = (now: string) => nextDue(facts({ since: 0, quiet: NIGHT }), at(now)) ?? 0;

  it('put off what falls into them to their end, and spread it from there', () => {
    const end = at('2026-11-20T11:00:00Z');
    expect(due('2026-11-20T05:00:00Z')).toBeGreaterThanOrEqual(end);
    expect(due('2026-11-20T05:00:00Z')).toBeLessThanOrEqual(end + 30 * MINUTE);
    expect(due('2026-11-20T12:00:00Z')).toBe(at('2026-11-20T12:00:00Z'));
  });

  it('end by the wall clock in the nights in which clocks are put forward and back', () => {
    for (const [begun, end] of [
      ['2026-03-08T05:00:00Z', '2026-03-08T10:00:00Z'],
      ['2026-11-01T04:00:00Z', '2026-11-01T11:00:00Z'],
    ] as const) {
      expect(due(begun)).toBeGreaterThanOrEqual(at(end));
      expect(due(begun)).toBeLessThanOrEqual(at(end) + 30 * MINUTE);
    }
  });

  it('of which the end is an hour that the clocks leave out end with the leap', () => {
    const skipped = { ...NIGHT, to: '02:30' };
    const next = nextDue(facts({ since: 0, quiet: skipped }), at('2026-03-08T05:00:00Z')) ?? 0;
    expect(next).toBeGreaterThanOrEqual(at('2026-03-08T07:00:00Z'));
    expect(next).toBeLessThanOrEqual(at('2026-03-08T08:00:00Z'));
  });

  it('of no length are none', () => {
    expect(isQuiet(0, { from: '08:00', to: '08:00', zone: 'UTC' })).toBe(false);
  });

  it('are of a zone that there is', () => {
    expect([isZone('Europe/Berlin'), isZone('Mars/Base')]).toEqual([true, false]);
  });
});
