// Proves that the self-test passes for each portal, in each of its client modes, as somebody runs it who wonders whether
// all is well.

import { expect, it } from 'vitest';
import { runSelftest } from '../src/cli/selftest/selftest.ts';
import { vendors } from '../src/portals/index.ts';

const modes = vendors.flatMap(({ portal }) =>
  portal.auth.map((auth) => [portal.id, auth] as const),
);

it.each(modes)('the self-test of %s passes with %s', async (portal, auth) => {
  const { checks, passed } = await runSelftest({ portal, auth });
  expect(checks.filter((check) => !check.ok)).toEqual([]);
  expect(passed).toBe(true);
});
