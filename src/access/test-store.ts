// Owns the store that the tests of this folder work on: in memory, with this folder's tables, and a clock to set.

import { type Clock, systemClock } from '../platform/clock.ts';
import type { Store } from '../platform/db/db.ts';
import { openStore } from '../platform/db/sqlite/open.ts';
import { accessMigrations } from './migrations.ts';
import type { Visitor } from './sessions.ts';

export const MINUTE = 60_000;
export const DAY = 24 * 60 * MINUTE;

export const stranger: Visitor = {
  address: '192.0.2.1',
  device: 'Firefox, Linux',
  deviceKey: null,
};

/** A store and a clock that stands still until it is moved. */
export async function testStore(): Promise<{ store: Store; clock: Clock & { at: number } }> {
  const store = await openStore({
    file: ':memory:',
    keyHex: '11'.repeat(32),
    migrations: accessMigrations,
  });
  const clock = { ...systemClock, at: Date.UTC(2026, 10, 22, 12), now: () => clock.at };
  return { store, clock };
}
