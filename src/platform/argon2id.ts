// Owns the slow hash of what people type (Argon2id, RFC 9106), by the cost that OWASP's password storage cheat sheet asks
// for. It runs off the main thread; how many at a time is the caller's business, for each takes its memory.

import { argon2 } from 'node:crypto';
import { promisify } from 'node:util';

/** Memory in KiB, passes over it, lanes. */
export type Argon2Cost = {
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
};

/** 64 MiB, 3 passes, 1 lane. */
export const ARGON2_COST: Argon2Cost = { memory: 65_536, passes: 3, parallelism: 1 };

/** 32 bytes from a text and a salt. One text typed as different bytes on two keyboards is the same (NFKC). */
export async function argon2id(
  text: string,
  salt: Uint8Array,
  { memory, passes, parallelism }: Argon2Cost,
): Promise<Buffer> {
  return promisify(argon2)('argon2id', {
    message: text.normalize('NFKC'),
    nonce: salt,
    tagLength: 32,
    memory,
    passes,
    parallelism,
  });
}
