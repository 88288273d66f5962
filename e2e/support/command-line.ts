// Owns the command line as a person types it: real processes, in a directory and on ports of their own, with
// nothing configured. With `serve` a server runs beside; without, each verb does its work by itself.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePort } from './running.ts';

const MAIN = resolve(import.meta.dirname, '../../src/main.ts');

export type Ended = { readonly code: number | null; readonly out: string; readonly err: string };
export type Started = {
  readonly process: ChildProcess;
  /** Resolves when standard output or error has said what matches. */
  said(what: RegExp): Promise<RegExpExecArray>;
  ended: Promise<Ended>;
};
export type CommandLine = Awaited<ReturnType<typeof commandLine>>;

/** Prepares a directory; `env` adds to the configuration. */
export async function commandLine(env: Readonly<Record<string, string>> = {}) {
  const directory = await mkdtemp(join(tmpdir(), 'chartfold-cli-'));
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
    ...env,
  };
  const live = new Set<ChildProcess>();

  /** @param input what standard input holds; null to leave it open */
  function start(
    args: readonly string[],
    more: Readonly<Record<string, string>> = {},
    input?: string | null,
  ): Started {
    const child = spawn(process.execPath, [MAIN, ...args], {
      env: { ...whole, ...more },
      cwd: directory,
      stdio: 'pipe',
    });
    // A process may end without reading it.
    child.stdin.on('error', () => undefined);
    if (input !== null) child.stdin.end(input);
    live.add(child);
    let [out, err] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (out += chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (err += chunk));
    const ended = once(child, 'close').then(([code]) => {
      live.delete(child);
      return { code: code as number | null, out, err };
    });
    const said = (what: RegExp) =>
      new Promise<RegExpExecArray>((found, failed) => {
        const look = () => {
          const match = what.exec(out) ?? what.exec(err);
          if (match) found(match);
        };
        child.stdout.on('data', look);
        child.stderr.on('data', look);
        ended.then(
          () =>
            failed(
              new Error(`It ended without saying ${what}: ${out.slice(-500)}${err.slice(-500)}`),
            ),
          failed,
        );
        look();
      });
    return { process: child, said, ended };
  }

  return {
    directory,
    port,
    simulatorPort,
    publicUrl: whole.PUBLIC_URL,
    dataDir: whole.CHARTFOLD_DATA_DIR,
    start,
    /** Runs a verb to its end. */
    run: (...args: string[]) => start(args).ended,
    /** Starts a server and waits until it listens. */
    async serve(): Promise<Started> {
      const server = start(['serve']);
      await server.said(/sign-in#\S+/);
      return server;
    },
    async close() {
      const ending = [...live].map((child) => once(child, 'close'));
      for (const child of live) child.kill('SIGTERM');
      await Promise.all(ending);
      await rm(directory, { recursive: true, force: true });
    },
  };
}
