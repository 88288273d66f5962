// Owns the two places that a start needs before anything else: the private data directory and the root key.

import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { writeDurably } from '../durable.ts';
import { ChartfoldError } from '../errors.ts';
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
  const inside = relative(CLONE, realPath(dataDir));
  const isOutside = isAbsolute(inside) || inside === '..' || inside.startsWith(`..${sep}`);
  if (!isOutside) throw new ChartfoldError('config.data_dir_inside_clone', { detail: dataDir });
  try {
    if (!existsSync(dataDir)) mkdirSync(dataDir, { recursive: true, mode: 0o700 });
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
 * The secret with the root key, 32 bytes; made on first start, never when data already exists that it could not open.
 * @throws `store.bad_key_format`, `store.wrong_key`
 */
export function rootSecret(
  config: Pick<Config, 'secret'>,
  hasData: boolean,
): { secret: OpenSecret | LockedSecret; madeNow: string | null } {
  if ('value' in config.secret) return { secret: parseSecret(config.secret.value), madeNow: null };
  const file = config.secret.file;
  if (existsSync(file)) return { secret: parseSecret(secretText(file)), madeNow: null };
  if (hasData) throw new ChartfoldError('store.wrong_key', { detail: `no secret at ${file}` });
  const text = plainSecret([randomBytes(32)]);
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, text, { mode: 0o600, flag: 'wx', flush: true });
    chmodSync(file, 0o600);
    // What stands there was opened by an earlier secret.
    rmSync(listOfStores(file), { force: true });
  } catch (cause) {
    failOn([`CHARTFOLD_SECRET_FILE: ${file} cannot be written (${codeOf(cause)}); choose another`]);
  }
  return { secret: parseSecret(text), madeNow: file };
}

/** Replaces the content of the secret's file, whole or not at all; a link stays one. */
export function writeSecret(file: string, content: string): void {
  try {
    writeDurably(realPath(file), content);
  } catch (cause) {
    failOn([`CHARTFOLD_SECRET_FILE: ${file} cannot be written (${codeOf(cause)}); choose another`]);
  }
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

/** What the secret's file holds. @throws `config.invalid` where it can't be read */
export function secretText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new ChartfoldError('config.invalid', {
      detail: `\n  CHARTFOLD_SECRET_FILE: ${file} cannot be read (${codeOf(cause)}); check its permissions\n`,
      cause,
    });
  }
}
