// Owns a reverse proxy that really runs, with the recipe of deploy/ as people copy it: only name, ports and files are
// put in their place.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const DEPLOY = resolve(import.meta.dirname, '../../deploy');

export const proxies = ['nginx', 'Caddy'] as const;
export type Proxy = (typeof proxies)[number];
export type Around = {
  /** A folder of its own. */
  readonly folder: string;
  /** Where it listens, at https://localhost. */
  readonly port: number;
  /** Where Chartfold listens, in plain http. */
  readonly behind: number;
  readonly cert: string;
  readonly key: string;
};

/** Why this proxy can't be run here; null where it can. */
export function proxyMissing(proxy: Proxy): string | null {
  if (process.platform !== 'linux') return 'needs further addresses of loopback, as Linux has';
  const { error } = spawnSync(proxy.toLowerCase(), [proxy === 'nginx' ? '-v' : 'version']);
  return error ? `${proxy} is not on this machine` : null;
}

/** Starts it and waits until it listens. @returns what ends it */
export async function startProxy(proxy: Proxy, around: Around): Promise<() => Promise<void>> {
  mkdirSync(around.folder, { recursive: true });
  const [command, ...args] = proxy === 'nginx' ? nginx(around) : caddy(around);
  const child = spawn(command ?? '', args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, HOME: around.folder, XDG_DATA_HOME: around.folder },
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  while (!(await isListening(around.port))) {
    if (child.exitCode !== null) throw new Error(`${proxy} ended at once: ${said}`);
    await pause(50);
  }
  return () => end(child);
}

function nginx(around: Around): string[] {
  const { folder, port } = around;
  const site = recipe('nginx.conf', around)
    .replace(/^ *listen \[::\].*\n/gm, '')
    .replace(/^server \{\n *listen 80;[\s\S]*?^\}\n/m, '')
    .replace('listen 443', `listen 127.0.0.1:${port}`)
    .replace('health.example.org', 'localhost');
  writeFileSync(join(folder, 'site.conf'), site);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const main = [
    'daemon off; master_process off; error_log stderr warn;',
    `pid ${folder}/pid;`,
    'events {}',
    'http {',
    '  access_log off;',
    ...temporary.map((name) => `  ${name}_temp_path ${folder}/${name};`),
    `  include ${folder}/site.conf;`,
    '}',
  ];
  writeFileSync(join(folder, 'nginx.conf'), `${main.join('\n')}\n`);
  return ['nginx', '-p', folder, '-e', 'stderr', '-c', join(folder, 'nginx.conf')];
}

function caddy(around: Around): string[] {
  const file = join(around.folder, 'Caddyfile');
  const site = recipe('Caddyfile', around).replace(
    /^health\.example\.org \{/m,
    `https://localhost:${around.port} {`,
  );
  writeFileSync(file, `{\n\tadmin off\n\tauto_https disable_redirects\n}\n${site}`);
  return ['caddy', 'run', '--adapter', 'caddyfile', '--config', file];
}

function recipe(name: string, { behind, cert, key }: Around): string {
  return readFileSync(join(DEPLOY, name), 'utf8')
    .replace('/etc/chartfold/cert.pem', cert)
    .replace('/etc/chartfold/key.pem', key)
    .replace('127.0.0.1:4200', `127.0.0.1:${behind}`);
}

function isListening(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      done(true);
    });
    socket.once('error', () => done(false));
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}
