// Proves that dates are written as precisely as they came, and never more so.

import { describe, expect, it } from 'vitest';
import {
  ago,
  dayHead,
  longDate,
  moment,
  momentSpan,
  monthHead,
  nearMoment,
  recordMoment,
  shortDate,
  weekdayDate,
} from './dates.ts';

process.env.TZ = 'America/New_York';
const today = new Date('2026-11-19T15:00:00Z');

describe('dates', () => {
  it('says as much of a date as its source did', () => {
    expect(longDate('2026-11-17')).toBe('November 17, 2026');
    expect(longDate('2026-10')).toBe('October 2026');
    expect(longDate('2019')).toBe('2019');
    expect(longDate(null)).toBe('date not recorded');
  });

  it('names the weekday only of a whole date', () => {
    expect(weekdayDate('2026-11-17')).toBe('Tuesday, November 17, 2026');
    expect(weekdayDate('2026-11')).toBe('November 2026');
  });

  it('leaves the year out of a column only in the year that runs', () => {
    expect(shortDate('2026-11-17', today)).toBe('Nov 17');
    expect(shortDate('2024-11-17', today)).toBe('Nov 17, 2024');
    expect(shortDate('2026-10', today)).toBe('Oct 2026');
    expect(shortDate(null, today)).toBe('not recorded');
  });

  it('says in the margin what is not recorded', () => {
    expect(dayHead('2026-11-17')).toEqual({ main: 'Nov 17', sub: 'Tuesday' });
    expect(dayHead('2026-10')).toEqual({ main: 'Oct', sub: 'day not recorded' });
    expect(dayHead('2019')).toEqual({ main: '2019', sub: 'month not recorded' });
    expect(dayHead(null)).toEqual({ main: 'No date', sub: 'date not recorded' });
  });

  it('heads undated records as such, never as 1970', () => {
    expect(monthHead(null)).toBe('Date not recorded');
    expect(monthHead('2019')).toBe('2019');
    expect(monthHead('2026-11-17')).toBe('November 2026');
  });

  it('shows a day that no calendar has as it came', () => {
    expect(longDate('2026-02-31')).toBe('2026-02-31');
    expect(dayHead('2026-02-31').sub).toBe('2026-02-31');
  });

  it('does not slip a day west of Greenwich', () => {
    expect(longDate('2026-01-01')).toBe('January 1, 2026');
  });
});

describe('moments of a record', () => {
  it('keeps the clock of the place it happened at', () => {
    expect(
      recordMoment('2026-11-17', '2026-11-17T09:20:00-05:00', '2026-11-17T09:45:00-05:00'),
    ).toBe('Tuesday, November 17, 2026, 9:20 to 9:45 AM');
  });

  it('names the zone where it is not the reader’s', () => {
    expect(recordMoment('2026-11-17', '2026-11-17T09:20:00-08:00', null)).toBe(
      'Tuesday, November 17, 2026, 9:20 AM (UTC-8)',
    );
    expect(recordMoment('2026-11-17', '2026-11-17T14:20:00Z', null)).toBe(
      'Tuesday, November 17, 2026, 2:20 PM UTC',
    );
  });

  it('writes both halves of the day where the span crosses noon', () => {
    expect(
      recordMoment('2026-11-17', '2026-11-17T11:50:00-05:00', '2026-11-17T12:10:00-05:00'),
    ).toBe('Tuesday, November 17, 2026, 11:50 AM to 12:10 PM');
  });

  it('says both days of a stay', () => {
    expect(
      recordMoment('2026-11-17', '2026-11-17T11:50:00-05:00', '2026-11-19T08:00:00-05:00'),
    ).toBe('Tuesday, November 17, 2026, 11:50 AM to November 19, 2026, 8:00 AM');
  });

  it('falls back to the date where there is no time', () => {
    expect(recordMoment('2026-11', null, null)).toBe('November 2026');
    expect(recordMoment(null, null, null)).toBe('date not recorded');
  });
});

describe('moments of this instance', () => {
  it('are near in words and far in dates', () => {
    expect(nearMoment('2026-11-19T11:02:00Z', today)).toBe('today, 6:02 AM');
    expect(nearMoment('2026-11-18T11:02:00Z', today)).toBe('yesterday, 6:02 AM');
    expect(nearMoment('2026-10-29T11:02:00Z', today)).toBe('Oct 29');
    expect(nearMoment('2025-10-29T11:02:00Z', today)).toBe('Oct 29, 2025');
  });

  it('carry weekday and time where they are read alone', () => {
    expect(moment('2026-11-18T11:02:00Z', today)).toBe('Wed, Nov 18 at 6:02 AM');
    expect(moment('2025-11-18T11:02:00Z', today)).toBe('Tue, Nov 18, 2025 at 6:02 AM');
  });

  it('name their zone in a letter', () => {
    expect(momentSpan('2026-11-18T11:00:00Z', '2026-11-18T11:03:00Z')).toBe(
      'Wednesday, November 18, 2026, 6:00 to 6:03 AM Eastern',
    );
    expect(momentSpan('2026-11-18T11:00:00Z', null)).toBe(
      'Wednesday, November 18, 2026, begun at 6:00 AM Eastern',
    );
  });

  it('count seconds, then minutes, then hours', () => {
    expect(ago('2026-11-19T14:59:58Z', today)).toBe('a moment ago');
    expect(ago('2026-11-19T14:59:12Z', today)).toBe('48 seconds ago');
    expect(ago('2026-11-19T14:50:00Z', today)).toBe('10 minutes ago');
    expect(ago('2026-11-19T12:00:00Z', today)).toBe('3 hours ago');
    expect(ago('2026-11-19T15:00:09Z', today)).toBe('a moment ago');
  });
});
