// Owns passwords: how they are kept (Argon2id, PHC string format) and which are refused. Knows no account.

import { randomBytes, timingSafeEqual } from 'node:crypto';
import PQueue from 'p-queue';
import { ARGON2_COST, type Argon2Cost, argon2id } from '../platform/argon2id.ts';
import { ChartfoldError } from '../platform/errors.ts';

const TAG_BYTES = 32;
/** Each takes 64 MiB while it is worked on: many at once must not take the machine's memory. */
const work = new PQueue({ concurrency: 2 });
const MOST_WAITING = 50;
const MIN_CHARACTERS = 12;
const MAX_CHARACTERS = 256;

/** Words that the commonest passwords are built around. */
const COMMON =
  /pass(word|wort)?|qwert[yz]u?i?o?p?|asdf(gh)?j?k?l?|iloveyou|letmein|welcome|admin(istrator)?|login|dragon|monkey|football|baseball|sunshine|princess|master|superman|trustno|abcdef?g?h?|chartfold|change ?me|secret|summer|winter|spring|autumn/g;

/**
 * A password as it is kept, `$argon2id$v=19$m=65536,t=3,p=1$salt$hash`.
 * @throws `access.weak_password` naming what is amiss
 */
export async function hashPassword(password: string, name: string): Promise<string> {
  const why = weakness(password, name);
  if (why) throw new ChartfoldError('access.weak_password', { detail: why });
  const salt = randomBytes(16);
  const tag = await derive(password, salt, ARGON2_COST);
  return phcOf(salt, tag);
}

/**
 * Whether a password is the one that was kept. Takes the same time where nothing was kept, so that nobody learns
 * from the clock whether an account exists.
 */
export async function isPassword(password: string, kept: string | null): Promise<boolean> {
  const parts = PHC.exec(kept ?? NOBODYS);
  const [, m, t, p, salt = '', tag = ''] = parts ?? [];
  const expected = Buffer.from(tag, 'base64');
  const given = await derive(password, Buffer.from(salt, 'base64'), {
    memory: Number(m),
    passes: Number(t),
    parallelism: Number(p),
  });
  return timingSafeEqual(given, expected) && kept !== null;
}

const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]{43})$/;
const NOBODYS = phcOf(randomBytes(16), randomBytes(TAG_BYTES));

/** What is amiss with a password, or null. Length counts, not the sorts of characters (NIST SP 800-63B 3.1.1). */
function weakness(password: string, name: string): string | null {
  const length = [...password].length;
  if (length < MIN_CHARACTERS) return `at least ${MIN_CHARACTERS} characters`;
  if (length > MAX_CHARACTERS) return `at most ${MAX_CHARACTERS} characters`;
  const plain = password.normalize('NFKC').toLowerCase();
  if (new Set(plain).size < 5) return 'more than a few characters again and again';
  if (isRun(plain)) return 'not a row of the keyboard or the alphabet';
  const own = plain.replaceAll(nameOf(name), '').replace(COMMON, '');
  if (own.length < plain.length && (own.length < 8 || new Set(own).size < 5))
    return 'not a common word or the account’s name with a few digits';
  return null;
}

/** An account called A must not make every a worthless. */
function nameOf(name: string): string {
  return name.length < 3 ? '\0' : name.normalize('NFKC').toLowerCase();
}

function isRun(text: string): boolean {
  const codes = [...text].map((char) => char.codePointAt(0) ?? 0);
  const steps = codes.slice(1).map((code, i) => code - (codes[i] ?? 0));
  return steps.filter((step) => Math.abs(step) <= 1).length > steps.length * 0.7;
}

async function derive(password: string, salt: Uint8Array, cost: Argon2Cost): Promise<Buffer> {
  if (work.size >= MOST_WAITING) throw new ChartfoldError('access.too_many_attempts');
  return work.add(() => argon2id(password, salt, cost));
}

function phcOf(salt: Uint8Array, tag: Uint8Array): string {
  const { memory, passes, parallelism } = ARGON2_COST;
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${unpadded(salt)}$${unpadded(tag)}`;
}

function unpadded(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replace(/=+$/, '');
}
