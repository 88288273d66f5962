// Owns what a benchmark asks of a process: its main loop from inside, its time and memory from the system.

import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { CHART_QUEUE } from '../../chart/project.ts';
import type { Verb } from '../verb.ts';

let loop: ReturnType<typeof monitorEventLoopDelay> | null = null;

export type LoopVitals = {
  readonly stallMs: number;
  readonly p99Ms: number;
  /** Whether the charts hold all that was received, are still being made, or were given up. */
  readonly charts: 'whole' | 'behind' | 'given up';
};

/** Begins to watch the server's main loop, or tells what was seen since. For benchmarks; not on the command line. */
export const vitals: Verb<{ begin?: boolean }> = {
  name: 'vitals',
  act: 'instance.vitals',
  async *run(app, args) {
    if (args.begin) {
      loop?.disable();
      loop = monitorEventLoopDelay({ resolution: 5 });
      loop.enable();
      yield { json: {}, text: '' };
      return;
    }
    // The histogram counts the timer's own interval; what is over it is a stall.
    const over = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - 5);
    const left = await app.db
      .selectFrom('job')
      .select('state')
      .where('queue', '=', CHART_QUEUE)
      .execute();
    const isGivenUp = left.some(({ state }) => state === 'dead');
    yield {
      json: {
        charts: isGivenUp ? 'given up' : left.length > 0 ? 'behind' : 'whole',
        stallMs: over(loop?.max ?? 0),
        p99Ms: over(loop?.percentile(99) ?? 0),
      } satisfies LoopVitals,
      text: '',
    };
  },
};

/** Seconds of processor time and the largest memory in MB of a process, from the system; null where it does not say. */
export function processUse(pid: number): { cpuS: number; peakMb: number } | null {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    const ticks = Number(fields[11]) + Number(fields[12]);
    const peakKb = Number(
      /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0,
    );
    return { cpuS: ticks / 100, peakMb: peakKb / 1024 };
  } catch {
    return null; // No /proc on this system.
  }
}
