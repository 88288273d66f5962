// Owns the form of the secret file: the root key as 64 hexadecimal characters, or sealed by a passphrase. While the root
// key is being exchanged there are two, a line each: the keychain opens with exactly one of them.

import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { ARGON2_COST, argon2id } from '../argon2id.ts';
import { ChartfoldError } from '../errors.ts';
import { createSealer, type Sealed } from '../seal.ts';

/** The root keys of a secret, and how it is written with others: as it was, open or locked by the same passphrase. */
export type OpenSecret = {
  readonly roots: readonly Uint8Array[];
  textOf(roots: readonly Uint8Array[]): Promise<string>;
};

export type LockedSecret = {
  /** @throws keys.wrong_passphrase */
  unlock(passphrase: string): Promise<OpenSecret>;
};

const CONTEXT = 'secret/1';
const SHORTEST_PASSPHRASE = 12;

const lockedForm = z.strictObject({
  chartfold: z.literal('locked root key'),
  format: z.literal(1),
  argon2id: z.strictObject({
    memory: z.int().min(8).max(4_194_304),
    passes: z.int().min(1).max(100),
    parallelism: z.int().min(1).max(16),
    salt: z.string(),
  }),
  sealed: z.string(),
});

/** @throws store.bad_key_format */
export function parseSecret(text: string): OpenSecret | LockedSecret {
  if (!text.trimStart().startsWith('{'))
    return { roots: parseRoots(text), textOf: async (roots) => plainSecret(roots) };
  const { argon2id: parameters, sealed } = lockedFrom(text);
  return {
    async unlock(passphrase) {
      const { salt, ...cost } = parameters;
      const key = await argon2id(passphrase, Buffer.from(salt, 'base64url'), cost);
      return {
        roots: parseRoots(openWith(key, sealed as Sealed)),
        textOf: (roots) => lockedSecret(roots, passphrase),
      };
    },
  };
}

/** An open secret's text: the root key, or the new one and the old. */
export function plainSecret(roots: readonly Uint8Array[]): string {
  return roots.map((root) => `${Buffer.from(root).toString('hex')}\n`).join('');
}

/**
 * A locked secret's text.
 * @throws keys.weak_passphrase
 */
export async function lockedSecret(
  roots: readonly Uint8Array[],
  passphrase: string,
): Promise<string> {
  if ([...passphrase].length < SHORTEST_PASSPHRASE)
    throw new ChartfoldError('keys.weak_passphrase', {
      detail: `at least ${SHORTEST_PASSPHRASE} characters`,
    });
  const salt = randomBytes(16);
  const key = await argon2id(passphrase, salt, ARGON2_COST);
  const content = {
    chartfold: 'locked root key',
    format: 1,
    argon2id: { ...ARGON2_COST, salt: salt.toString('base64url') },
    sealed: createSealer(key).seal(plainSecret(roots), CONTEXT),
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

function parseRoots(text: string): Uint8Array[] {
  const lines = text.trim().split(/\r?\n/);
  if (lines.length > 2 || !lines.every((line) => /^[0-9a-f]{64}$/i.test(line)))
    throw new ChartfoldError('store.bad_key_format');
  return lines.map((line) => Buffer.from(line, 'hex'));
}

function lockedFrom(text: string): z.infer<typeof lockedForm> {
  try {
    return lockedForm.parse(JSON.parse(text));
  } catch (cause) {
    throw new ChartfoldError('store.bad_key_format', { cause });
  }
}

function openWith(key: Uint8Array, sealed: Sealed): string {
  try {
    return createSealer(key).open(sealed, CONTEXT);
  } catch (cause) {
    throw new ChartfoldError('keys.wrong_passphrase', { cause });
  }
}
