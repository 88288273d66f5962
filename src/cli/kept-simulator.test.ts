// Proves, with the simulator as a process, that it is there again after it has died, and given up when it dies too often.

import { createServer, type Server } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Clock } from '../platform/clock.ts';
import { openLog } from '../platform/log.ts';
import { keepSimulator } from './kept-simulator.ts';

let stateDir: string;
let lines: { event: string; pid?: number; afterMs?: number; code?: string }[];
let simulator: Awaited<ReturnType<typeof keepSimulator>> | undefined;
let now: number;
let waiting: PromiseWithResolvers<void>;
let inTheWay: Server | undefined;

/** Waits of the clock end when the test says so. */
const clock: Clock = {
  now: () => now,
  wait: (_ms, signal) =>
    new Promise((done, failed) => {
      signal?.addEventListener('abort', () => failed(signal.reason), { once: true });
      waiting.promise.then(done, failed);
    }),
};

beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'chartfold-kept-'));
  lines = [];
  now = 0;
  waiting = Promise.withResolvers();
});
afterEach(async () => {
  await simulator?.stop();
  simulator = undefined;
  inTheWay?.close();
  await rm(stateDir, { recursive: true });
});

async function keep(): Promise<string> {
  const log = openLog('info', { write: (line) => void lines.push(JSON.parse(line)) });
  const args = ['--people', '1', '--size', '60'];
  const start = { port: 0, stateDir, publicHost: '127.0.0.1', clients: [], args };
  simulator = await keepSimulator(start, { clock, log });
  return simulator.url;
}
const logged = (event: string) => lines.filter((line) => line.event === event);
const untilLogged = (event: string, count: number) =>
  expect.poll(() => logged(event).length, { timeout: 20_000 }).toBe(count);
function kill(): void {
  const pid = logged('simulator.started').at(-1)?.pid;
  if (!pid) throw new Error('no simulator was started');
  process.kill(pid, 'SIGKILL');
}
const answers = (url: string) =>
  fetch(url).then(
    ({ status }) => status === 200,
    () => false,
  );

describe('the simulator', () => {
  it('that has died is there again at its address, later each time, and ends when it is told', async () => {
    const url = await keep();
    waiting.resolve();
    for (const deaths of [1, 2]) {
      kill();
      await untilLogged('simulator.started', deaths + 1);
      expect(await answers(url)).toBe(true);
    }
    expect(logged('simulator.ended').map((line) => line.afterMs)).toEqual([1_000, 2_000]);
    await simulator?.stop();
    expect(await answers(url)).toBe(false);
    expect(logged('simulator.ended')).toHaveLength(2);
  });

  it('that ran well for a while has all its tries again', async () => {
    await keep();
    waiting.resolve();
    for (const deaths of [1, 2]) {
      now += 60_000;
      kill();
      await untilLogged('simulator.started', deaths + 1);
    }
    expect(logged('simulator.ended').map((line) => line.afterMs)).toEqual([1_000, 1_000]);
  });

  it('that does not start again is given up with a line', async () => {
    const url = await keep();
    kill();
    await untilLogged('simulator.ended', 1);
    inTheWay = createServer().listen(Number(new URL(url).port), '127.0.0.1');
    waiting.resolve();
    await untilLogged('simulator.given_up', 1);
    expect(logged('simulator.not_started').map((line) => line.code)).toEqual(
      Array(5).fill('simulator.failed'),
    );
  });

  it('is not started again when it is stopped while that is waited for', async () => {
    await keep();
    kill();
    await untilLogged('simulator.ended', 1);
    await simulator?.stop();
    waiting.resolve();
    expect(logged('simulator.started')).toHaveLength(1);
  });
});
