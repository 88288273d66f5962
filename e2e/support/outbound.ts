// Owns the way out for tests that stand between the program and a server on loopback.

import { createOutbound } from '../../src/platform/outbound.ts';

/** Reaches loopback, as if the operator had written every address there. */
export const outbound = createOutbound({
  has: (host) => /^(127\.0\.0\.1|localhost|\[::1\])(:|$)/.test(host),
});
