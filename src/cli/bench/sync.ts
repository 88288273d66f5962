// Owns `bench sync`: a first sync and a second one of a large patient, with the server, the simulator and this
// process each a process of its own, beside the floors, all in one run.

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import type { Receipt } from '../../http/contract.ts';
import { firstVendor } from '../../portals/index.ts';
import { type Instance, startInstance } from '../selftest/instance.ts';
import { connectThrough, finishedReceipt, firstAccount, lastJson } from '../selftest/selftest.ts';
import { everyPage, floorOf, pagesFor } from './floor.ts';
import { type LoopVitals, processUse } from './vitals.ts';
import { wholeNumber } from './whole-number.ts';

type Flags = {
  size: number;
  runs: number;
  latency?: number;
  perMinute?: number;
  page?: number;
  json?: boolean;
};
type Figures = Record<string, number>;
/** A million resources, or a portal that bears little, take long; and each look at a receipt takes the server time. */
const PATIENCE = { minutes: 90, everyMs: 500 };

export function benchSync(of: Command): void {
  of.command('sync')
    .description('a first and a second sync of a large patient, beside their floors')
    .option('--size <count>', 'about how many resources', wholeNumber(1), 10_000)
    .option('--runs <count>', 'how often', wholeNumber(1), 5)
    .option('--latency <ms>', 'how long the portal holds each answer back', wholeNumber(0))
    .option(
      '--per-minute <count>',
      'how many requests the portal bears in a minute of the clock',
      wholeNumber(1),
    )
    .option('--page <count>', 'the most entries that the portal gives a page', wholeNumber(1))
    .option('--json', 'print JSON')
    .action(async (flags: Flags) => {
      const runs: Figures[] = [];
      for (let n = 0; n < flags.runs; n += 1) runs.push(await oneRun(flags));
      process.stdout.write(`${flags.json ? JSON.stringify(runs) : tableOf(runs)}\n`);
    });
}

async function oneRun(flags: Flags): Promise<Figures> {
  const instance = await startInstance({
    vendor: firstVendor,
    auth: 'none',
    // Its pages are put together once, before anything is measured: else it would be measured with what is.
    simulatorArgs: ['--size', String(flags.size), '--keep-pages'],
    // It holds every resource in memory, and every page.
    simulatorHeapMb: 2_000 + Math.ceil(flags.size / 110),
    ...(flags.perMinute === undefined ? {} : { requestsPerMinute: flags.perMinute }),
  });
  try {
    const account = await firstAccount(instance);
    for await (const _page of everyPage(await pagesFor(instance, account)));
    await settled(instance);
    await setFaults(instance, flags);
    await forgetRequests(instance);
    await lastJson(instance.call('vitals', { begin: true }));
    const before = useOf(instance);
    const connection = await connectThrough(instance, firstVendor, account);
    const first = await finishedReceipt(instance, connection, PATIENCE);
    mustBeInFull(first);
    const chartedAt = await whenCharted(instance);
    const after = useOf(instance);
    const loop = await lastJson<LoopVitals>(instance.call('vitals', {}));
    const share =
      flags.perMinute === undefined ? {} : await shareOfLimit(instance, flags.perMinute);
    await lastJson(instance.call('vitals', { begin: true }));
    const second = await lastJson<Receipt>(instance.call('sync', { id: connection }));
    mustBeInFull(second);
    const loopAgain = await lastJson<LoopVitals>(instance.call('vitals', {}));
    // With a token that is new: one from before the syncs may have ended.
    const pages = await pagesFor(instance, account);
    const floor = await floorOf(pages, join(instance.directory, 'floor.sqlite'));
    return {
      resources: first.received,
      'first sync, s': secondsOf(first),
      'first sync, resources/s': first.received / secondsOf(first),
      'until the chart holds all of it, s': (chartedAt - Date.parse(first.startedAt)) / 1000,
      'server cpu, s': after.server.cpuS - before.server.cpuS,
      'simulator cpu, s': after.simulator.cpuS - before.simulator.cpuS,
      'server peak memory, MB': after.server.peakMb,
      'simulator peak memory, MB': after.simulator.peakMb,
      'main-loop stall, ms': loop.stallMs,
      'main-loop delay p99, ms': loop.p99Ms,
      'second sync, s': secondsOf(second),
      'second sync, resources/s': second.received / secondsOf(second),
      'second sync main-loop stall, ms': loopAgain.stallMs,
      'floor: fetched, parsed, one row each, s': floor.seconds,
      'floor beside first sync (gate 0.35)': floor.seconds / secondsOf(first),
      'floor beside second sync': floor.seconds / secondsOf(second),
      ...share,
    };
  } finally {
    await instance.close();
  }
}

async function setFaults({ simulatorUrl }: Instance, { latency, page }: Flags): Promise<void> {
  const on = [
    ...(latency === undefined ? [] : [{ name: 'reply.slow', delayMs: latency }]),
    ...(page === undefined ? [] : [{ name: 'page.small', most: page }]),
  ];
  if (on.length === 0) return;
  const reply = await fetch(`${simulatorUrl}/_simulator/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ on }),
  });
  if (!reply.ok) throw new Error(`The simulator takes no such fault: ${await reply.text()}`);
}

/** What was asked before the measuring is none of what a limit is for. */
async function forgetRequests({ simulatorUrl }: Instance): Promise<void> {
  await fetch(`${simulatorUrl}/_simulator/requests`, { method: 'DELETE' });
}

/** How much of what the portal bears was used in the whole minutes of the clock between the first request and the last. */
async function shareOfLimit({ simulatorUrl }: Instance, perMinute: number): Promise<Figures> {
  const reply = await fetch(`${simulatorUrl}/_simulator/requests`);
  const { requests } = (await reply.json()) as { requests: { at: string; path: string }[] };
  const minutes = requests
    // What the person's browser asks at the sign-in is not ours.
    .filter(({ path }) => /\/fhir\/|\/token$/.test(path))
    .map(({ at }) => at.slice(0, 16));
  const counts = [...Map.groupBy(minutes, (minute) => minute).values()].map((of) => of.length);
  const whole = counts.slice(1, -1);
  const used = whole.reduce((sum, count) => sum + count, 0) / whole.length / perMinute;
  return {
    'whole minutes at the limit': whole.length,
    'of the limit used (gate 0.95)': used,
    'most requests in a minute': Math.max(...counts),
  };
}

/** When the server's charts held all that was received: what comes after a sync would else slow the next one down. */
async function whenCharted(instance: Instance): Promise<number> {
  for (;;) {
    const { charts } = await lastJson<LoopVitals>(instance.call('vitals', {}));
    if (charts === 'given up') throw new Error('The server has given up making the chart.');
    if (charts === 'whole') return Date.now();
    await sleep(50);
  }
}

/** A sync that left something was not as long as it says. @throws Error naming what it left */
function mustBeInFull({ questions }: Receipt): void {
  const left = questions.filter(({ outcome }) => outcome !== 'full');
  if (left.length === 0) return;
  const names = left.map(({ label, reason }) => `${label} (${reason?.code})`).join(', ');
  throw new Error(`The sync was not answered in full, so its time says nothing: ${names}`);
}

/** Waits until the server has nothing left to do of its start: nobody comes as soon as it listens. */
async function settled(instance: Instance): Promise<void> {
  for (let idle = 0, last = -1; idle < 3; ) {
    await sleep(100);
    const { cpuS } = useOf(instance).server;
    idle = cpuS - last < 0.02 || Number.isNaN(cpuS) ? idle + 1 : 0;
    last = cpuS;
  }
}

function useOf(instance: Instance) {
  const none = { cpuS: Number.NaN, peakMb: Number.NaN };
  return {
    server: processUse(instance.serverPid()) ?? none,
    simulator: processUse(instance.simulatorPid) ?? none,
  };
}

function secondsOf(receipt: Receipt): number {
  return (Date.parse(receipt.finishedAt ?? '') - Date.parse(receipt.startedAt)) / 1000;
}

/** Minimum, median and maximum of each figure. */
function tableOf(runs: readonly Figures[]): string {
  const names = Object.keys(runs[0] ?? {});
  const rows = names.map((name) => {
    const values = runs.map((run) => run[name] ?? Number.NaN).sort((a, b) => a - b);
    const shown = [values[0], values[Math.floor(values.length / 2)], values.at(-1)].map((v) =>
      (v ?? Number.NaN).toFixed(v !== undefined && v < 100 ? 2 : 0).padStart(10),
    );
    return `${name.padEnd(40)}${shown.join('')}`;
  });
  return [
    `${'runs: '.concat(String(runs.length)).padEnd(40)}${['min', 'median', 'max'].map((w) => w.padStart(10)).join('')}`,
    ...rows,
  ].join('\n');
}
