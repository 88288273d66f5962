// Owns asking for a passphrase: on a terminal without showing it, else a line of standard input. Never an argument, which
// every user of the machine could read.

import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { Config } from '../platform/config/read.ts';
import { ChartfoldError } from '../platform/errors.ts';
import type { LockedSecret, OpenSecret } from '../platform/keychain/secret-text.ts';

/** Asks on the terminal, or takes the next line of standard input. Empty where there is none. */
export async function askSecretly(question: string): Promise<string> {
  const isTerminal = process.stdin.isTTY;
  if (isTerminal) process.stderr.write(question);
  const line = createInterface({
    input: process.stdin,
    // What is typed is echoed here, to nobody.
    output: new Writable({ write: (_chunk, _encoding, done) => done() }),
    terminal: isTerminal,
  });
  line.once('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    const { promise, resolve } = Promise.withResolvers<string>();
    line.once('line', resolve);
    line.once('close', () => resolve(''));
    return await promise;
  } finally {
    line.close();
    if (isTerminal) process.stderr.write('\n');
  }
}

/**
 * Opens a locked root key for a verb that does its work in this process.
 * @throws store.locked where there is no terminal to ask on, keys.wrong_passphrase
 */
export async function unlockOnTerminal(_config: Config, secret: LockedSecret): Promise<OpenSecret> {
  if (!process.stdin.isTTY) throw new ChartfoldError('store.locked');
  return secret.unlock(await askSecretly('Passphrase of the root key: '));
}
