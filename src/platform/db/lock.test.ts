// Proves law L10 with real processes: one owner of a data directory, named to whoever comes second.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockDataDir } from './lock.ts';

const mine = { pid: process.pid, address: 'http://localhost:4200' };

let dir: string;
let child: ChildProcess | undefined;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'chartfold-lock-'));
});
afterEach(async () => {
  await end(child);
  child = undefined;
  rmSync(dir, { recursive: true, force: true });
});

async function startHolder(): Promise<number> {
  const program = join(import.meta.dirname, 'lock.fixture.ts');
  child = spawn(process.execPath, [program, dir], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [said] = await once(child.stdout ?? child, 'data');
  expect(String(said)).toBe('locked\n');
  return child.pid ?? 0;
}

async function end(process: ChildProcess | undefined): Promise<void> {
  if (!process || process.exitCode !== null || process.signalCode !== null) return;
  const ended = once(process, 'exit');
  process.kill('SIGKILL');
  await ended;
}

const expectRefused = (work: () => unknown, what: object) =>
  expect(work).toThrow(expect.objectContaining(what));
const holder = () => join(dir, 'run', 'holder.json');
const said = () => JSON.parse(readFileSync(holder(), 'utf8')) as unknown;

describe('a data directory', () => {
  it('that another process owns is refused, and the holder is named', async () => {
    const pid = await startHolder();
    expectRefused(() => lockDataDir(dir, mine), {
      code: 'store.in_use',
      detail: `process ${pid} at http://localhost:4999`,
    });
  });

  it('is free again when its owner was killed', async () => {
    await startHolder();
    await end(child);
    const lock = lockDataDir(dir, mine);
    expect(said()).toEqual(mine);
    lock.release();
  });

  it('is refused a second time within one process too', async () => {
    const lock = lockDataDir(dir, mine);
    expectRefused(() => lockDataDir(dir, mine), { code: 'store.in_use' });
    lock.release();
    lock.release();
    lockDataDir(dir, mine).release();
    expect(existsSync(holder())).toBe(false);
  });

  it('keeps what it says of its holder from other users', async () => {
    const lock = lockDataDir(dir, mine);
    expect(statSync(join(dir, 'run')).mode & 0o777).toBe(0o700);
    expect(statSync(join(dir, 'run', 'holder.json')).mode & 0o777).toBe(0o600);
    lock.release();
  });
});
