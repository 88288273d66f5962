// Owns the command line: what each verb takes, and how a failed one ends.

import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { asChartfoldError, ChartfoldError, isChartfoldError } from '../platform/errors.ts';
import { backup, backups } from './commands/backup.ts';
import { changes } from './commands/changes.ts';
import { connect } from './commands/connect.ts';
import {
  directoryStatus,
  importDirectory,
  searchDirectory,
  updateDirectory,
} from './commands/directory.ts';
import { exportRecord, importFiles } from './commands/files.ts';
import { keys } from './commands/keys.ts';
import { addPerson, people, signInLink } from './commands/people.ts';
import { portals } from './commands/portals.ts';
import { rebuild } from './commands/rebuild.ts';
import { cancelSync, schedule } from './commands/schedule.ts';
import { connections, disconnect, receipt, sync } from './commands/sync.ts';
import { everyChoices } from '../sync/schedule.ts';
import type { Program } from './program.ts';
import { bench } from './bench/bench.ts';
import { vitals } from './bench/vitals.ts';
import { selftest } from './selftest/selftest.ts';
import { simulate } from './commands/simulate.ts';
import { dropServer, servers, serverVerbs } from './commands/servers.ts';
import { serve, stop } from './commands/serve.ts';
import { unlock } from './commands/unlock.ts';
import { tls } from './commands/tls.ts';
import { verify } from './commands/verify.ts';
import { runVerb } from './run-verb.ts';
import { hearStreamErrors, isUnread } from './standard-streams.ts';
import type { Verb } from './verb.ts';

/** Every verb that a running server answers. */
export const verbs: readonly Verb[] = [
  signInLink,
  people,
  addPerson,
  portals,
  connect,
  connections,
  sync,
  cancelSync,
  schedule,
  receipt,
  changes,
  disconnect,
  importFiles,
  exportRecord,
  directoryStatus,
  updateDirectory,
  importDirectory,
  searchDirectory,
  servers,
  dropServer,
  rebuild,
  backup,
  verify,
  vitals,
].map((verb) => verb as unknown as Verb);

/** Runs the command line. The process's exit code is 0 only on success. */
export async function runCli(argv: readonly string[], program: Program): Promise<void> {
  hearStreamErrors();
  try {
    await commandLine(program).parseAsync([...argv], { from: 'user' });
  } catch (error) {
    fail(error);
  }
}

/** Every verb with what it takes and what it starts. Help and the reference page are made from it. */
export function commandLine(program: Program): Command {
  const root = new Command('chartfold')
    .description('A personal health record that connects straight to your patient portals.')
    .showHelpAfterError();
  const verb = (words: string, summary: string) =>
    root
      .command(words)
      .description(summary)
      .option('--json', 'print JSON, a value a line')
      .option('--as <account>', 'with the rights of this account; the operator’s without');
  const run = (v: Verb<never>) => (args: Record<string, unknown>, flags: { json?: boolean }) =>
    runVerb(program, v as unknown as Verb, args, flags);

  root
    .command('serve')
    .description('start the server')
    .option('--open', 'open the sign-in link in the browser')
    .action((flags) => serve(program, flags));
  root
    .command('stop')
    .description('end the running server')
    .action(() => stop(program));
  root
    .command('unlock')
    .description('give the running server the passphrase of its root key')
    .action(() => unlock(program));
  tls(root);
  keys(root, program);
  backups(root, program, (v, args, flags) => run(v as Verb<never>)(args, flags));
  verb('verify', 'look for damage in the store: pages, records, audit chain, sealed values')
    .option('--checkpoint <text...>', 'compare with audit checkpoints that were kept elsewhere')
    .action(({ checkpoint, ...flags }) =>
      run(verify as Verb<never>)({ checkpoints: checkpoint }, flags),
    );
  simulate(root);
  selftest(root);
  bench(root, program);
  verb(
    'sign-in-link [account]',
    'print a new sign-in link; without a name the first owner’s',
  ).action((account, flags) => run(signInLink as Verb<never>)({ account }, flags));
  const who = root.command('people').description('whose records there are');
  who
    .command('list')
    .option('--json', 'print JSON')
    .option('--as <account>', 'with the rights of this account; the operator’s without')
    .action((flags) => run(people as Verb<never>)({}, flags));
  who
    .command('add <name>')
    .option('--birth-date <date>', 'YYYY-MM-DD, or as much of it as is known')
    .option('--json', 'print JSON')
    .option('--as <account>', 'with the rights of this account; the operator’s without')
    .action((name, flags) =>
      run(addPerson as Verb<never>)({ name, birthDate: flags.birthDate }, flags),
    );
  verb('portals', 'every vendor and environment, with what would switch it on').action((flags) =>
    run(portals as Verb<never>)({}, flags),
  );
  verb('connect <portal>', 'connect a portal: prints one link to sign in with')
    .option('--clinic <id>', 'the clinic, by the vendor’s id')
    .addOption(
      new Option('--environment <name>').choices(['production', 'preview']).default('production'),
    )
    .option('--person <name>', 'whose record: a name, an id, or new')
    .option('--yes', 'the patient that will be read is the right one')
    .action((portal, flags) => run(connect as Verb<never>)({ portal, ...flags }, flags));
  verb('connections', 'what is connected').action((flags) =>
    run(connections as Verb<never>)({}, flags),
  );
  verb('sync [id]', 'sync one connection, or all')
    .option('--all', 'every connection that is ready')
    .option('--cancel', 'stop the one that waits or runs, keeping what came')
    .action((id, flags) =>
      flags.cancel
        ? run(cancelSync as Verb<never>)({ id }, flags)
        : run(sync as Verb<never>)({ id, all: flags.all }, flags),
    );
  verb('schedule <id>', 'how often a connection is synced by itself')
    .addOption(
      new Option('--every <interval>', 'default: what the portal was told at the registration')
        .choices([...everyChoices, 'default'])
        .makeOptionMandatory(),
    )
    .action((id, flags) => run(schedule as Verb<never>)({ id, every: flags.every }, flags));
  verb('receipt <id>', 'what a sync asked and what came; of a connection the last').action(
    (id, flags) => run(receipt as Verb<never>)({ id }, flags),
  );
  verb('changes', 'what changed in a record with the last sync of each connection')
    .option('--person <name>', 'whose: a name or an id; needed where there are several')
    .option('--connection <id>', 'with the last sync of this connection')
    .option('--receipt <id>', 'with this sync')
    .addOption(
      new Option('--since <when>', 'visit: since the account of --as last looked')
        .choices(['sync', 'visit'])
        .default('sync'),
    )
    .action(({ person, connection, receipt, since, ...flags }) =>
      run(changes as Verb<never>)({ person, connection, receipt, since }, flags),
    );
  verb('disconnect <id>', 'end a connection')
    .option('--keep', 'keep what was received')
    .option('--delete', 'delete what was received')
    .action((id, flags) => {
      if (Boolean(flags.keep) === Boolean(flags.delete))
        throw new ChartfoldError('http.invalid_request', {
          detail: 'say --keep or --delete: whether what was received is kept',
        });
      return run(disconnect as Verb<never>)({ id, deletes: Boolean(flags.delete) }, flags);
    });
  verb('import <files...>', 'import FHIR JSON or NDJSON')
    .option('--person <name>', 'whose: a name, an id, new or ask')
    .action((files: string[], flags) =>
      run(importFiles as Verb<never>)(
        {
          files: files.map((file) => resolve(file)),
          person: flags.person,
          unknown: process.stdin.isTTY ? 'ask' : 'new',
        },
        flags,
      ),
    );
  verb('export', 'write the record of a person, or of everyone')
    .addOption(new Option('--format <format>').choices(['ndjson', 'raw']).makeOptionMandatory())
    .option('--person <name>', 'a name or an id')
    .option('--out <folder>', 'for raw: the folder to write into')
    .action((flags) =>
      run(exportRecord as Verb<never>)(
        { format: flags.format, person: flags.person, out: flags.out && resolve(flags.out) },
        flags,
      ),
    );
  directory(root, run);
  serverVerbs(root, (v, args, flags) => run(v)(args as Record<string, unknown>, flags));
  verb('rebuild', 'drop the chart and make it again from the raw records').action((flags) =>
    run(rebuild as Verb<never>)({}, flags),
  );
  return root;
}

type Run = (
  v: Verb<never>,
) => (args: Record<string, unknown>, flags: { json?: boolean }) => Promise<void>;

function directory(root: Command, run: Run): void {
  const lists = root.command('directory').description('the clinics that can be chosen');
  const verb = (words: string, summary: string) =>
    lists
      .command(words)
      .description(summary)
      .option('--json', 'print JSON, a value a line')
      .option('--as <account>', 'with the rights of this account; the operator’s without');
  verb('status', 'the lists: how many clinics, how old, and why the last try failed').action(
    (flags) => run(directoryStatus as Verb<never>)({}, flags),
  );
  verb('update', 'fetch the published lists of the portals that are on').action((flags) =>
    run(updateDirectory as Verb<never>)({}, flags),
  );
  verb('import <file>', 'read a list of clinics from a file')
    .option('--vendor <id>', 'whose it is, where it does not say so itself')
    .action((file, { vendor, ...flags }) =>
      run(importDirectory as Verb<never>)({ file: resolve(file), vendor }, flags),
    );
  verb('search <words...>', 'clinics by name, town, state or postal code, the likeliest first')
    .option('--limit <count>', 'how many', '10')
    .action((words, { limit, ...flags }) =>
      run(searchDirectory as Verb<never>)({ words, limit: Number(limit) || 10 }, flags),
    );
}

/** Says what went wrong on stderr, and ends with code 1. Of an unexpected error the stack, for a report. */
function fail(thrown: unknown): void {
  // By a signal's reason, or by the terminal while a question was open.
  const isInterrupted = thrown instanceof Error && thrown.name === 'AbortError';
  if (isInterrupted || isUnread(thrown)) {
    // As a shell counts an end by SIGINT or SIGPIPE.
    process.exitCode = isInterrupted ? 130 : 141;
    return;
  }
  const error = asChartfoldError(thrown);
  process.stderr.write(`${error.message} [${error.code}]\n`);
  if (isChartfoldError(error, 'internal.unexpected') && error.cause instanceof Error)
    process.stderr.write(`${error.cause.stack}\n`);
  process.exitCode = 1;
}
