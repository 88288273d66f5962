// Owns `backup`: make one, prove one, print the kit, and restore into an empty data directory.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { prepareDataDir, rootSecret } from '../../platform/config/secret.ts';
import { lockDataDir } from '../../platform/db/lock.ts';
import { ChartfoldError } from '../../platform/errors.ts';
import { databaseFile, isStoreThere } from '../../platform/keychain/open-keyed.ts';
import type { Manifest } from '../../sharing/backup/contents.ts';
import { readKit } from '../../sharing/backup/kit.ts';
import { refuseFullDataDir, restoreBackup } from '../../sharing/backup/restore.ts';
import { askSecretly, unlockOnTerminal } from '../passphrase.ts';
import type { Program } from '../program.ts';
import { writeOut } from '../standard-streams.ts';
import type { Verb } from '../verb.ts';

type Args = {
  readonly action: 'create' | 'prove' | 'kit';
  /** For create: another folder than the configured. */
  readonly out?: string;
  /** For prove: another file than the last. */
  readonly file?: string;
};

export const backup: Verb<Args> = {
  name: 'backup',
  act: 'instance.backup',
  async *run(app, { action, out, file }) {
    if (action === 'kit') {
      const rows = app.backups.kit();
      yield { json: { rows }, text: kitPage(rows) };
      return;
    }
    if (action === 'create')
      yield { say: 'Making a backup, then proving that it can be restored.' };
    const done =
      action === 'create' ? await app.backups.create(out) : await app.backups.prove(file);
    const { manifest, provenAt } = done;
    yield {
      json: done,
      text: `${done.file}\nMade ${manifest.madeAt}, proven ${provenAt}: ${contentOf(manifest)}.`,
    };
  },
};

/** Adds the verbs; `run` is how those run that a server can answer. */
export function backups(
  root: Command,
  program: Program,
  run: (verb: Verb<Args>, args: Args, flags: object) => Promise<void>,
): void {
  const group = root.command('backup').description('sealed copies of the whole instance');
  const verb = (words: string, summary: string) =>
    group
      .command(words)
      .description(summary)
      .option('--json', 'print JSON')
      .option('--as <account>', 'with the rights of this account; the operator’s without');
  verb('create', 'make a backup, while the server runs or without it, and prove it')
    .option('--out <folder>', 'another folder than CHARTFOLD_BACKUP_DIR')
    .action(({ out, ...flags }) =>
      run(backup, { action: 'create', ...(out ? { out: resolve(out) } : {}) }, flags),
    );
  verb(
    'prove [file]',
    'restore a backup, the last one unless named, into a temporary place',
  ).action((file, flags) =>
    run(backup, { action: 'prove', ...(file ? { file: resolve(file) } : {}) }, flags),
  );
  verb('kit', 'print the recovery kit').action((flags) => run(backup, { action: 'kit' }, flags));
  group
    .command('restore <file>')
    .description('restore a backup into an empty data directory')
    .option('--kit-file <file>', 'a file with the recovery kit; without it, it is asked for')
    .option('--json', 'print JSON')
    .action((file, flags) => restore(program, resolve(file), flags));
}

async function restore(
  program: Program,
  file: string,
  flags: { kitFile?: string; json?: boolean },
): Promise<void> {
  const config = program.readConfig();
  const { dataDir } = config;
  prepareDataDir(dataDir);
  const held = lockDataDir(dataDir, { pid: process.pid, address: 'backup restore' });
  let manifest: Manifest;
  try {
    refuseFullDataDir(dataDir);
    const recovery = readKit(flags.kitFile ? textOf(flags.kitFile) : await askKit());
    const { secret } = rootSecret(config, isStoreThere(databaseFile(dataDir)));
    const { roots } = 'roots' in secret ? secret : await unlockOnTerminal(config, secret);
    const [root] = roots;
    if (!root) throw new ChartfoldError('store.bad_key_format');
    manifest = restoreBackup({ file, recovery, dataDir, root });
  } finally {
    held.release();
  }
  // Opened once, so that what it says is true, and in this version's form.
  const assembled = await program.assemble(config, {
    listens: false,
    portals: false,
    unlock: unlockOnTerminal,
  });
  const { faults } = await assembled.app.backups.verify([]).finally(() => assembled.close());
  if (faults.length > 0)
    throw new ChartfoldError('backup.not_proven', { detail: faults[0]?.place ?? '' });
  const text = `Restored into ${dataDir}: ${contentOf(manifest)}, as of ${manifest.madeAt}. Start it with: npx chartfold serve`;
  await writeOut(`${flags.json ? JSON.stringify({ dataDir, manifest }) : text}\n`);
}

/** What a backup holds, in a few words. */
function contentOf({ counts }: Manifest): string {
  const of = (table: string, one: string, more: string) =>
    `${counts[table] ?? 0} ${counts[table] === 1 ? one : more}`;
  return [
    of('person', 'person', 'people'),
    of('resource_version', 'version of a record', 'versions of records'),
    of('audit_line', 'line of audit', 'lines of audit'),
  ].join(', ');
}

function kitPage(rows: readonly string[]): string {
  return [
    'RECOVERY KIT of this Chartfold',
    '',
    ...rows.map((row, i) => `  ${i + 1}   ${row}`),
    '',
    'Print this, or write it down, and keep it apart from the backups.',
    'With a backup and this kit everything can be restored, on any machine.',
    'Without the root key and without this kit nobody can: a lost key is a lost record.',
    'To restore: npx chartfold backup restore FILE',
  ].join('\n');
}

async function askKit(): Promise<string> {
  if (!process.stdin.isTTY) return readFileSync(process.stdin.fd, 'utf8');
  const rows: string[] = [];
  for (const row of [1, 2, 3, 4]) rows.push(await askSecretly(`Row ${row} of the recovery kit: `));
  return rows.join('\n');
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new ChartfoldError('keys.kit_unreadable', { detail: file, cause });
  }
}
