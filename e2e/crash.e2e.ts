// Proves that nothing is lost and nothing doubled when the server is killed, ten times, at random moments of a
// sync of a portal that fails now and then. CRASH_SEED repeats a run; the seed is printed.

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { listPeople } from '../src/access/people.ts';
import { projectPerson, rebuildPerson } from '../src/chart/project.ts';
import {
  connectThrough,
  finishedReceipt,
  firstAccount,
  lastJson,
} from '../src/cli/selftest/selftest.ts';
import { type Instance, startInstance, until } from '../src/cli/selftest/instance.ts';
import type { Receipt } from '../src/http/contract.ts';
import { openKeyedStore } from '../src/platform/keychain/open-keyed.ts';
import { rawOf } from '../src/records/read.ts';
import { firstVendor } from '../src/portals/index.ts';
import { migrations } from './support/program.ts';
import { randomOf } from './support/random.ts';

const KILLS = 10;
/** What may strike between two kills; each is over after a time or two, so that the sync can end in full. */
const FAULTS = [
  { name: 'page.500', times: 2 },
  { name: 'page.429', times: 1, retryAfter: 1 },
  { name: 'page.reset', times: 2 },
  { name: 'page.html-error', times: 1 },
  { name: 'page.truncated-json', times: 2 },
  { name: '401.mid-sync', times: 1 },
];
const SLOW = { name: 'reply.slow', delayMs: 100 };
const seed = Number(process.env.CRASH_SEED ?? Date.now() % 1_000_000);

let instance: Instance;
beforeAll(async () => {
  process.stderr.write(`crash: CRASH_SEED=${seed}\n`);
  instance = await startInstance({
    vendor: firstVendor,
    auth: 'none',
    simulatorArgs: ['--size', '9000', '--seed', '7'],
  });
});
afterAll(() => instance?.close());

it('ten kills at random moments of a sync lose nothing and double nothing', async () => {
  const random = randomOf(seed);
  const upTo = (most: number) => 1 + Math.floor(random() * most);
  const account = await firstAccount(instance);
  await setFaults([SLOW]);
  const connection = await connectThrough(instance, firstVendor, account);
  for (let kill = 1; kill <= KILLS; kill += 1) {
    await setFaults([SLOW, ...FAULTS.filter(() => random() < 0.4)]);
    const goal = (await asked()) + upTo(5);
    await until(async () => (await asked()) >= goal);
    const receipt = await lastJson<Receipt>(instance.call('receipt', { id: connection }));
    expect(receipt.finishedAt, `the sync had ended before kill ${kill}`).toBeNull();
    await instance.stopServer('SIGKILL');
    await instance.startServer();
  }
  await setFaults([]);
  const receipt = await finishedReceipt(instance, connection);
  const truth = await truthOf(account.patientId);

  expect(receipt.questions.map((q) => [q.key, q.outcome])).toEqual(
    receipt.questions.map((q) => [q.key, 'full']),
  );
  expect(receipt.received).toBe(receipt.new + receipt.changed + receipt.unchanged);
  expect({ new: receipt.new, changed: receipt.changed }).toEqual({ new: truth.size, changed: 0 });
  await instance.stopServer('SIGTERM');
  const { held, versions, chart, rebuilt } = await storedIn(instance.directory);
  expect([...truth].filter(([name, hash]) => held.get(name) !== hash)).toEqual([]);
  expect(held.size).toBe(truth.size);
  expect(versions).toBe(truth.size);
  expect(chart.length).toBeGreaterThan(truth.size / 2);
  expect(chart).toEqual(rebuilt);
  process.stderr.write(`crash: ${KILLS} kills, ${truth.size} held, 0 lost, 0 doubled\n`);
}, 240_000);

async function setFaults(on: readonly object[]): Promise<void> {
  const response = await fetch(`${instance.simulatorUrl}/_simulator/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ on }),
  });
  expect(response.status).toBe(200);
}

/** How many FHIR requests the portal has had. */
async function asked(): Promise<number> {
  const { requests } = (await (
    await fetch(`${instance.simulatorUrl}/_simulator/requests`)
  ).json()) as {
    requests: { path: string }[];
  };
  return requests.length;
}

async function truthOf(patient: string): Promise<Map<string, string>> {
  const address = `${instance.simulatorUrl}/_simulator/truth?environment=production&patient=${encodeURIComponent(patient)}`;
  const { resources } = (await (await fetch(address)).json()) as {
    resources: { type: string; id: string; sha256: string }[];
  };
  return new Map(resources.map((r) => [`${r.type}/${r.id}`, r.sha256]));
}

/** What lies in the store, read past the program: each text's own hash, how many versions, the chart and what it should be. */
async function storedIn(directory: string) {
  const root = Buffer.from((await readFile(join(directory, 'secret'), 'utf8')).trim(), 'hex');
  const dataDir = join(directory, 'data');
  const { store } = await openKeyedStore({ dataDir, roots: [root], migrations });
  try {
    const rows = await store.db
      .selectFrom('resource_version as v')
      .innerJoin('resource as r', 'r.id', 'v.resource_id')
      .select(['v.seq', 'r.type', 'r.fhir_id'])
      .execute();
    const held = new Map<string, string>();
    for (const row of rows) {
      const text = await rawOf(store.db, row.seq);
      held.set(`${row.type}/${row.fhir_id}`, createHash('sha256').update(text).digest('hex'));
    }
    const [person] = await listPeople(store.db);
    const read = () =>
      store.db.selectFrom('chart_row').selectAll().orderBy('resource_id').execute();
    // What the stop left to do is done first.
    await projectPerson(store.db, person?.id ?? '');
    const chart = await read();
    await rebuildPerson(store.db, person?.id ?? '');
    return { held, versions: rows.length, chart, rebuilt: await read() };
  } finally {
    await store.close();
  }
}
