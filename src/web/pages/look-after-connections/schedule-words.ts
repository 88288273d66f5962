// Owns the sentences about when a connection syncs by itself, and until when one need not sign in again.

import type { Connection } from '../../../http/contract.ts';
import { dayOf, longDate, moment } from '../../parts/dates.ts';

const ANNOUNCED_DAYS = 14;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** `Next sync tomorrow, about 3 AM.`; null where there is nothing to say of it. */
export function nextSyncWords(c: Connection, now: Date): string | null {
  if (c.state.kind !== 'ready') return null;
  if (!c.schedule.renews)
    return 'It does not sync by itself: this portal gives access for a short while only.';
  if (c.nextSyncAt === null) return 'It does not sync by itself.';
  return `Next sync ${about(c.nextSyncAt, now)}.`;
}

/** `Sign in again by December 3, 2026`, from two weeks before; null at any other time. */
export function signInByWords(c: Connection, now: Date): string | null {
  if (c.signInBy === null || !['ready', 'waiting', 'syncing'].includes(c.state.kind)) return null;
  const left = new Date(c.signInBy).getTime() - now.getTime();
  if (left > ANNOUNCED_DAYS * DAY_MS || left <= 0) return null;
  return `Sign in again by ${longDate(dayOf(c.signInBy))}: until then the portal lets Chartfold in.`;
}

/** `Every day`, `Every 3 days`. */
export function everyWords(hours: number): string {
  const days = Math.round(hours / 24);
  if (days === 7) return 'Every week';
  return days <= 1 ? 'Every day' : `Every ${days} days`;
}

function about(instant: string, now: Date): string {
  const at = new Date(instant);
  const left = at.getTime() - now.getTime();
  if (left < MINUTE_MS) return 'in a moment';
  const inMinutes = Math.round(left / MINUTE_MS);
  if (inMinutes < 120)
    return inMinutes === 1 ? 'a minute from now' : `${inMinutes} minutes from now`;
  // Rounded before its day is told, so that 11:50 PM is not said to be midnight of the day before.
  const hour = new Date(Math.round(at.getTime() / HOUR_MS) * HOUR_MS);
  const days = Math.round((noonOf(hour) - noonOf(now)) / DAY_MS);
  const text = new Intl.DateTimeFormat('en-US', { hour: 'numeric' }).format(hour);
  const time = text.replace('\u202f', ' ');
  if (days === 0) return `today, about ${time}`;
  if (days === 1) return `tomorrow, about ${time}`;
  return `about ${moment(instant, now).replace(/ at .*/, '')}`;
}

function noonOf(at: Date): number {
  return new Date(`${dayOf(at)}T12:00`).getTime();
}
