// Owns keeping the simulator beside the server: one that ends by itself is logged and started again at its address,
// after a longer while each time, until it is given up.

import type { Clock } from '../platform/clock.ts';
import { ChartfoldError } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';
import { type SimulatorStart, startSimulatorProcess } from './simulator-process.ts';

const AGAIN_AFTER_MS = [1_000, 2_000, 4_000, 8_000, 16_000];
/** After so long it ended for another reason than the last time, and has all its tries again. */
const RAN_WELL_MS = 60_000;

/**
 * Starts the simulator and keeps it running until it is stopped.
 * @throws `simulator.failed` where it does not start the first time
 */
export async function keepSimulator(
  start: SimulatorStart,
  { clock, log }: { clock: Clock; log: Log },
): Promise<{ readonly url: string; stop(): Promise<void> }> {
  let live = await startSimulatorProcess(start);
  const { url } = live;
  const again = { ...start, port: Number(new URL(url).port) };
  const ending = new AbortController();
  const kept = keep().catch((error) => {
    if (!ending.signal.aborted) throw error;
  });
  return {
    url,
    async stop() {
      ending.abort();
      await live.stop();
      await kept;
    },
  };

  async function keep(): Promise<void> {
    let begun = clock.now();
    log.info('simulator.started', { pid: live.pid });
    await live.ended;
    for (let tries = 0; !ending.signal.aborted; tries += 1) {
      if (clock.now() - begun >= RAN_WELL_MS) tries = 0;
      const afterMs = AGAIN_AFTER_MS[tries];
      if (afterMs === undefined) {
        log.error('simulator.given_up', new ChartfoldError('simulator.failed'), { tries });
        return;
      }
      log.warn('simulator.ended', { afterMs });
      await clock.wait(afterMs, ending.signal);
      begun = clock.now();
      try {
        live = await startSimulatorProcess(again);
        log.info('simulator.started', { pid: live.pid });
        if (ending.signal.aborted) await live.stop();
        await live.ended;
      } catch (error) {
        log.error('simulator.not_started', error);
      }
    }
  }
}
