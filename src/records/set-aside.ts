// Owns adding up what was set aside: one count for each reason and kind. Pure.

import type { SetAside } from './types.ts';

/** The same entries with each reason and kind named once, in the order in which they first came. */
export function countSetAside(all: readonly SetAside[]): SetAside[] {
  const counted = new Map<string, SetAside>();
  for (const one of all) {
    const key = `${one.code} ${one.type}`;
    const count = (counted.get(key)?.count ?? 0) + one.count;
    counted.set(key, { ...one, count });
  }
  return [...counted.values()];
}

/** How many entries were set aside in all. */
export function sumSetAside(all: readonly SetAside[]): number {
  return all.reduce((sum, { count }) => sum + count, 0);
}
