// The simulator as a process: reads its arguments, prints one JSON line when it listens, ends when it is told to.

import { parseArgs } from 'node:util';
import { makeLog } from './log.ts';
import { FaultError } from './faults.ts';
import { readRegistrations, registrationRules, RegistrationError } from './smart-server/clients.ts';
import { type SimulatorOptions, StartError, startSimulator } from './start.ts';
import { simulatedVendors } from './vendors/index.ts';

try {
  const { options, withParent } = readArguments(process.argv.slice(2));
  const simulator = await startSimulator(options);
  const end = () => {
    simulator.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
  if (withParent) process.stdin.once('end', end).once('error', end).resume();
  process.stdout.write(
    `${JSON.stringify({ ready: true, url: simulator.url, pid: process.pid })}\n`,
  );
} catch (error) {
  const isPlain =
    error instanceof StartError ||
    error instanceof FaultError ||
    error instanceof RegistrationError;
  process.stderr.write(`${isPlain ? error.message : (error as Error).stack}\n`);
  process.exitCode = 1;
}

function readArguments(args: string[]): { options: SimulatorOptions; withParent: boolean } {
  const { values } = parse(args);
  const size = readCount('size', values.size);
  const anyRedirect = values['any-redirect'] ?? false;
  const options: SimulatorOptions = {
    port:
      readCount('port', values.port) ??
      readCount('CHARTFOLD_SIMULATOR_PORT', process.env.CHARTFOLD_SIMULATOR_PORT) ??
      4201,
    host: values.host ?? '127.0.0.1',
    allowOtherMachines: values['allow-other-machines'] ?? false,
    clients: readRegistrations(
      process.env.CHARTFOLD_SIMULATOR_CLIENTS,
      registrationRules(simulatedVendors, anyRedirect),
    ),
    anyRedirect,
    keepPages: values['keep-pages'] ?? false,
    faults: (values.faults ?? '').split(',').filter((name) => name !== ''),
    log: makeLog(values.verbose === true ? 'debug' : 'error', (line) => process.stderr.write(line)),
    ...(values['public-host'] === undefined ? {} : { publicHost: values['public-host'] }),
    ...(values.state === undefined ? {} : { stateDirectory: values.state }),
    ...(size === undefined ? {} : { size }),
    ...(values.portals === undefined ? {} : { vendors: values.portals.split(',') }),
    ...optionalCount('people', values.people),
    ...optionalCount('seed', values.seed),
    ...(values.clinics === 'full'
      ? { directorySize: 'full' as const }
      : optionalCount('directorySize', values.clinics)),
  };
  return { options, withParent: values['with-parent'] ?? false };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        port: { type: 'string' },
        host: { type: 'string' },
        'public-host': { type: 'string' },
        state: { type: 'string' },
        people: { type: 'string' },
        size: { type: 'string' },
        seed: { type: 'string' },
        clinics: { type: 'string' },
        faults: { type: 'string' },
        portals: { type: 'string' },
        'any-redirect': { type: 'boolean' },
        'keep-pages': { type: 'boolean' },
        'with-parent': { type: 'boolean' },
        'allow-other-machines': { type: 'boolean' },
        verbose: { type: 'boolean' },
      },
    });
  } catch (cause) {
    throw new StartError((cause as Error).message, { cause });
  }
}

function optionalCount<K extends string>(
  name: K,
  text: string | undefined,
): { [key in K]?: number } {
  const count = readCount(name, text);
  return (count === undefined ? {} : { [name]: count }) as { [key in K]?: number };
}

function readCount(name: string, text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  if (!/^\d{1,7}$/.test(text)) throw new StartError(`${name} is a whole number, not "${text}".`);
  return Number(text);
}
