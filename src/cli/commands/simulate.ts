// Owns `simulate`: the simulated portals alone.

import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { readConfig, readEnvironment } from '../../platform/config/read.ts';
import { otherLoopbackName, simulatedClients, simulatorState } from '../simulator-process.ts';

const MAIN = resolve(import.meta.dirname, '../../../simulator/main.ts');
const PASSED_ON = ['port', 'faults', 'people', 'size', 'seed', 'clinics', 'portals'] as const;

export function simulate(root: Command): void {
  root
    .command('simulate')
    .description('start the simulated portals alone')
    .option('--port <port>', 'where to listen; default CHARTFOLD_SIMULATOR_PORT')
    .option('--faults <names>', 'faults to switch on, separated by commas')
    .option('--people <count>', 'how many people there are')
    .option('--size <count>', 'about how many resources the first person has')
    .option('--seed <number>', 'of the generator')
    .option('--clinics <count>', 'how many clinics the lists name; full: as many as the vendors’')
    .option('--portals <names>', 'the vendors that are simulated, separated by commas; default all')
    .action(async (flags: Partial<Record<(typeof PASSED_ON)[number], string>>) => {
      const config = readConfig(readEnvironment());
      const args = PASSED_ON.flatMap((name) =>
        flags[name] === undefined ? [] : [`--${name}`, flags[name]],
      );
      const child = spawn(
        process.execPath,
        [
          MAIN,
          '--port',
          String(config.simulatorPort),
          '--public-host',
          otherLoopbackName(config.publicUrl),
          '--state',
          simulatorState(config),
          '--any-redirect',
          ...args,
        ],
        {
          stdio: 'inherit',
          env: {
            ...process.env,
            CHARTFOLD_SIMULATOR_CLIENTS: JSON.stringify(simulatedClients(config.publicUrl)),
          },
        },
      );
      for (const signal of ['SIGINT', 'SIGTERM'] as const)
        process.once(signal, () => child.kill(signal));
      process.exitCode = await new Promise<number>((done) =>
        child.once('exit', (code) => done(code ?? 1)),
      );
    });
}
