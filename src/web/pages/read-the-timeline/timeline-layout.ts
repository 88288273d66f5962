// Owns the arithmetic of the timeline: which items stand in the line, how high they are before they
// are measured, and the counts of the year strip. No drawing.

import type { TimelineIndex } from '../../../http/contract.ts';
import { monthHead } from '../../parts/dates.ts';

export type IndexDay = TimelineIndex['days'][number];

type LineItem =
  | { kind: 'month'; key: string; label: string }
  | { kind: 'day'; key: string; day: IndexDay; place: number };

/** The line: a head wherever the month changes, then its days. Order is the server's, newest first. */
export function lineItems(days: readonly IndexDay[]): LineItem[] {
  const items: LineItem[] = [];
  let last: string | null = null;
  days.forEach((day, place) => {
    const label = monthHead(day.day);
    if (label !== last) items.push({ kind: 'month', key: `month ${label}`, label });
    last = label;
    items.push({ kind: 'day', key: `day ${day.day ?? 'none'}`, day, place });
  });
  return items;
}

const monthHeight = 36;
const dayPadding = 25;
const groupHead = 29;

/** The height of an item in px before it is measured. `rowHeight`: 29 on a desk, 44 for touch. */
export function guessHeight(item: LineItem | undefined, rowHeight: number): number {
  if (!item) return 0;
  if (item.kind === 'month') return monthHeight;
  const groups = Math.max(1, item.day.groups);
  return dayPadding + groups * groupHead + (groups - 1) * 16 + item.day.rows * rowHeight;
}

/** Days cut into runs that are fetched together; the contract takes at most 60. */
export function inRuns(days: readonly IndexDay[], size = 20): (string | null)[][] {
  const runs: (string | null)[][] = [];
  for (let i = 0; i < days.length; i += size) runs.push(days.slice(i, i + size).map((d) => d.day));
  return runs;
}

export type StripYear = {
  year: number;
  /** December first, as the line runs. */
  months: number[];
  total: number;
};

/** Counts per month for each year between the newest and the oldest, newest first. */
export function yearStrip(days: readonly IndexDay[]): StripYear[] {
  const counts = new Map<number, StripYear>();
  for (const { day, rows, groups } of days) {
    const year = Number(day?.slice(0, 4));
    if (day === null || Number.isNaN(year)) continue;
    const entry = counts.get(year) ?? { year, months: Array<number>(12).fill(0), total: 0 };
    // A visit without rows is something too.
    const weight = Math.max(rows, groups);
    entry.total += weight;
    const month = Number(day.slice(5, 7));
    // A year alone has no month to stand in; it counts for the year only.
    if (month >= 1 && month <= 12)
      entry.months[12 - month] = (entry.months[12 - month] ?? 0) + weight;
    counts.set(year, entry);
  }
  const known = [...counts.keys()];
  if (known.length === 0) return [];
  const newest = Math.max(...known);
  const oldest = Math.min(...known);
  return Array.from({ length: newest - oldest + 1 }, (_, i) => {
    const year = newest - i;
    return counts.get(year) ?? { year, months: Array<number>(12).fill(0), total: 0 };
  });
}

/** The length of a month's bar between 0 and 1: by the square root, so that quiet months show. */
export function barLength(count: number, most: number): number {
  return count <= 0 || most <= 0 ? 0 : Math.sqrt(count / most);
}

/** The month at a height of the strip, `2024-03`; heights run from the newest December down. */
export function monthAt(y: number, yearHeight: number, years: readonly StripYear[]): string | null {
  const first = years[0];
  if (!first) return null;
  const months = Math.floor((y / yearHeight) * 12);
  const place = Math.max(0, Math.min(years.length * 12 - 1, months));
  return `${first.year - Math.floor(place / 12)}-${String(12 - (place % 12)).padStart(2, '0')}`;
}

/** The first item of the line at or before a month (`2024-03`), looking from the newest down. */
export function itemAtMonth(items: readonly LineItem[], month: string): number {
  const head = (i: number) => {
    const before = items[i - 1];
    return before?.kind === 'month' ? i - 1 : i;
  };
  for (let i = 0; i < items.length; i += 1) {
    const item = items[i];
    if (item?.kind !== 'day' || item.day.day === null) continue;
    if (item.day.day.slice(0, 7) <= month) return head(i);
  }
  return Math.max(0, items.length - 1);
}
