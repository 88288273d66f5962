// Owns noticing that a record made before is gone: beside the secret's file stands a list of the databases that were
// opened with it. A lost data directory would otherwise be begun anew without a word.

import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { ChartfoldError } from '../errors.ts';
import { keychainFile } from '../keychain/keychain.ts';
import { isStoreThere } from '../keychain/open-keyed.ts';
import type { Config } from './read.ts';

type Where = { readonly config: Pick<Config, 'secret'>; readonly databaseFile: string };

/**
 * Refuses to begin a new record where one was made before.
 * @throws `store.missing`, naming the files that remember it
 */
export function refuseLostStore({ config, databaseFile }: Where): void {
  if (isStoreThere(databaseFile)) return;
  const list = listBeside(config);
  const remembering = [
    ...(list && databasesIn(list).includes(databaseFile) ? [list] : []),
    ...[keychainFile(dirname(databaseFile))].filter((file) => existsSync(file)),
  ];
  if (remembering.length > 0)
    throw new ChartfoldError('store.missing', {
      detail: `${databaseFile}; remembered by ${remembering.join(' and ')}`,
    });
}

/** Notes beside the secret that this database was opened with it. */
export function noteStore({ config, databaseFile }: Where): void {
  const list = listBeside(config);
  if (!list || databasesIn(list).includes(databaseFile)) return;
  try {
    appendFileSync(list, `${databaseFile}\n`, { mode: 0o600 });
  } catch {
    // The secret was put where only reading is allowed: then the operator looks after it, and nothing is noted.
  }
}

/** Further databases that are there and are opened with this secret. */
export function otherStores({ config, databaseFile }: Where): string[] {
  const list = listBeside(config);
  return list
    ? databasesIn(list).filter((file) => file !== databaseFile && isStoreThere(file))
    : [];
}

/** The list that goes with a secret's file, whether or not it is there. */
export function listOfStores(secretFile: string): string {
  return `${secretFile}.databases`;
}

/** None for a secret from the environment, nor where the secret itself has gone. */
function listBeside({ secret }: Where['config']): string | undefined {
  return 'file' in secret && existsSync(secret.file) ? listOfStores(secret.file) : undefined;
}

function databasesIn(list: string): string[] {
  try {
    return readFileSync(list, 'utf8').split('\n').filter(Boolean);
  } catch {
    return []; // Nothing noted yet.
  }
}
