// How many requests a vendor lets through, and what it says of that. One count for each clinic.

import type { PortalBehaviour } from '../src/portals/behaviour.ts';

export type Rate = {
  /** Counts a request at a clinic. @returns whether it is one too many, and the headers that tell of the limit */
  take(practiceId: string): { readonly isOver: boolean; readonly headers: Record<string, string> };
};

/** A rate by the clock's own seconds or minutes. That a limit by the second refuses anything was never seen. */
export function makeRate(rate: PortalBehaviour['rate']): Rate {
  const ms = rate.in === 'minute' ? 60_000 : 1000;
  const counts = new Map<string, { slot: number; used: number }>();
  return {
    take(practiceId) {
      const slot = Math.floor(Date.now() / ms);
      const count = counts.get(practiceId) ?? { slot, used: 0 };
      if (count.slot !== slot) Object.assign(count, { slot, used: 0 });
      count.used += 1;
      counts.set(practiceId, count);
      return {
        isOver: rate.in === 'minute' && count.used > rate.requests,
        headers: rate.headers ? headersOf(rate.requests, count.used) : {},
      };
    },
  };
}

function headersOf(requests: number, used: number): Record<string, string> {
  const limit = String(requests);
  const remaining = String(Math.max(0, requests - used));
  return {
    'X-RateLimit-Limit': limit,
    'X-RateLimit-Remaining': remaining,
    'RateLimit-Limit': limit,
    'RateLimit-Remaining': remaining,
    'RateLimit-Reset': '1',
    // The vendor's load balancer garbles the Connection header; a client has to ignore it.
    Cneonction: 'close',
  };
}
