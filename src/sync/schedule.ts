// Owns when a connection is next due to be synced. Pure: it is given the time and the past, and puts nothing.
// Quiet hours hold for what begins by itself; whoever asks by hand is not kept from it.

import { sha256 } from '../platform/ids.ts';

export const everyChoices = ['day', 'week', 'month', 'off'] as const;
/** What a person may choose in place of the portal's own interval. */
export type Every = (typeof everyChoices)[number];

/** Hours of the day in which nothing begins by itself, by the clocks of a zone (`America/New_York`). */
export type QuietHours = {
  /** `HH:MM`; `to` is no longer quiet. Over midnight where `to` is earlier. */
  readonly from: string;
  readonly to: string;
  readonly zone: string;
};

export type ScheduleFacts = {
  /** The connection's id: it says where in the spread of all connections this one stands. */
  readonly id: string;
  /** Null: it does not begin by itself. */
  readonly everyHours: number | null;
  /** When the last sync ended or was given up; before the first, since when one is possible. Milliseconds. */
  readonly since: number;
  /** How many syncs in a row left something that is worth asking for again soon. */
  readonly troubles: number;
  readonly quiet: QuietHours | null;
};

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MINUTES = 24 * 60;
/** After the first, second and third sync in a row that left something; then it waits for its interval. */
const BACKOFF_MS = [15 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS] as const;
const JITTER = 0.1;
/** All that waited for the end of quiet hours would begin in the same second. */
const AFTER_QUIET_MS = 30 * MINUTE_MS;
const HOURS: Readonly<Record<Every, number | null>> = {
  day: 24,
  week: 7 * 24,
  month: 30 * 24,
  off: null,
};

/** The hours between two syncs; null for none. */
export function hoursOf(choice: Every | null, byVendor: number): number | null {
  return choice === null ? byVendor : HOURS[choice];
}

/**
 * When the next sync is due, null for never; what is overdue is due now, or when quiet hours end, and once.
 * @param from nothing was due before it: when the program was started
 */
export function nextDue(facts: ScheduleFacts, now: number, from = 0): number | null {
  if (facts.everyHours === null) return null;
  const interval = facts.everyHours * HOUR_MS;
  const retry = facts.troubles > 0 ? BACKOFF_MS[facts.troubles - 1] : undefined;
  const pause = Math.min(retry ?? interval, interval);
  const jitter = (2 * share(facts.id) - 1) * JITTER * pause;
  const wanted = outsideQuiet(Math.max(from, facts.since + Math.round(pause + jitter)), facts);
  return wanted >= now ? wanted : outsideQuiet(now, facts);
}

/** Whether a moment lies in quiet hours. */
export function isQuiet(at: number, quiet: QuietHours | null): boolean {
  if (quiet === null) return false;
  const [from, to] = [minutesOf(quiet.from), minutesOf(quiet.to)];
  const minute = minuteOfDay(at, quiet.zone);
  return from <= to ? minute >= from && minute < to : minute >= from || minute < to;
}

/** Whether the zone is one that this program knows. */
export function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: zone });
    return true;
  } catch {
    return false; // The only reason: there is no such zone.
  }
}

function outsideQuiet(at: number, { id, quiet }: ScheduleFacts): number {
  if (quiet === null || !isQuiet(at, quiet)) return at;
  const end = endOfQuiet(at, quiet);
  const spread = end + Math.round(share(id) * AFTER_QUIET_MS);
  // Hours that leave less than the spread between them.
  return isQuiet(spread, quiet) ? end : spread;
}

/** The first moment after `at` that is not quiet, to the minute. */
function endOfQuiet(at: number, quiet: QuietHours): number {
  const to = minutesOf(quiet.to);
  let end = at;
  while (isQuiet(end, quiet)) {
    const left = (to - minuteOfDay(end, quiet.zone) + DAY_MINUTES) % DAY_MINUTES;
    end = Math.floor(end / MINUTE_MS) * MINUTE_MS + Math.max(1, left) * MINUTE_MS;
  }
  // Clocks that were put forward meanwhile show more than the end.
  const over = (minuteOfDay(end, quiet.zone) - to + DAY_MINUTES) % DAY_MINUTES;
  const exact = end - over * MINUTE_MS;
  return exact > at && !isQuiet(exact, quiet) ? exact : end;
}

/** From 0 to 1, the same for the same id. */
function share(id: string): number {
  return Buffer.from(sha256(id), 'base64url').readUInt32BE(0) / 2 ** 32;
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}

const clocks = new Map<string, Intl.DateTimeFormat>();

function minuteOfDay(at: number, zone: string): number {
  let clock = clocks.get(zone);
  if (!clock) {
    clock = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      hour: '2-digit',
      minute: '2-digit',
    });
    clocks.set(zone, clock);
  }
  return minutesOf(clock.format(at));
}
