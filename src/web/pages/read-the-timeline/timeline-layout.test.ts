// Proves the arithmetic of the line and of the year strip.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  barLength,
  guessHeight,
  type IndexDay,
  inRuns,
  itemAtMonth,
  lineItems,
  monthAt,
  yearStrip,
} from './timeline-layout.ts';

const day = (date: string | null, rows = 1, groups = 1): IndexDay => ({ day: date, rows, groups });
const days = [
  day('2026-11-17', 9),
  day('2026-11-12', 3),
  day('2026-10', 2),
  day('2024-03-02', 4),
  day('2019', 1),
  day(null, 2),
];

describe('the line', () => {
  it('has one head a month, and heads for what is less precise', () => {
    const items = lineItems(days);
    expect(items.filter((i) => i.kind === 'month').map((i) => i.label)).toEqual([
      'November 2026',
      'October 2026',
      'March 2024',
      '2019',
      'Date not recorded',
    ]);
    expect(items.filter((i) => i.kind === 'day')).toHaveLength(days.length);
  });

  it('has a key of its own for every item', () => {
    const keys = lineItems(days).map((i) => i.key);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('guesses a day higher the more it holds', () => {
    const [, first, second] = lineItems(days);
    expect(guessHeight(first, 29)).toBeGreaterThan(guessHeight(second, 29));
    expect(guessHeight(first, 44)).toBeGreaterThan(guessHeight(first, 29));
  });

  it('is fetched in runs that hold every day once and never more than asked', () => {
    fc.assert(
      fc.property(fc.nat({ max: 300 }), fc.integer({ min: 1, max: 60 }), (n, size) => {
        const many = Array.from({ length: n }, (_, i) => day(String(1000 + i)));
        const runs = inRuns(many, size);
        expect(runs.flat()).toEqual(many.map((d) => d.day));
        expect(Math.max(0, ...runs.map((r) => r.length))).toBeLessThanOrEqual(size);
      }),
    );
  });
});

describe('the year strip', () => {
  it('shows every year between the newest and the oldest, quiet ones too', () => {
    expect(yearStrip(days).map((y) => y.year)).toEqual([
      2026, 2025, 2024, 2023, 2022, 2021, 2020, 2019,
    ]);
  });

  it('counts months from December down, and a year alone for the year only', () => {
    const [now] = yearStrip(days);
    expect(now?.months[1]).toBe(12);
    expect(now?.months[2]).toBe(2);
    const then = yearStrip(days).at(-1);
    expect(then?.total).toBe(1);
    expect(then?.months.every((m) => m === 0)).toBe(true);
  });

  it('is empty when nothing is dated', () => {
    expect(yearStrip([day(null)])).toEqual([]);
    expect(monthAt(10, 24, [])).toBeNull();
  });

  it('draws by the square root, so that quiet months show', () => {
    expect(barLength(100, 100)).toBe(1);
    expect(barLength(1, 100)).toBeCloseTo(0.1);
    expect(barLength(0, 100)).toBe(0);
    expect(barLength(0, 0)).toBe(0);
  });

  it('finds the month at a height, and stays within the strip', () => {
    const years = yearStrip(days);
    expect(monthAt(0, 24, years)).toBe('2026-12');
    expect(monthAt(2.5, 24, years)).toBe('2026-11');
    expect(monthAt(24, 24, years)).toBe('2025-12');
    expect(monthAt(-50, 24, years)).toBe('2026-12');
    expect(monthAt(9999, 24, years)).toBe('2019-01');
  });

  it('leads to the first day at or before a month', () => {
    const items = lineItems(days);
    const at = (month: string) => items[itemAtMonth(items, month)];
    expect(at('2026-12')).toMatchObject({ label: 'November 2026' });
    expect(at('2026-10')).toMatchObject({ label: 'October 2026' });
    expect(at('2025-06')).toMatchObject({ label: 'March 2024' });
    expect(at('2022-01')).toMatchObject({ label: '2019' });
    expect(itemAtMonth(items, '1990-01')).toBe(items.length - 1);
  });
});
