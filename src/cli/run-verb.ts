// Owns running a verb: in the server that is there or in this process, printed, asked about, ended by Ctrl-C.

import { createInterface } from 'node:readline/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { shown } from '../fhir/text/shown.ts';
import type { Config } from '../platform/config/read.ts';
import { callServer, findServer } from './control.ts';
import { performVerb } from './perform-verb.ts';
import { unlockOnTerminal } from './passphrase.ts';
import type { Program } from './program.ts';
import { writeOut } from './standard-streams.ts';
import type { Output, Question, Verb } from './verb.ts';

type Flags = { json?: boolean; as?: string };

/**
 * Runs a verb and prints what it says.
 * @throws what it throws; the DOMException `AbortError` on Ctrl-C
 */
export async function runVerb(
  program: Program,
  verb: Verb,
  args: Record<string, unknown>,
  flags: Flags,
): Promise<void> {
  const config = program.readConfig();
  const ending = new AbortController();
  process.once('SIGINT', () => ending.abort(new DOMException('interrupted', 'AbortError')));
  const call: Call = (given) =>
    callServer(config.dataDir, verb.name, { args: given, as: flags.as }, ending.signal);
  if (await findServer(config.dataDir)) return print(args, flags, call);
  await inThisProcess(program, config, verb, { args, flags, signal: ending.signal });
}

/** Runs the verb with these arguments. */
type Call = (args: Record<string, unknown>) => AsyncIterable<Output>;

async function inThisProcess(
  program: Program,
  config: Config,
  verb: Verb,
  { args, flags, signal }: { args: Record<string, unknown>; flags: Flags; signal: AbortSignal },
): Promise<void> {
  const assembled = await program.assemble(config, {
    listens: verb.needsPort === true,
    portals: verb.needsPortals === true || verb.needsPort === true,
    unlock: unlockOnTerminal,
  });
  try {
    await print(args, flags, (given) =>
      heard(performVerb(assembled.app, verb, { args: given, as: flags.as }, signal), signal),
    );
    // What a verb set going (a first sync, a chart) is done before the process ends; interrupted, at the next start.
    await Promise.race([assembled.app.jobs.idle(), interrupted(signal)]);
  } finally {
    await assembled.close();
  }
}

/** What a verb says, with a turn between for Ctrl-C to be heard, since our store and a pipe make none. */
async function* heard(outputs: AsyncIterable<Output>, signal: AbortSignal): AsyncIterable<Output> {
  for await (const output of outputs) {
    await nextTurn();
    signal.throwIfAborted();
    yield output;
  }
}

/** Rejects when the signal is aborted. */
function interrupted(signal: AbortSignal): Promise<never> {
  return new Promise((_done, failed) => {
    signal.throwIfAborted();
    signal.addEventListener('abort', () => failed(signal.reason), { once: true });
  });
}

async function print(args: Record<string, unknown>, flags: Flags, call: Call): Promise<void> {
  for await (const output of call(args)) {
    if ('data' in output) await writeOut(output.data);
    else if ('json' in output)
      await writeOut(`${flags.json ? JSON.stringify(output.json) : shown(output.text)}\n`);
    else if ('say' in output) process.stderr.write(`${shown(output.say)}\n`);
    else return answer(args, flags, call, output);
  }
}

/** Puts a verb's question to the person at the terminal, and runs it again with the answer. */
async function answer(
  args: Record<string, unknown>,
  flags: Flags,
  call: Call,
  asked: Question,
): Promise<void> {
  const isPatient = asked.ask === 'patient';
  if (!process.stdin.isTTY) {
    process.stderr.write(
      isPatient
        ? 'Confirm the patient in the app, or connect with --yes.\n'
        : 'Say whose records these are with --person.\n',
    );
    process.exitCode = 1;
    return;
  }
  const line = createInterface({ input: process.stdin, output: process.stderr });
  const question = isPatient ? 'Is this the right patient' : 'Whose records are these';
  const given = (await line.question(`${question} (${shown(asked.choices.join(', '))})? `)).trim();
  line.close();
  const next =
    asked.ask === 'patient'
      ? { confirm: { connection: asked.connection, answer: given } }
      : { ...args, person: given || 'ask' };
  await print(next, flags, call);
}
