// Owns the two places that a start needs before anything else: the private data directory and the root key.

import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';
import { ChartfoldError } from '../errors.ts';
import type { Config } from './read.ts';

const CLONE = resolve(import.meta.dirname, '../../..');

/**
 * Makes the data directory (mode 700) or checks that nobody else can read it.
 * @throws `config.data_dir_inside_clone`, `config.data_dir_open_to_others`
 */
export function prepareDataDir(dataDir: string): void {
  const inside = relative(CLONE, dataDir);
  if (inside === '' || (!inside.startsWith(`..${sep}`) && inside !== '..')) {
    throw new ChartfoldError('config.data_dir_inside_clone', { detail: dataDir });
  }
  if (!existsSync(dataDir)) mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  if (process.platform !== 'win32' && (statSync(dataDir).mode & 0o077) !== 0) {
    throw new ChartfoldError('config.data_dir_open_to_others', { detail: dataDir });
  }
}

/**
 * The root secret, 32 bytes; made on first start, never when data already exists that it could not open.
 * @throws `store.bad_key_format`, `store.wrong_key`
 */
export function rootSecret(
  config: Config,
  hasData: boolean,
): { secret: Uint8Array; madeNow: string | null } {
  if ('value' in config.secret) return { secret: fromHex(config.secret.value), madeNow: null };
  const file = config.secret.file;
  if (existsSync(file))
    return { secret: fromHex(readFileSync(file, 'utf8').trim()), madeNow: null };
  if (hasData) throw new ChartfoldError('store.wrong_key', { detail: `no secret at ${file}` });
  const secret = randomBytes(32);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, `${secret.toString('hex')}\n`, { mode: 0o600, flag: 'wx', flush: true });
  chmodSync(file, 0o600);
  return { secret, madeNow: file };
}

function fromHex(text: string): Uint8Array {
  if (!/^[0-9a-f]{64}$/i.test(text)) throw new ChartfoldError('store.bad_key_format');
  return Buffer.from(text, 'hex');
}
