// Owns a whole Chartfold of its own for a test: a temporary directory, free ports, a simulator and a server as
// processes, all ended and removed at the end. Never the default directories or ports.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { AuthMethod } from '../../platform/config/read.ts';
import { ChartfoldError } from '../../platform/errors.ts';
import { newSecret } from '../../platform/ids.ts';
import { vendors } from '../../portals/index.ts';
import { callServer, findServer } from '../control.ts';
import {
  simulatedClients,
  simulatedOverrides,
  startSimulatorProcess,
} from '../simulator-process.ts';
import type { Output } from '../verb.ts';

const MAIN = resolve(import.meta.dirname, '../../main.ts');

export type Instance = {
  readonly directory: string;
  readonly publicUrl: string;
  readonly simulatorUrl: string;
  readonly simulatorPid: number;
  /** The server's process id; it changes when the server is started again. */
  serverPid(): number;
  /** What the server has written to its log so far. */
  log(): string;
  /** Runs a verb in the server. */
  call(verb: string, args: Record<string, unknown>): AsyncIterable<Output>;
  startServer(): Promise<void>;
  /** Ends the server; SIGKILL ends it without a chance to tidy up. */
  stopServer(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  close(): Promise<void>;
};

/** Starts simulator and server, registered with one another in a client mode. */
export async function startInstance(options: {
  vendor: string;
  auth: AuthMethod;
  simulatorArgs?: readonly string[];
  simulatorHeapMb?: number;
  /** Where the portal bears no more. */
  requestsPerMinute?: number;
}): Promise<Instance> {
  const directory = await mkdtemp(join(tmpdir(), 'chartfold-'));
  const port = await freePort();
  const publicUrl = `http://localhost:${port}`;
  const secret = options.auth.startsWith('client_secret') ? newSecret() : undefined;
  const simulator = await startSimulatorProcess({
    port: 0,
    stateDir: join(directory, 'simulator'),
    publicHost: '127.0.0.1',
    clients: simulatedClients(publicUrl, options.auth, secret),
    args: ['--portals', options.vendor, '--any-redirect', ...(options.simulatorArgs ?? [])],
    ...(options.simulatorHeapMb === undefined ? {} : { heapMb: options.simulatorHeapMb }),
  });
  await writeFile(
    join(directory, 'portals.json'),
    JSON.stringify({ portals: portalsOf(options, simulator.url, secret) }),
  );
  const env = {
    ...process.env,
    PUBLIC_URL: publicUrl,
    PORT: String(port),
    HOST: '127.0.0.1',
    TLS_CERT: '',
    TLS_KEY: '',
    ALLOWED_HOSTS: '',
    JWKS_URL: '',
    CHARTFOLD_SECRET: '',
    CHARTFOLD_DATA_DIR: join(directory, 'data'),
    CHARTFOLD_SECRET_FILE: join(directory, 'secret'),
    CHARTFOLD_CONFIG: join(directory, 'portals.json'),
    CHARTFOLD_SIMULATOR: 'off',
    CHARTFOLD_LOG: 'info',
  };
  let server: ChildProcess | null = null;
  let log = '';
  const dataDir = env.CHARTFOLD_DATA_DIR;

  const instance: Instance = {
    directory,
    publicUrl,
    simulatorUrl: simulator.url,
    simulatorPid: simulator.pid,
    serverPid: () => server?.pid ?? 0,
    log: () => log,
    call: (verb, args) => callServer(dataDir, verb, { args }),
    async startServer() {
      const child = spawn(process.execPath, [...process.execArgv, MAIN, 'serve'], {
        env,
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      server = child;
      child.stderr.on('data', (chunk: Buffer) => {
        log += chunk.toString();
      });
      await until(async () => {
        if (child.exitCode !== null)
          throw new Error(`The server ended at once. ${log.slice(-1_000)}`);
        return (await findServer(dataDir)) !== null;
      });
    },
    async stopServer(signal) {
      const child = server;
      if (!child || child.exitCode !== null || child.signalCode !== null) return;
      const gone = new Promise((done) => child.once('exit', done));
      child.kill(signal);
      await gone;
    },
    async close() {
      await instance.stopServer('SIGTERM');
      await simulator.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
  try {
    await instance.startServer();
    return instance;
  } catch (error) {
    await instance.close();
    throw error;
  }
}

/** How long to wait, and how often to look. */
export type Patience = { readonly minutes?: number; readonly everyMs?: number };

/** Waits until a condition holds. @throws after so many minutes */
export async function until(
  condition: () => Promise<boolean>,
  { minutes = 1, everyMs = 50 }: Patience = {},
): Promise<void> {
  const end = performance.now() + minutes * 60_000;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`Waited ${minutes} min in vain.`);
    await new Promise((done) => setTimeout(done, everyMs));
  }
}

function portalsOf(
  { vendor: id, auth, requestsPerMinute }: Parameters<typeof startInstance>[0],
  simulatorUrl: string,
  clientSecret: string | undefined,
): object[] {
  const portal = vendors.find((one) => one.portal.id === id)?.portal;
  if (!portal) throw new ChartfoldError('connection.unknown_portal', { detail: id });
  const overrides = simulatedOverrides(portal, simulatorUrl, { auth, clientSecret });
  return overrides.map((one) => ({ ...one, requestsPerMinute }));
}

function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const server = createServer();
    server.once('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address ? done(address.port) : failed(new Error('no port')),
      );
    });
  });
}
