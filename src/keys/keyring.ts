// Owns the key rings: one for production, one for preview, each with an active key that signs and a next one
// that is published ahead, since an authorization server may cache the set for a while. Private keys are sealed.

import {
  calculateJwkThumbprint,
  exportJWK,
  exportPKCS8,
  generateKeyPair,
  importPKCS8,
  type JWK,
} from 'jose';
import { type Clock, isoTime } from '../platform/clock.ts';
import type { Db } from '../platform/db/db.ts';
import { ChartfoldError } from '../platform/errors.ts';
import type { Sealed, Sealer } from '../platform/seal.ts';
import './tables.ts';

export type Ring = 'production' | 'preview';
export const rings: readonly Ring[] = ['production', 'preview'];

/** Where a ring's public keys are published, below PUBLIC_URL. */
export function jwksPath(ring: Ring): string {
  return ring === 'production' ? '/.well-known/jwks.json' : '/.well-known/jwks-preview.json';
}

/** RFC 7518 section 3.3 with SHA-384, RSA 2048: what SMART 2.2 names first and the vendors take. */
const ALGORITHM = 'RS384';
const MODULUS_BITS = 2048;

export type Signer = { readonly kid: string; readonly key: CryptoKey };

/** Makes the keys that are missing, in every ring; at first start that is all of them. */
export async function ensureRings(db: Db, sealer: Sealer, clock: Clock): Promise<void> {
  const present = await db.selectFrom('signing_key').select(['ring', 'state']).execute();
  const missing = rings.flatMap((ring) =>
    (['active', 'next'] as const)
      .filter((state) => !present.some((p) => p.ring === ring && p.state === state))
      .map((state) => ({ ring, state })),
  );
  const rows = await Promise.all(missing.map((m) => makeKey(m.ring, m.state, sealer, clock)));
  if (rows.length) await db.insertInto('signing_key').values(rows).execute();
}

/** The ring's public keys as a JWK Set (RFC 7517 section 5): active, next and retiring. */
export async function publicKeys(db: Db, ring: Ring): Promise<{ keys: JWK[] }> {
  const rows = await db
    .selectFrom('signing_key')
    .select('public_jwk')
    .where('ring', '=', ring)
    .orderBy('state')
    .execute();
  return { keys: rows.map((row) => JSON.parse(row.public_jwk) as JWK) };
}

/** The ring's active private key, for the length of a call. */
export async function activeSigner(db: Db, sealer: Sealer, ring: Ring): Promise<Signer> {
  const row = await db
    .selectFrom('signing_key')
    .select(['kid', 'private_key'])
    .where('ring', '=', ring)
    .where('state', '=', 'active')
    .executeTakeFirst();
  if (!row)
    throw new ChartfoldError('internal.unexpected', { detail: `no active key in ring ${ring}` });
  const pem = sealer.open(row.private_key, contextOf(row.kid));
  return { kid: row.kid, key: await importPKCS8(pem, ALGORITHM) };
}

async function makeKey(ring: Ring, state: 'active' | 'next', sealer: Sealer, clock: Clock) {
  const pair = await generateKeyPair(ALGORITHM, { modulusLength: MODULUS_BITS, extractable: true });
  const bare = await exportJWK(pair.publicKey);
  const kid = await calculateJwkThumbprint(bare);
  const sealed: Sealed = sealer.seal(await exportPKCS8(pair.privateKey), contextOf(kid));
  return {
    kid,
    ring,
    state,
    public_jwk: JSON.stringify({ ...bare, kid, alg: ALGORITHM, use: 'sig', key_ops: ['verify'] }),
    private_key: sealed,
    created_at: isoTime(clock.now()),
  };
}

function contextOf(kid: string): string {
  return `signing_key/${kid}`;
}
