// Owns `serve` and `stop`.

import { spawn } from 'node:child_process';
import { readEnvironment } from '../../platform/config/read.ts';
import { configWarnings } from '../../platform/config/warnings.ts';
import { ChartfoldError } from '../../platform/errors.ts';
import { newSignInLink } from '../sign-in-link.ts';
import { findServer } from '../control.ts';
import { unlockAtTheDoors } from '../locked.ts';
import type { Assembled, Program } from '../program.ts';
import { writeOut } from '../standard-streams.ts';

/** Starts the server and stays until it is told to end. */
export async function serve(program: Program, flags: { open?: boolean }): Promise<void> {
  const config = program.readConfig();
  for (const warning of configWarnings(readEnvironment())) process.stderr.write(`${warning}\n`);
  const assembled = await program.assemble(config, {
    listens: true,
    portals: true,
    unlock: unlockAtTheDoors,
  });
  try {
    const told = toldToEnd();
    const link = await sayWhereItIs(assembled);
    if (flags.open) openBrowser(link);
    await told;
  } finally {
    await assembled.close();
  }
}

/** Ends the server of this data directory and waits until it has gone. @throws http.server_not_running, http.server_ending */
export async function stop(program: Program): Promise<void> {
  const { dataDir } = program.readConfig();
  const server = await findServer(dataDir);
  if (!server) throw new ChartfoldError('http.server_not_running', { detail: dataDir });
  process.kill(server.pid, 'SIGTERM');
  for (let tries = 0; tries < 100; tries += 1) {
    if (!isAlive(server.pid)) {
      process.stdout.write('Stopped.\n');
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new ChartfoldError('http.server_ending', { detail: `process ${server.pid}` });
}

/** @returns the sign-in link */
async function sayWhereItIs({ app, secretMadeAt }: Assembled): Promise<string> {
  const { url: link } = await newSignInLink(app);
  const say = (line: string) => writeOut(`${line}\n`);
  if (secretMadeAt) {
    await say(
      `A root key was made at ${secretMadeAt}. A lost key is a lost record: keep a copy of it apart from this machine, and print the recovery kit for your backups with: npx chartfold backup kit`,
    );
  }
  await say(`Chartfold is at ${app.publicUrl}`);
  if (app.simulatorUrl) {
    const isAsked = app.config.simulator === 'on';
    const why = isAsked
      ? 'Simulated portals run'
      : 'No portal is configured, so simulated ones run';
    await say(`${why} at ${app.simulatorUrl}`);
  }
  await say(`Sign in (good for 15 minutes, once): ${link}`);
  return link;
}

function toldToEnd(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGTERM', () => resolve());
    process.once('SIGINT', () => resolve());
  });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false; // ESRCH: it has gone.
  }
}

/** Opens a browser where there is a desktop; quietly does nothing where there is none. */
function openBrowser(url: string): void {
  const isDesktop =
    process.platform === 'darwin' ||
    process.platform === 'win32' ||
    process.env.DISPLAY ||
    process.env.WAYLAND_DISPLAY;
  if (!isDesktop || !process.stdout.isTTY || process.env.CI) return;
  const [command, ...args] =
    process.platform === 'darwin'
      ? ['open']
      : process.platform === 'win32'
        ? ['cmd', '/c', 'start', '']
        : ['xdg-open'];
  spawn(command ?? 'xdg-open', [...args, url], { stdio: 'ignore', detached: true })
    .once('error', () => undefined)
    .unref();
}
