// Owns a Chartfold as a newcomer has it: nothing configured, the simulated portals beside it, in a directory and on
// ports of its own.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const MAIN = resolve(import.meta.dirname, '../../src/main.ts');

export type Running = {
  readonly publicUrl: string;
  readonly simulatorUrl: string;
  readonly dataDir: string;
  /** The sign-in link that the start printed. */
  signInLink(): string;
  log(): string;
  stop(signal?: NodeJS.Signals): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
};

/** Starts it; `env` adds to or changes its configuration. */
export async function startRunning(env: Readonly<Record<string, string>> = {}): Promise<Running> {
  const directory = await mkdtemp(join(tmpdir(), 'chartfold-e2e-'));
  const [port, simulatorPort] = [await freePort(), await freePort()];
  const whole = {
    ...process.env,
    PUBLIC_URL: `http://localhost:${port}`,
    PORT: String(port),
    HOST: '127.0.0.1',
    TLS_CERT: '',
    TLS_KEY: '',
    CHARTFOLD_CONFIG: '',
    CHARTFOLD_SECRET: '',
    CHARTFOLD_DATA_DIR: join(directory, 'data'),
    CHARTFOLD_SECRET_FILE: join(directory, 'secret'),
    CHARTFOLD_SIMULATOR: 'auto',
    CHARTFOLD_SIMULATOR_PORT: String(simulatorPort),
    CHARTFOLD_LOG: 'info',
    ...env,
  };
  let child: ChildProcess | null = null;
  let link = '';
  let log = '';
  const running: Running = {
    publicUrl: whole.PUBLIC_URL,
    simulatorUrl: `http://127.0.0.1:${simulatorPort}`,
    dataDir: whole.CHARTFOLD_DATA_DIR,
    signInLink: () => link,
    log: () => log,
    async start() {
      const started = spawn(process.execPath, [MAIN, 'serve'], {
        env: whole,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      child = started;
      started.stderr.on('data', (chunk: Buffer) => {
        log += chunk.toString();
      });
      link = await printedLink(started, () => log);
    },
    async stop(signal = 'SIGTERM') {
      const ending = child;
      if (!ending || ending.exitCode !== null || ending.signalCode !== null) return;
      const gone = new Promise((done) => ending.once('exit', done));
      ending.kill(signal);
      await gone;
    },
    async close() {
      await running.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
  await running.start();
  return running;
}

function printedLink(child: ChildProcess, log: () => string): Promise<string> {
  return new Promise((found, failed) => {
    child.once('exit', () => failed(new Error(`The server ended at once. ${log().slice(-1_000)}`)));
    if (!child.stdout) return;
    createInterface({ input: child.stdout }).on('line', (line) => {
      const link = /https?:\/\/\S+\/sign-in#\S+/.exec(line)?.[0];
      if (link) found(link);
    });
  });
}

export function freePort(): Promise<number> {
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
