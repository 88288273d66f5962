// Owns `bench`: the benchmarks, each beside its floor or with what must come out of it.

import type { Command } from 'commander';
import type { Program } from '../program.ts';
import { crash, crashText, isSound } from './crash.ts';
import { benchDirectory } from './directory.ts';
import { benchSync } from './sync.ts';
import { wholeNumber } from './whole-number.ts';

/** Adds the benchmarks to the command line. */
export function bench(root: Command, program: Pick<Program, 'migrations'>): void {
  const of = root.command('bench').description('the benchmarks');
  benchSync(of);
  benchDirectory(of);
  of.command('crash')
    .description('the server killed at random moments of syncs, and what was lost by it')
    .option('--runs <count>', 'how many kills', wholeNumber(1), 200)
    .option('--seed <number>', 'what is random, the same again', wholeNumber(0))
    .option('--size <count>', 'about how many resources', wholeNumber(1), 3_000)
    .option('--json', 'print JSON')
    .action(async (flags: { runs: number; seed?: number; size: number; json?: boolean }) => {
      const seed = flags.seed ?? Date.now() % 1_000_000;
      const say = (line: string) => process.stderr.write(`${line}\n`);
      say(`seed ${seed}`);
      const { migrations } = program;
      const { runs: kills, size } = flags;
      const result = await crash({ kills, seed, size, migrations, say });
      process.stdout.write(`${flags.json ? JSON.stringify(result) : crashText(result)}\n`);
      if (!isSound(result)) process.exitCode = 1;
    });
}
