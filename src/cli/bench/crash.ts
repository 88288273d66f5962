// Owns `bench crash`: the server is killed again and again at random moments of syncs of a portal that fails now and
// then, and in the end all that it holds is compared with what the portal holds. The test of crashes is the same.

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectPerson, rebuildPerson } from '../../chart/project.ts';
import type { Connection } from '../../http/contract.ts';
import type { Store } from '../../platform/db/db.ts';
import type { Migrations } from '../../platform/db/migrate.ts';
import { openKeyedStore } from '../../platform/keychain/open-keyed.ts';
import { randomOf } from '../../platform/random.ts';
import { firstVendor } from '../../portals/index.ts';
import { textsOf } from '../../records/texts.ts';
import { readReceipt } from '../../records/runs.ts';
import { type Instance, startInstance, until } from '../selftest/instance.ts';
import { type Account, connectThrough, firstAccount, lastJson } from '../selftest/selftest.ts';

export type CrashOptions = {
  readonly kills: number;
  readonly seed: number;
  /** About how many resources the patient has. */
  readonly size: number;
  readonly migrations: Migrations;
  readonly say: (line: string) => void;
};

export type CrashResult = {
  readonly kills: number;
  /** Of the kills: between a renewal that the portal made and its answer on the disk here. */
  readonly insideRenewal: number;
  /** New sign-ins that were needed, all of them after such a kill and said to be so. */
  readonly signIns: number;
  /** Syncs that ended in between; each began anew with nothing. */
  readonly syncs: number;
  readonly held: number;
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  /** Questions without an end, or whose figures don't add up. */
  readonly ledgerFaults: readonly string[];
  readonly chartEqual: boolean;
};

/** What may strike between two kills; each is over after a time or two, so that a sync can end. */
const FAULTS = [
  { name: 'page.500', times: 2 },
  { name: 'page.429', times: 1, retryAfter: 1 },
  { name: 'page.reset', times: 2 },
  { name: 'page.html-error', times: 1 },
  { name: 'page.truncated-json', times: 2 },
  { name: '401.mid-sync', times: 1 },
] as const;
/** Small pages that come slowly, tokens that are renewed every few seconds, and a renewal that takes its time. */
const ALWAYS = [
  { name: 'page.small', most: 50 },
  { name: 'reply.slow', delayMs: 30 },
  { name: 'token.expires-early' },
  { name: 'refresh.rotates' },
  { name: 'token.slow', delayMs: 150 },
] as const;

/** Kills, restarts, compares. @throws where a sign-in was needed that no kill explains */
export async function crash(options: CrashOptions): Promise<CrashResult> {
  const instance = await startInstance({
    vendor: firstVendor,
    auth: 'none',
    simulatorArgs: ['--size', String(options.size), '--seed', '7'],
  });
  try {
    const account = await firstAccount(instance);
    const tried = new Trial(instance, account, randomOf(options.seed));
    await tried.begin();
    for (let kill = 1; kill <= options.kills; kill += 1) {
      await tried.kill();
      if (kill % 20 === 0) options.say(`${kill} kills, ${tried.signIns} new sign-ins`);
    }
    await tried.finish();
    const truth = await truthOf(instance, account.patientId);
    await instance.stopServer('SIGTERM');
    const { insideRenewal, signIns, syncs } = tried;
    const stored = await storedIn(instance.directory, options.migrations, truth);
    return { kills: options.kills, insideRenewal, signIns, syncs, ...stored };
  } finally {
    await instance.close();
  }
}

class Trial {
  readonly #instance: Instance;
  readonly #account: Account;
  readonly #random: () => number;
  #connection = '';
  insideRenewal = 0;
  signIns = 0;
  syncs = 0;
  /** Renewals that the portal made and that were never heard of, so far. */
  #unheard = 0;

  constructor(instance: Instance, account: Account, random: () => number) {
    this.#instance = instance;
    this.#account = account;
    this.#random = random;
  }

  async begin(): Promise<void> {
    await setFaults(this.#instance, ALWAYS);
    this.#connection = await connectThrough(this.#instance, firstVendor, this.#account);
  }

  /** Lets a sync run for a random while with random faults, kills, starts again, and signs in where that is needed. */
  async kill(): Promise<void> {
    const random = this.#random;
    await this.#signInWhereNeeded(false);
    await this.#keepSyncing();
    await setFaults(this.#instance, [...ALWAYS, ...FAULTS.filter(() => random() < 0.3)]);
    await pause(random() * 900);
    await this.#instance.stopServer('SIGKILL');
    const wasInside = await this.#countUnheard();
    await this.#instance.startServer();
    await this.#signInWhereNeeded(wasInside);
  }

  /** The last sync to its end, in full. */
  async finish(): Promise<void> {
    await setFaults(this.#instance, []);
    await this.#ended();
    await this.#signInWhereNeeded(true);
    await this.#ended();
    await lastJson(this.#instance.call('sync', { id: this.#connection }));
  }

  /** Where a sync has ended, all is deleted and begun anew, so that each kill meets one that stores. */
  async #keepSyncing(): Promise<void> {
    const { state } = await this.#present();
    if (state.kind !== 'ready') return;
    this.syncs += 1;
    await lastJson(this.#instance.call('disconnect', { id: this.#connection, deletes: true }));
    this.#connection = await connectThrough(this.#instance, firstVendor, this.#account);
  }

  async #present(): Promise<Connection> {
    const all = await lastJson<Connection[]>(this.#instance.call('connections', {}));
    const found = all.find(({ id }) => id === this.#connection);
    if (!found) throw new Error('The connection is gone.');
    return found;
  }

  async #ended(): Promise<void> {
    await until(async () => !['syncing', 'waiting'].includes((await this.#present()).state.kind));
  }

  async #signInWhereNeeded(wasInside: boolean): Promise<void> {
    const { state } = await this.#present();
    if (state.kind !== 'sign-in-again') return;
    if (!wasInside && this.#unheard === 0)
      throw new Error(`A sign-in is needed that no kill explains: ${state.code}`);
    if (state.code !== 'smart.renewal_cut_off')
      throw new Error(`A renewal was cut off, and the connection says ${state.code}`);
    this.signIns += 1;
    this.#unheard = 0;
    const landed = await connectThrough(this.#instance, firstVendor, this.#account);
    if (landed !== this.#connection) throw new Error('The same patient landed elsewhere.');
  }

  /** Whether the portal has made a renewal of which this server, now dead, had not said that it is on the disk. */
  async #countUnheard(): Promise<boolean> {
    // One that was on its way when the server died is made all the same.
    await pause(250);
    const made = await renewals(this.#instance);
    const heard = this.#instance.log().split('"connection.refreshed"').length - 1;
    const before = this.insideRenewal;
    this.insideRenewal = Math.max(before, made - heard);
    const isNew = this.insideRenewal > before;
    if (isNew) this.#unheard += 1;
    return isNew;
  }
}

async function pause(ms: number): Promise<void> {
  await new Promise((done) => setTimeout(done, ms));
}

async function setFaults(instance: Instance, on: readonly object[]): Promise<void> {
  const response = await fetch(`${instance.simulatorUrl}/_simulator/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ on }),
  });
  if (!response.ok) throw new Error(`The simulator answered ${response.status}.`);
}

/** How many renewals the portal has made, answered or not. */
async function renewals({ simulatorUrl }: Instance): Promise<number> {
  const reply = await fetch(`${simulatorUrl}/_simulator/requests`);
  const { counts } = (await reply.json()) as { counts: { renewals: number } };
  return counts.renewals;
}

async function truthOf({ simulatorUrl }: Instance, patient: string): Promise<Map<string, string>> {
  const address = `${simulatorUrl}/_simulator/truth?environment=production&patient=${encodeURIComponent(patient)}`;
  const { resources } = (await (await fetch(address)).json()) as {
    resources: { type: string; id: string; sha256: string }[];
  };
  return new Map(resources.map((r) => [`${r.type}/${r.id}`, r.sha256]));
}

/** What lies in the store, read past the program, beside what should. */
async function storedIn(
  directory: string,
  migrations: Migrations,
  truth: ReadonlyMap<string, string>,
) {
  const root = Buffer.from((await readFile(join(directory, 'secret'), 'utf8')).trim(), 'hex');
  const dataDir = join(directory, 'data');
  const { store } = await openKeyedStore({ dataDir, roots: [root], migrations });
  try {
    const versions = await versionsIn(store);
    const names = versions.map(({ name }) => name);
    const held = new Map(versions.map(({ name, hash }) => [name, hash]));
    return {
      held: held.size,
      lost: [...truth].filter(([name, hash]) => held.get(name) !== hash).map(([name]) => name),
      doubled: names.filter((name, at) => !truth.has(name) || names.indexOf(name) !== at),
      ledgerFaults: await ledgerFaults(store),
      chartEqual: await isChartEqual(store),
    };
  } finally {
    await store.close();
  }
}

async function versionsIn({ db }: Store): Promise<{ name: string; hash: string }[]> {
  const rows = await db
    .selectFrom('resource_version as v')
    .innerJoin('resource as r', 'r.id', 'v.resource_id')
    .select(['r.type', 'r.fhir_id', 'v.seq'])
    .execute();
  const texts = await textsOf(
    db,
    rows.map(({ seq }) => seq),
  );
  return rows.map(({ type, fhir_id, seq }) => ({
    name: `${type}/${fhir_id}`,
    hash: createHash('sha256')
      .update(texts.get(seq) ?? '')
      .digest('hex'),
  }));
}

async function ledgerFaults({ db }: Store): Promise<string[]> {
  const runs = await db.selectFrom('sync_run').select(['id', 'ended_at']).execute();
  const faults = runs.filter((run) => run.ended_at === null).map(({ id }) => `run ${id} is open`);
  for (const { id } of runs) {
    const receipt = await readReceipt(db, id);
    for (const q of receipt?.questions ?? []) {
      if (q.outcome === 'pending' || q.outcome === 'asking') faults.push(`${q.key} has no outcome`);
      if (q.outcome !== 'full' && q.code === null) faults.push(`${q.key} has no reason`);
      if (q.received !== q.new + q.changed + q.unchanged) faults.push(`${q.key} does not add up`);
    }
  }
  return faults;
}

/** Whether the chart is what it would be, made anew. */
async function isChartEqual({ db }: Store): Promise<boolean> {
  const read = async () =>
    JSON.stringify(await db.selectFrom('chart_row').selectAll().orderBy('resource_id').execute());
  const people = await db.selectFrom('person').select('id').execute();
  // What the stop left to do is done first.
  for (const { id } of people) await projectPerson(db, id);
  const stood = await read();
  for (const { id } of people) await rebuildPerson(db, id);
  return stood === (await read()) && stood.length > 2;
}

/** What came of it, in words. */
export function crashText(r: CrashResult): string {
  return [
    `${r.kills} kills, ${r.insideRenewal} of them inside a renewal; ${r.signIns} new sign-ins needed, each said to be for a renewal that was cut off.`,
    `${r.syncs} syncs ended in between. In the end ${r.held} held, ${r.lost.length} lost, ${r.doubled.length} doubled, ${r.ledgerFaults.length} faults in the ledger; the chart ${r.chartEqual ? 'is as it would be made anew' : 'IS NOT as it would be made anew'}.`,
  ].join('\n');
}

/** Whether it came out as it must. */
export function isSound(r: CrashResult): boolean {
  return (
    r.chartEqual && r.held > 0 && r.lost.length + r.doubled.length + r.ledgerFaults.length === 0
  );
}
