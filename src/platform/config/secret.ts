// Owns the two places that a start needs before anything else: the private data directory and the root key.

import { randomBytes } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { writeDurably } from '../durable.ts';
import { ChartfoldError } from '../errors.ts';
import { makeFolder } from '../folders.ts';
import {
  type LockedSecret,
  type OpenSecret,
  parseSecret,
  plainSecret,
} from '../keychain/secret-text.ts';
import { listOfStores } from './made-before.ts';
import { type Config, failOn } from './read.ts';

const CLONE = realpathSync(resolve(import.meta.dirname, '../../..'));

/**
 * Makes the data directory (mode 700) or checks that nobody else can read it.
 * @throws `config.data_dir_inside_clone`, `config.data_dir_open_to_others`, `config.invalid`
 */
export function prepareDataDir(dataDir: string): void {
  if (isWithin(CLONE, realPath(dataDir)))
    throw new ChartfoldError('config.data_dir_inside_clone', { detail: dataDir });
  try {
    if (!existsSync(dataDir)) makeFolder(dataDir);
  } catch (cause) {
    failOn([`CHARTFOLD_DATA_DIR: ${dataDir} cannot be made (${codeOf(cause)}); choose another`]);
  }
  if (!statSync(dataDir).isDirectory())
    failOn([`CHARTFOLD_DATA_DIR: ${dataDir} is not a folder; choose another`]);
  if (process.platform !== 'win32' && (statSync(dataDir).mode & 0o077) !== 0) {
    throw new ChartfoldError('config.data_dir_open_to_others', { detail: dataDir });
  }
}

/**
 * Makes the folder of the backups, or checks that it can be written into: a backup that fails at night is heard of late.
 * @throws `config.invalid`
 */
export function prepareBackupDir(folder: string): void {
  try {
    makeFolder(folder);
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (cause) {
    failOn([
      `CHARTFOLD_BACKUP_DIR: ${folder} is no folder that can be written into (${codeOf(cause)}); choose another`,
    ]);
  }
}

/**
 * The secret with the root key, 32 bytes; made on first start, never when data already exists that it could not open.
 * @throws `store.bad_key_format`, `keys.secret_missing`, `config.secret_open_to_others`, `config.secret_beside_data`,
 *   `config.invalid`
 */
export function rootSecret(
  config: Pick<Config, 'secret' | 'dataDir'>,
  hasData: boolean,
): { secret: OpenSecret | LockedSecret; madeNow: string | null } {
  if ('value' in config.secret) return { secret: parseSecret(config.secret.value), madeNow: null };
  const file = config.secret.file;
  const place = realPath(file);
  if (isWithin(CLONE, place) || isWithin(realPath(config.dataDir), place))
    throw new ChartfoldError('config.secret_beside_data', { detail: file });
  if (existsSync(file)) {
    const text = secretText(file);
    refuseOpenToOthers(file);
    return { secret: parseSecret(text), madeNow: null };
  }
  if (hasData) throw new ChartfoldError('keys.secret_missing', { detail: file });
  const text = plainSecret([randomBytes(32)]);
  try {
    makeFolder(dirname(file));
    writeFileSync(file, text, { mode: 0o600, flag: 'wx', flush: true });
    chmodSync(file, 0o600);
    // What stands there was opened by an earlier secret.
    rmSync(listOfStores(file), { force: true });
  } catch (cause) {
    failOn([`CHARTFOLD_SECRET_FILE: ${file} cannot be written (${codeOf(cause)}); choose another`]);
  }
  return { secret: parseSecret(text), madeNow: file };
}

/**
 * The text of the secret's file.
 * @throws `keys.secret_missing`, `config.invalid` where it can't be read
 */
export function secretText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT')
      throw new ChartfoldError('keys.secret_missing', { detail: file });
    throw new ChartfoldError('config.invalid', {
      detail: `\n  CHARTFOLD_SECRET_FILE: ${file} cannot be read (${codeOf(cause)}); check its permissions\n`,
      cause,
    });
  }
}

/**
 * What others may do with a file of the root key, in words; null where nothing. One that belongs to the administrator,
 * whom nothing is hidden from, may be readable where we run as somebody else: so an engine of containers mounts secrets.
 */
export function whyOpenToOthers(
  { uid, mode }: { uid: number; mode: number },
  ownUid: number,
): string | null {
  if (mode & 0o022) return 'it can be changed by others';
  const isMounted = uid === 0 && ownUid !== 0;
  return mode & 0o044 && !isMounted ? 'it can be read by others' : null;
}

/** @throws `config.secret_open_to_others` */
function refuseOpenToOthers(file: string): void {
  const ownUid = process.getuid?.();
  // Windows keeps no such modes.
  if (ownUid === undefined) return;
  const place = realPath(file);
  const folder = statSync(dirname(place)).mode;
  // In a sticky folder nobody replaces another's file.
  const why =
    whyOpenToOthers(statSync(place), ownUid) ??
    (folder & 0o022 && !(folder & 0o1000) ? 'another can be put in its place' : null);
  if (why) throw new ChartfoldError('config.secret_open_to_others', { detail: `${file}: ${why}` });
}

/** Replaces the content of the secret's file, whole or not at all; a link stays one. */
export function writeSecret(file: string, content: string): void {
  try {
    writeDurably(realPath(file), content);
  } catch (cause) {
    failOn([`CHARTFOLD_SECRET_FILE: ${file} cannot be written (${codeOf(cause)}); choose another`]);
  }
}

function isWithin(folder: string, path: string): boolean {
  const inside = relative(folder, path);
  return !(isAbsolute(inside) || inside === '..' || inside.startsWith(`..${sep}`));
}

/** Where a path really leads, links followed; of what is not there yet, where its nearest folder leads. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch (cause) {
    const parent = dirname(path);
    if (parent === path || codeOf(cause) !== 'ENOENT') return path;
    return join(realPath(parent), basename(path));
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown';
}
