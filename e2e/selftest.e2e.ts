// Proves that the self-test passes in each client mode, as somebody runs it who wonders whether all is well.

import { expect, it } from 'vitest';
import { runSelftest } from '../src/cli/selftest/selftest.ts';
import { firstVendor } from '../src/portals/index.ts';

it.each(['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'] as const)(
  'the self-test passes with %s',
  async (auth) => {
    const { checks, passed } = await runSelftest({ portal: firstVendor, auth });
    expect(checks.filter((check) => !check.ok)).toEqual([]);
    expect(passed).toBe(true);
  },
);
