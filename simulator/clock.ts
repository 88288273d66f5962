// What time it is by the portal's own clock, which a fault sets wrong.

import type { FaultSwitches } from './faults.ts';

/** Milliseconds by which the portal's clock is ahead; negative behind, 0 where it goes right. */
export function skewOf(faults: FaultSwitches): number {
  return (faults.strike('clock.skew')?.minutes ?? 0) * 60_000;
}
