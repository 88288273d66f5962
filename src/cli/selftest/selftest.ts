// Owns `selftest`: a person connects a simulated portal through the real authorization flow, syncs, and what was
// stored is compared with what the portal holds. Every step that fails is named.

import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import type { Receipt } from '../../http/contract.ts';
import { type AuthMethod, authMethods } from '../../platform/config/read.ts';
import { ChartfoldError } from '../../platform/errors.ts';
import { firstVendor, vendors } from '../../portals/index.ts';
import { receiptText } from '../commands/sync.ts';
import type { Output } from '../verb.ts';
import { type Instance, startInstance, until, type Patience } from './instance.ts';
import { walk } from './scripted-browser.ts';

type Flags = { portal: string; auth?: AuthMethod; size?: string; faults?: string; json?: boolean };
type Check = { readonly name: string; readonly ok: boolean; readonly detail?: string };

export function selftest(root: Command): void {
  root
    .command('selftest')
    .description('connect, sync and compare with a simulated portal, in a temporary directory')
    .addOption(
      new Option('--portal <name>').choices(vendors.map((v) => v.portal.id)).default(firstVendor),
    )
    .addOption(new Option('--auth <method>').choices(authMethods))
    .option('--size <count>', 'about how many resources the patient has')
    .option('--faults <names>', 'faults of the portal, separated by commas')
    .option('--json', 'print JSON')
    .action(async (flags: Flags) => {
      const result = await runSelftest(flags);
      process.stdout.write(`${flags.json ? JSON.stringify(result) : textOf(result)}\n`);
      if (!result.passed) process.exitCode = 1;
    });
}

/** Runs the whole test. Only with no faults asked for must every question be answered in full. */
export async function runSelftest(flags: Flags) {
  const simulatorArgs = [
    ...(flags.size ? ['--size', flags.size] : []),
    ...(flags.faults ? ['--faults', flags.faults] : []),
  ];
  const methods = vendors.find(({ portal }) => portal.id === flags.portal)?.portal.auth ?? [];
  const { portal, auth = methods[0] ?? 'none' } = flags;
  if (!methods.includes(auth))
    throw new ChartfoldError('config.invalid', {
      detail: `--auth: ${portal} takes ${methods.join(', ')}`,
    });
  const instance = await startInstance({ vendor: portal, auth, simulatorArgs });
  const checks: Check[] = [];
  try {
    const account = await firstAccount(instance);
    const connection = await connectThrough(instance, portal, account);
    checks.push({ name: 'connected through the authorization flow', ok: true });
    const first = await finishedReceipt(instance, connection);
    checks.push(...receiptChecks(first, flags.faults !== undefined));
    if (!flags.faults)
      checks.push(...(await compareWithTruth(instance, portal, account.patientId, filesOf(first))));
    const second = await lastJson<Receipt>(instance.call('sync', { id: connection }));
    const isQuiet = second.new === 0 && (flags.faults !== undefined || second.changed === 0);
    checks.push({
      name: 'a second sync stores nothing twice',
      ok: isQuiet,
      detail: `${second.new} new, ${second.changed} changed`,
    });
    const stored = await storedCount(instance);
    checks.push({
      name: 'what is stored is what was new',
      ok: stored === first.new + second.new - filesOf(first) - filesOf(second),
      detail: `${stored} stored`,
    });
    return {
      passed: checks.every((c) => c.ok),
      portal,
      auth,
      checks,
      receipt: first,
    };
  } catch (error) {
    checks.push({
      name: 'ran to the end',
      ok: false,
      detail: `${error instanceof Error ? error.message : String(error)}\n${instance.log().slice(-2_000)}`,
    });
    return { passed: false, portal, auth, checks, receipt: null };
  } finally {
    await instance.close();
  }
}

export type Account = {
  readonly username: string;
  readonly password: string;
  readonly patientId: string;
  readonly practiceId: string;
};

/** The first account that the simulator names for a portal's production. */
export async function firstAccount(instance: Pick<Instance, 'simulatorUrl'>): Promise<Account> {
  const state = (await (await fetch(`${instance.simulatorUrl}/_simulator/state`)).json()) as {
    environments: {
      name: string;
      accounts: {
        username: string;
        password: string;
        charts: { patientId: string; practiceId: string }[];
      }[];
    }[];
  };
  const account = state.environments.find((e) => e.name === 'production')?.accounts[0];
  const chart = account?.charts[0];
  if (!account || !chart) throw new Error('The simulator has no account.');
  return { username: account.username, password: account.password, ...chart };
}

/** Connects by the command line's own link, its pages filled in by script. @returns the connection's id */
export async function connectThrough(
  instance: Instance,
  portal: string,
  account: Account,
): Promise<string> {
  let result: { connection?: string; state?: string } = {};
  for await (const output of instance.call('connect', {
    portal,
    clinic: account.practiceId,
    yes: true,
  })) {
    if (!('json' in output)) continue;
    const said = output.json as { link?: string; connection?: string; state?: string };
    if (!said.link) {
      result = said;
      continue;
    }
    const end = await walk(said.link, {
      username: account.username,
      password: account.password,
      practice: account.practiceId,
      decision: 'allow',
    });
    if (end.status >= 400)
      throw new Error(
        `The sign-in ended with HTTP status ${end.status} at ${new URL(end.url).pathname}.`,
      );
  }
  if (result.state !== 'ready' || !result.connection)
    throw new Error(`The connection is ${result.state ?? 'not there'}.`);
  return result.connection;
}

/** The connection's last receipt, once its sync has ended. */
export async function finishedReceipt(
  instance: Instance,
  connection: string,
  patience?: Patience,
): Promise<Receipt> {
  let receipt: Receipt | undefined;
  await until(async () => {
    receipt = await lastJson<Receipt>(instance.call('receipt', { id: connection })).catch(
      () => undefined,
    );
    return receipt?.finishedAt != null;
  }, patience);
  return receipt as Receipt;
}

export async function lastJson<T>(outputs: AsyncIterable<Output>): Promise<T> {
  let last: unknown;
  for await (const output of outputs) if ('json' in output) last = output.json;
  return last as T;
}

function receiptChecks(r: Receipt, hasFaults: boolean): Check[] {
  const open = r.questions.filter((q) => q.outcome === 'pending' || q.outcome === 'asking');
  const unexplained = r.questions.filter((q) => q.outcome !== 'full' && !q.reason);
  return [
    {
      name: 'every question has an outcome, every gap its reason',
      ok: open.length === 0 && unexplained.length === 0,
    },
    {
      name: 'every question was answered in full',
      ok: hasFaults || r.answeredInFull === r.asked,
      detail: `${r.answeredInFull} of ${r.asked}`,
    },
    {
      name: 'the totals add up',
      ok:
        r.received === r.new + r.changed + r.unchanged &&
        r.asked === r.answeredInFull + r.inPart + r.refused + r.failed,
    },
    { name: 'records came', ok: r.new > 0, detail: `${r.new} new` },
  ];
}

/** How many files came: they are kept beside the records that refer to them, and are none themselves. */
function filesOf({ questions }: Receipt): number {
  return questions.find(({ request }) => request.startsWith('Binary/'))?.new ?? 0;
}

/**
 * Each resource that the portal holds for the patient is stored with exactly its text, and nothing else is; of each
 * Binary the file is.
 */
async function compareWithTruth(
  instance: Instance,
  portal: string,
  patientId: string,
  files: number,
): Promise<Check[]> {
  const address = `${instance.simulatorUrl}/_simulator/truth?portal=${portal}&environment=production&patient=${encodeURIComponent(patientId)}`;
  const truth = (await (await fetch(address)).json()) as {
    resources: { type: string; sha256: string }[];
  };
  const out = join(instance.directory, 'raw');
  await lastJson(instance.call('export', { format: 'raw', out }));
  const stored = await recordsBelow(out);
  const records = truth.resources.filter(({ type }) => type !== 'Binary');
  const held = truth.resources.length - records.length;
  const wanted = new Set(records.map((r) => r.sha256));
  const missing = [...wanted].filter((hash) => !stored.has(hash)).length;
  const extra = [...stored].filter((hash) => !wanted.has(hash)).length;
  return [
    {
      name: 'what is stored is what the portal holds, character for character',
      ok: missing === 0 && extra === 0 && wanted.size > 0,
      detail: `${wanted.size} held, ${missing} missing, ${extra} too many`,
    },
    {
      name: 'the files came that the portal gives to patients',
      ok: files === held,
      detail: `${held} held, ${files} came`,
    },
  ];
}

/** The hashes of the records' texts; files that were attached lie beside them. */
async function recordsBelow(folder: string): Promise<Set<string>> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const hashes = files
    .filter((f) => f.isFile() && f.name.endsWith('.json'))
    .map(async (f) =>
      createHash('sha256')
        .update(await readFile(join(f.parentPath, f.name)))
        .digest('hex'),
    );
  return new Set(await Promise.all(hashes));
}

async function storedCount(instance: Instance): Promise<number> {
  const all = await lastJson<{ records: number }[]>(instance.call('connections', {}));
  return all.reduce((sum, c) => sum + c.records, 0);
}

function textOf(result: {
  passed: boolean;
  portal: string;
  auth: string;
  checks: Check[];
  receipt: Receipt | null;
}): string {
  return [
    ...(result.receipt ? [receiptText(result.receipt), ''] : []),
    ...result.checks.map(
      (c) => `${c.ok ? 'ok  ' : 'FAIL'} ${c.name}${c.detail ? ` (${c.detail})` : ''}`,
    ),
    `selftest ${result.portal} ${result.auth}: ${result.passed ? 'passed' : 'failed'}`,
  ].join('\n');
}
