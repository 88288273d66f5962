// Owns asking for a secret: on a terminal without showing it, else a line of standard input. Never an argument, which
// every user of the machine could read.

import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import type { Config } from '../platform/config/read.ts';
import { ChartfoldError } from '../platform/errors.ts';
import type { LockedSecret, OpenSecret } from '../platform/keychain/secret-text.ts';

type Reader = { next(): Promise<string> };

/** One for the process: a second one would miss what the first has read ahead. */
let reader: Reader | undefined;

/** Asks on the terminal, or takes the next line of standard input. Empty where there is none. */
export async function askSecretly(question: string): Promise<string> {
  const isTerminal = process.stdin.isTTY;
  reader ??= openReader();
  if (isTerminal) process.stderr.write(question);
  try {
    return await reader.next();
  } finally {
    if (isTerminal) process.stderr.write('\n');
  }
}

function openReader(): Reader {
  const { stdin } = process;
  const lines: string[] = [];
  let isOver = false;
  let answer: ((line: string) => void) | undefined;
  const input = createInterface({
    input: stdin,
    // What is typed is echoed here, to nobody.
    output: new Writable({ write: (_chunk, _encoding, done) => done() }),
    terminal: stdin.isTTY,
  });
  const take = (line: string) => {
    if (answer) answer(line);
    else lines.push(line);
    answer = undefined;
  };
  input.on('line', take);
  input.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  input.once('close', () => {
    isOver = true;
    if (answer) take('');
  });
  return {
    async next() {
      const ahead = lines.shift();
      if (ahead !== undefined || isOver) return ahead ?? '';
      const { promise, resolve } = Promise.withResolvers<string>();
      answer = resolve;
      if (stdin.isTTY) stdin.setRawMode(true);
      input.resume();
      try {
        return await promise;
      } finally {
        // Between questions the terminal is as it was, and nothing keeps the process from ending.
        if (!isOver) input.pause();
        if (stdin.isTTY) stdin.setRawMode(false);
      }
    },
  };
}

/** Opens a locked root key by the passphrase that is asked for. @throws keys.wrong_passphrase */
export async function unlockAsking(secret: LockedSecret): Promise<OpenSecret> {
  return secret.unlock(await askSecretly('Passphrase of the root key: '));
}

/**
 * Opens a locked root key for a verb that does its work in this process.
 * @throws store.locked where there is no terminal to ask on, keys.wrong_passphrase
 */
export async function unlockOnTerminal(_config: Config, secret: LockedSecret): Promise<OpenSecret> {
  if (!process.stdin.isTTY) throw new ChartfoldError('store.locked');
  return unlockAsking(secret);
}
