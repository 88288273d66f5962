// Owns `keys`: the root key locked and unlocked in its file, the root key and the database's key exchanged. All but the
// first two need the data directory to themselves.

import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { auditActor, createAudit } from '../../access/audit.ts';
import { operator } from '../../access/policy.ts';
import { systemClock } from '../../platform/clock.ts';
import { isStoreThere, otherStores } from '../../platform/config/made-before.ts';
import { type Config, failOn } from '../../platform/config/read.ts';
import {
  prepareDataDir,
  rootSecret,
  secretText,
  writeSecret,
} from '../../platform/config/secret.ts';
import { lockDataDir } from '../../platform/db/lock.ts';
import { ChartfoldError } from '../../platform/errors.ts';
import { databaseFile, openKeyedStore } from '../../platform/keychain/open-keyed.ts';
import { rotateDatabase, rotateRoot } from '../../platform/keychain/rotate.ts';
import { silentLog } from '../../platform/log.ts';
import {
  type LockedSecret,
  lockedSecret,
  type OpenSecret,
  parseSecret,
  plainSecret,
} from '../../platform/keychain/secret-text.ts';
import { askSecretly } from '../passphrase.ts';
import type { Program } from '../program.ts';
import { writeOut } from '../standard-streams.ts';

/** Adds the verbs. */
export function keys(root: Command, program: Program): void {
  const group = root.command('keys').description('the keys that seal the data');
  group
    .command('lock')
    .description('seal the file of the root key with a passphrase: a start then waits for it')
    .action(() => lock(program.readConfig()));
  group
    .command('unlock-file')
    .description('take the passphrase off the file of the root key')
    .action(() => unlockFile(program.readConfig()));
  group
    .command('rotate-root')
    .description('exchange the root key; the server must be stopped')
    .option('--out <file>', 'for a root key from the environment: the new one is written here')
    .action(({ out }) => exchangeRoot(program, out === undefined ? null : resolve(out)));
  group
    .command('rotate-database')
    .description('exchange the key of the database; the server must be stopped')
    .action(() => exchangeDatabase(program));
}

async function lock(config: Config): Promise<void> {
  const file = secretFile(config);
  const secret = parseSecret(secretText(file));
  const { roots } = 'roots' in secret ? secret : await unlockAsking(secret);
  const passphrase = await askSecretly('New passphrase: ');
  if (process.stdin.isTTY && (await askSecretly('Once more: ')) !== passphrase)
    throw new ChartfoldError('keys.wrong_passphrase');
  writeSecret(file, await lockedSecret(roots, passphrase));
  await writeOut(
    `The root key at ${file} opens with the passphrase alone. If both are lost, so is the record.\n`,
  );
}

async function unlockFile(config: Config): Promise<void> {
  const file = secretFile(config);
  const secret = parseSecret(secretText(file));
  if ('roots' in secret) throw new ChartfoldError('keys.not_locked');
  writeSecret(file, plainSecret((await unlockAsking(secret)).roots));
  await writeOut(`The root key at ${file} needs no passphrase any more.\n`);
}

async function unlockAsking(secret: LockedSecret): Promise<OpenSecret> {
  return secret.unlock(await askSecretly('Passphrase of the root key: '));
}

async function exchangeRoot(program: Program, out: string | null): Promise<void> {
  const config = program.readConfig();
  const isFile = 'file' in config.secret;
  if (!isFile && out === null) failOn(['--out: say where the new root key is to be written']);
  await alone(program, config, 'keys rotate-root', async (secret) => {
    const others = otherStores({ config, databaseFile: databaseFile(config.dataDir) });
    if (others.length > 0)
      throw new ChartfoldError('keys.secret_shared', { detail: others.join(', ') });
    let kept = secret.roots;
    const save = async (roots: readonly Uint8Array[]) => {
      if ('file' in config.secret) writeSecret(config.secret.file, await secret.textOf(roots));
      else if (kept === secret.roots) writeNew(out ?? '', plainSecret(roots.slice(0, 1)));
      kept = roots;
    };
    await rotateRoot({ dataDir: config.dataDir, roots: secret.roots, save });
    return kept;
  });
  await writeOut(
    isFile
      ? 'The root key was exchanged. Copies of the old one open nothing any more.\n'
      : `The root key was exchanged. Set CHARTFOLD_SECRET to what is in ${out}, or CHARTFOLD_SECRET_FILE to its path; the old one opens nothing any more.\n`,
  );
}

async function exchangeDatabase(program: Program): Promise<void> {
  const config = program.readConfig();
  const { dataDir } = config;
  await alone(program, config, 'keys rotate-database', async ({ roots }) => {
    await rotateDatabase({ dataDir, roots, migrations: program.migrations });
    return roots;
  });
  await writeOut('The key of the database was exchanged.\n');
}

/**
 * Does the work while no server runs, then opens the instance and leaves a line in its audit.
 * @param work returns the root keys that open it afterwards
 */
async function alone(
  program: Program,
  config: Config,
  what: string,
  work: (secret: OpenSecret) => Promise<readonly Uint8Array[]>,
): Promise<void> {
  const { dataDir } = config;
  const { migrations } = program;
  prepareDataDir(dataDir);
  const held = await lockDataDir(dataDir, { pid: process.pid, address: what });
  try {
    if (!isStoreThere(databaseFile(dataDir)))
      throw new ChartfoldError('store.missing', { detail: databaseFile(dataDir) });
    const { secret } = rootSecret(config, true);
    const open = 'roots' in secret ? secret : await unlockAsking(secret);
    // What an exchange left open that was cut off, or a store from before there was a keychain, is settled first.
    await (await openKeyedStore({ dataDir, roots: open.roots, migrations })).store.close();
    const roots = await work(open);
    const { store, keychain } = await openKeyedStore({ dataDir, roots, migrations });
    try {
      const audit = { db: store.db, clock: systemClock, log: silentLog, key: keychain.audit };
      await createAudit(audit).act({
        ...auditActor(operator),
        act: 'instance.keys',
        personId: null,
        origin: 'Terminal',
        detail: { what },
      });
    } finally {
      await store.close();
    }
  } finally {
    held.release();
  }
}

function secretFile({ secret }: Config): string {
  if (!('file' in secret)) throw new ChartfoldError('keys.not_a_file');
  return secret.file;
}

function writeNew(file: string, content: string): void {
  try {
    writeFileSync(file, content, { mode: 0o600, flag: 'wx', flush: true });
  } catch (cause) {
    throw new ChartfoldError('output.not_written', { detail: file, cause });
  }
}
