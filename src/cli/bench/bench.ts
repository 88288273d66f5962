// Owns `bench`: the benchmarks, each beside its floor or with what must come out of it.

import type { Command } from 'commander';
import type { Program } from '../program.ts';
import { crash, crashText, isSound } from './crash.ts';
import { benchDirectory } from './directory.ts';
import { benchSync } from './sync.ts';

/** Adds the benchmarks to the command line. */
export function bench(root: Command, program: Pick<Program, 'migrations'>): void {
  const of = root.command('bench').description('the benchmarks');
  benchSync(of);
  benchDirectory(of);
  of.command('crash')
    .description('the server killed at random moments of syncs, and what was lost by it')
    .option('--runs <count>', 'how many kills', '200')
    .option('--seed <number>', 'what is random, the same again')
    .option('--size <count>', 'about how many resources', '3000')
    .option('--json', 'print JSON')
    .action(async (flags: { runs: string; seed?: string; size: string; json?: boolean }) => {
      const seed = Number(flags.seed ?? Date.now() % 1_000_000);
      const say = (line: string) => process.stderr.write(`${line}\n`);
      say(`seed ${seed}`);
      const { migrations } = program;
      const kills = Number(flags.runs);
      const result = await crash({ kills, seed, size: Number(flags.size), migrations, say });
      process.stdout.write(`${flags.json ? JSON.stringify(result) : crashText(result)}\n`);
      if (!isSound(result)) process.exitCode = 1;
    });
}
