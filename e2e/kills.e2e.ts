// Proves that whatever was acknowledged is there after a kill: a process works on one data directory as the server does, and
// is killed at random moments of opening, writing, backing up and upgrading. KILLS_SEED repeats what is chosen, KILLS sets
// how many; the moments themselves are the machine's. The kills at each single step are beside the code.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { createPerson } from '../src/access/people.ts';
import { lockDataDir } from '../src/platform/db/lock.ts';
import { appliedMigrations } from '../src/platform/db/migrate.ts';
import { openStore } from '../src/platform/db/sqlite/open.ts';
import { openRaw } from '../src/platform/db/sqlite/raw.ts';
import { type KeyedStore, openKeyedStore } from '../src/platform/keychain/open-keyed.ts';
import { openScene, person } from '../src/records/contract-aids.ts';
import { tasks as backupTasks } from '../src/sharing/backup/tasks.ts';
import { verifyStore } from '../src/sharing/backup/verify.ts';
import { type Acknowledged, differences, nothingYet } from './support/acknowledged.ts';
import {
  type ActName,
  ballast,
  OLD_KEY,
  ROOT,
  type Said,
  type Task,
  tasks,
} from './support/busy.ts';
import { migrations } from './support/migrations.ts';
import { randomOf } from '../src/platform/random.ts';

const KILLS = Number(process.env.KILLS ?? 50);
const SEED = Number(process.env.KILLS_SEED ?? 20_261_122);
const FIXTURE = resolve(import.meta.dirname, 'support/busy.fixture.ts');
const RELEASES = resolve(import.meta.dirname, '../src/platform/db/releases');
/** How long an act takes, in milliseconds, until it has been seen. */
const FIRST_GUESS = { open: 50, commit: 50, access: 10, backup: 1_000, upgrade: 50 };
/** How many stores a process has to upgrade before it only writes. */
const STORES = 6;

let directory: string;
let dataDir: string;
/** Stores of releases, by their names. */
let old: Map<string, { file: string; applied: string[] }>;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'chartfold-kills-'));
  dataDir = join(directory, 'data');
  mkdirSync(dataDir, { mode: 0o700 });
  old = await storesOfReleases();
  const { store } = await open();
  await createPerson(store.db, { id: person, name: 'Ada', by: null, now: 0 });
  const { commit } = await openScene(async () => store);
  await commit(ballast(), { question: 'b' });
  await store.close();
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const open = (): Promise<KeyedStore> => openKeyedStore({ dataDir, roots: [ROOT], migrations });

async function storesOfReleases(): Promise<typeof old> {
  const found: typeof old = new Map();
  for (const name of readdirSync(RELEASES)) {
    const file = join(directory, name.replace('.sql', '.sqlite'));
    const raw = openRaw(file, OLD_KEY);
    raw.exec(readFileSync(join(RELEASES, name), 'utf8'));
    raw.close();
    // As the program left it: in the form of its journal, written back.
    const store = await openStore({ file, keyHex: OLD_KEY, migrations: null });
    found.set(name, { file, applied: await appliedMigrations(store.db) });
    await store.close();
  }
  return found;
}

it(`${KILLS} kills at random moments lose nothing that was acknowledged, and leave a store without a fault`, async () => {
  process.stderr.write(`kills: KILLS_SEED=${SEED}\n`);
  const random = randomOf(SEED);
  const all = nothingYet();
  const fell = new Map<string, number>();
  const took = new Map(Object.entries(FIRST_GUESS));
  for (let kill = 0; kill < KILLS; kill += 1) {
    const task = tasks[kill % tasks.length] ?? 'write';
    const stores = task === 'upgrade' ? copiesToUpgrade(kill) : [];
    const { said, where } = await killedWhile(task, stores, { random, took });
    for (const one of said) if ('done' in one) all.add(one.left);
    fell.set(where, (fell.get(where) ?? 0) + 1);
    const what = `kill ${kill + 1} of KILLS_SEED=${SEED}, in ${where}`;
    await expectNothingLost(all, what);
    await expectBackups(all, what);
    for (const store of stores) await expectOldOrNew(store, all, what);
  }
  const places = [...fell].sort(([, a], [, b]) => b - a).map(([place, n]) => `${n} in ${place}`);
  process.stderr.write(`kills: ${places.join(', ')}; acknowledged and there: ${all.words()}\n`);
  for (const task of ['commit', 'backup', 'upgrade', 'open'])
    expect(
      [...fell.keys()].some((place) => place.includes(task)),
      `none in ${task}`,
    ).toBe(true);
}, 300_000);

type Chance = { readonly random: () => number; readonly took: Map<string, number> };

/** Starts a process, and kills it at a moment of an act of its task. @returns what it said, and in which act it was */
async function killedWhile(task: Task, stores: readonly string[], { random, took }: Chance) {
  const child = spawn(process.execPath, [FIXTURE, dataDir, task, ...stores], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  onTestFinished(() => void child.kill('SIGKILL'));
  const said: Said[] = [];
  const since = new Map<ActName, number>();
  const target: ActName = task === 'write' ? (random() < 0.7 ? 'commit' : 'access') : task;
  let before = task === 'open' ? 0 : Math.floor(random() * 3);
  const reached = Promise.withResolvers<void>();
  child.once('close', () => reached.resolve());
  createInterface({ input: child.stdout }).on('line', (line) => {
    const one = JSON.parse(line) as Said;
    said.push(one);
    if ('begins' in one) {
      since.set(one.begins, performance.now());
      if (one.begins === target && before-- === 0) reached.resolve();
    } else {
      took.set(one.done, performance.now() - (since.get(one.done) ?? 0));
      since.delete(one.done);
    }
  });
  await reached.promise;
  const left = filesOfBackups();
  const stage = task === 'backup' ? STAGES[Math.floor(random() * (STAGES.length + 1))] : undefined;
  if (stage) await stageReached(child, stage.sign, left);
  // No condition can be waited for: the moment is to be any, in the act or just after it.
  await pause(random() * (stage ? STAGE_MS : 1.2 * (took.get(target) ?? 0)));
  child.kill('SIGKILL');
  expect(await closed).toEqual([null, 'SIGKILL']);
  const where = [...since.keys()].sort().join(' and ') || 'nothing';
  return { said, where: since.has('backup') ? `${where} (${stageOfBackup(left)})` : where };
}

/** What a backup leaves when it is killed on its way, from the first step to the last. */
const STAGES = [
  { stage: 'copying', sign: /copy\.sqlite$/ },
  { stage: 'sealing', sign: /^chartfold-.*\.backup/ },
  { stage: 'proving', sign: /restored\.sqlite$/ },
] as const;
/** How long one of these takes, in milliseconds. */
const STAGE_MS = 12;

/** Its scratch files, and the backups with those half written. */
function filesOfBackups(): string[] {
  return [join(dataDir, 'run'), join(dataDir, 'backups')].flatMap((folder) => {
    try {
      return readdirSync(folder, { recursive: true }).map(String);
    } catch {
      return []; // Not there yet, or a scratch folder went away meanwhile.
    }
  });
}

/** Waits until a backup has come to a stage: most of its time goes by with starting threads, where nothing can break. */
async function stageReached(child: ChildProcess, sign: RegExp, left: readonly string[]) {
  const isThere = () => filesOfBackups().some((name) => sign.test(name) && !left.includes(name));
  while (!isThere() && child.exitCode === null) await nextTurn();
}

/** How far the backup that was killed had come. */
function stageOfBackup(left: readonly string[]): string {
  const fresh = filesOfBackups().filter((name) => !left.includes(name));
  if (fresh.some((name) => name.endsWith('restored.sqlite'))) return 'proving';
  if (fresh.some((name) => name.endsWith('.making'))) return 'sealing';
  return fresh.some((name) => name.endsWith('copy.sqlite')) ? 'copying' : 'between its steps';
}

/** Opened as the next start opens it. */
async function expectNothingLost(all: Acknowledged, what: string): Promise<void> {
  const lock = lockDataDir(dataDir, { pid: process.pid, address: 'nowhere' });
  const opened = await open();
  try {
    expect((await verifyStore(opened.store, opened.keychain)).faults, what).toEqual([]);
    expect(await differences(all, opened), what).toEqual([]);
  } finally {
    await opened.store.close();
    lock.release();
  }
}

const proven = new Set<string>();

/** Under its final name there is never a half: one that nobody acknowledged is whole too. */
async function expectBackups(all: Acknowledged, what: string): Promise<void> {
  const folder = join(dataDir, 'backups');
  if (!existsSync(folder)) return;
  const there = readdirSync(folder).map((name) => join(folder, name));
  expect(there, what).toEqual(expect.arrayContaining([...all.backups]));
  const { store, keychain } = await open();
  await store.close();
  for (const file of there.filter((one) => one.endsWith('.backup') && !proven.has(one))) {
    await backupTasks.prove({ dataDir, keychain, file });
    proven.add(file);
  }
}

function copiesToUpgrade(kill: number): string[] {
  const releases = [...old.values()];
  return Array.from({ length: STORES }, (_, n) => {
    const { file } = releases[n % releases.length] ?? { file: '' };
    const copy = join(directory, `upgrade-${kill}-${n}`, basename(file));
    cpSync(file, copy);
    return copy;
  });
}

/** Byte for byte as it was, or wholly in the present form; and the next start brings it there. */
async function expectOldOrNew(file: string, all: Acknowledged, what: string): Promise<void> {
  const before = [...old.values()].find((one) => basename(one.file) === basename(file));
  const original = readFileSync(before?.file ?? '');
  const latest = Object.keys(migrations).sort();
  const applied = async (with_: typeof migrations | null) => {
    const store = await openStore({ file, keyHex: OLD_KEY, migrations: with_ });
    expect(await store.integrity(), what).toEqual([]);
    const people = await store.db.selectFrom('person').select('name').execute();
    expect(people, what).toEqual([{ name: 'Ada' }]);
    const names = await appliedMigrations(store.db);
    await store.close();
    return names;
  };
  const found = await applied(null);
  if (all.upgraded.has(file)) expect(found, what).toEqual(latest);
  if (found.length !== latest.length) {
    expect(found, what).toEqual(before?.applied);
    expect(readFileSync(file).equals(original), what).toBe(true);
  }
  expect(await applied(migrations), what).toEqual(latest);
  const copies = join(dirname(file), 'before-upgrade');
  for (const name of readdirSync(copies).filter((one) => one.endsWith('.sqlite')))
    expect(readFileSync(join(copies, name)).equals(original), what).toBe(true);
  rmSync(dirname(file), { recursive: true });
}
