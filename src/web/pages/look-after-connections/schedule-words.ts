// Owns the sentences about when a connection syncs by itself, and until when one need not sign in again.

import type { Connection } from '../../../http/contract.ts';
import { about, dayOf, longDate } from '../../parts/dates.ts';

const ANNOUNCED_DAYS = 14;
const DAY_MS = 24 * 3_600_000;

/** `Next sync tomorrow, about 3 AM.`; null where there is nothing to say of it. */
export function nextSyncWords(c: Connection, now: Date): string | null {
  if (c.state.kind !== 'ready') return null;
  if (!c.schedule.renews)
    return 'This portal needs a sign-in for every sync, so none begins by itself.';
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
