// Owns the way from a fresh clone to a running program: the right Node, the locked packages, the built web part.
// Runs on any Node from 20 on, so it uses nothing newer and imports nothing of the project.

import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const NEEDED = [24, 11];
const NODE_TOOLS = join(ROOT, 'tools', 'node');
const COUNTERPARTS = join(ROOT, 'tools', 'counterparts');

/** Makes everything ready. Quick when nothing has changed. Returns the Node to run on. */
export function prepare(options) {
  const node = findNode();
  installPackages(node);
  if (options.counterparts) installCounterparts(node);
  if (options.web) buildWeb(node);
  return node;
}

/** Runs the program with these arguments on that Node, and ends as it ends. */
export function run(node, args) {
  const child = spawn(node, args, { stdio: 'inherit', env: environmentFor(node) });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => child.kill(signal));
  child.on('error', (error) => stop(`${node} could not be started: ${error.message}`));
  child.on('exit', (code, signal) =>
    process.exit(code === null ? (signal === 'SIGINT' ? 130 : 1) : code),
  );
}

/** This Node where it is new enough, else the one that tools/node pins; fetched when it is not there yet. */
function findNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1])) return process.execPath;
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const locked = JSON.parse(readFileSync(join(NODE_TOOLS, 'package-lock.json'), 'utf8')).packages[
    `node_modules/${name}`
  ];
  if (!locked) {
    stop(
      `Chartfold needs Node ${NEEDED.join('.')} or newer; this is ${process.versions.node}. Install a newer one from nodejs.org and start again.`,
    );
  }
  const folder = join(NODE_TOOLS, 'node_modules', name);
  const binary = join(folder, process.platform === 'win32' ? 'bin/node.exe' : 'bin/node');
  const isThere =
    existsSync(binary) &&
    JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version === locked.version;
  if (!isThere) {
    say(
      `Chartfold needs Node ${NEEDED.join('.')} or newer and this machine has ${process.versions.node}, so Node ${locked.version} is fetched from the npm registry (package ${name}, a repackaging of the official build, pinned by ${locked.integrity.slice(0, 30)}…) into tools/node; to use your own, install a newer Node and start again.`,
    );
    if (!install(process.execPath, NODE_TOOLS)) stop(notInstalled('tools/node'));
  }
  return binary;
}

/** Installs what the lock file says, unless that is what is installed. */
function installPackages(node) {
  if (isInstalled(ROOT)) return;
  say('Installing the packages that package-lock.json names …');
  if (!install(node, ROOT)) stop(notInstalled('the clone'));
}

/** What others wrote and only tests meet. Where it can't be had, those tests are passed over, and say why. */
function installCounterparts(node) {
  if (isInstalled(COUNTERPARTS)) return;
  say('Installing the counterparts of the tests, which tools/counterparts names …');
  if (!install(node, COUNTERPARTS)) say(notInstalled('tools/counterparts'));
}

function isInstalled(folder) {
  const stamp = stampOf(folder);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === lockHash(folder);
}

/** Installs what a folder's lock file names. Returns whether it could. */
function install(node, folder) {
  const done = npm(node, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], folder);
  if (done) writeFileSync(stampOf(folder), lockHash(folder));
  return done;
}

function stampOf(folder) {
  return join(folder, 'node_modules', '.chartfold');
}

function lockHash(folder) {
  return hashOf([join(folder, 'package-lock.json')]);
}

function notInstalled(where) {
  return `npm ci did not succeed in ${where}; the lines above say why. Check the network and start again.`;
}

/** Builds the web part, unless what is built was built from these files. */
function buildWeb(node) {
  const out = join(ROOT, 'dist');
  const stamp = join(out, 'web.stamp');
  const wanted = hashOf([
    ...filesBelow(join(ROOT, 'src', 'web')),
    join(ROOT, 'vite.config.ts'),
    join(ROOT, 'package-lock.json'),
  ]);
  if (
    existsSync(join(out, 'web', 'index.html')) &&
    existsSync(stamp) &&
    readFileSync(stamp, 'utf8') === wanted
  )
    return;
  say('Building the web part …');
  const vite = join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js');
  const built = spawnSync(node, [vite, 'build', '--logLevel', 'error'], {
    cwd: ROOT,
    stdio: 'inherit',
    env: environmentFor(node),
  });
  if (built.status !== 0) stop('The web part could not be built; the lines above say why.');
  mkdirSync(out, { recursive: true });
  writeFileSync(stamp, wanted);
}

function npm(node, args, cwd) {
  // Under `npm start` npm names its own file; otherwise it is on the PATH.
  const file = process.env.npm_execpath;
  const isScript = file && /\.c?js$/.test(file);
  const result = isScript
    ? spawnSync(node, [file, ...args], { cwd, stdio: ['ignore', 2, 2], env: environmentFor(node) })
    : spawnSync('npm', args, {
        cwd,
        stdio: ['ignore', 2, 2],
        env: environmentFor(node),
        shell: process.platform === 'win32',
      });
  return result.status === 0;
}

/** The chosen Node first on the PATH, so that whatever is started by name runs on it too; and where it compiles to. */
function environmentFor(node) {
  const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH || ''}` };
  // What Node has compiled once it need not compile again, in no process and no thread: a start takes a second less,
  // and a server 40 MB. Where it can't be written, Node goes on without.
  env.NODE_COMPILE_CACHE ??= join(ROOT, 'node_modules', '.cache', 'compiled');
  // Where the C library is glibc, it keeps what large buffers gave back unless it is told; a quarter of a server's memory.
  env.MALLOC_ARENA_MAX ??= '2';
  env.MALLOC_MMAP_THRESHOLD_ ??= '262144';
  // Headers of another Node would make a native build that cannot load; none is built, but none may be tried.
  for (const key of Object.keys(env))
    if (/^npm_config_(nodedir|prefix|local_prefix)$/i.test(key)) delete env[key];
  return env;
}

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) =>
      entry.isDirectory() ? filesBelow(join(folder, entry.name)) : [join(folder, entry.name)],
    );
}

function hashOf(files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(file.slice(ROOT.length)).update(readFileSync(file));
  return hash.digest('hex');
}

function say(line) {
  process.stderr.write(`${line}\n`);
}

function stop(line) {
  say(line);
  process.exit(1);
}

/**
 * The program with the flags that Node is started with for it, for every thread's heap. Node lets the nursery grow to
 * 128 MB and collects the rest for the first time at some hundred, for servers of many; a person's machine has better
 * use for them.
 */
export const PROGRAM = [
  '--max-semi-space-size=8',
  '--initial-old-space-size=48',
  '--heap-growing-percent=40',
  join(ROOT, 'src', 'main.ts'),
];
const COMMANDS = {
  setup: () => prepare({ web: true }),
  start: (args) => run(prepare({ web: true }), [...PROGRAM, 'serve', '--open', ...args]),
  test: (args) =>
    run(prepare({ web: true, counterparts: true }), [
      join(ROOT, 'scripts', 'check', 'run.ts'),
      ...args,
    ]),
};

if (process.argv[1] && fileURLToPath(import.meta.url) === process.argv[1]) {
  const command = COMMANDS[process.argv[2]];
  if (!command) stop(`Say one of: ${Object.keys(COMMANDS).join(', ')}.`);
  command(process.argv.slice(3));
}
