// Proves that nothing is lost and nothing doubled when the server is killed, twenty times, at random moments of syncs
// of a portal that fails now and then and renews its tokens every few seconds. CRASH_SEED repeats the choices.

import { expect, it } from 'vitest';
import { crash, crashText } from '../src/cli/bench/crash.ts';
import { migrations } from './support/migrations.ts';

const seed = Number(process.env.CRASH_SEED ?? Date.now() % 1_000_000);
const say = (line: string) => process.stderr.write(`crash: ${line}\n`);

it('twenty kills at random moments of syncs lose nothing, double nothing, and ask for no sign-in without need', async () => {
  say(`CRASH_SEED=${seed}`);
  const result = await crash({ kills: 20, seed, size: 3_000, migrations, say });
  say(crashText(result));
  expect(result).toMatchObject({ lost: [], doubled: [], ledgerFaults: [], chartEqual: true });
  expect(result.held).toBeGreaterThan(2_000);
  expect(result.signIns).toBeLessThanOrEqual(result.insideRenewal);
}, 300_000);
