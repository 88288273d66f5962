// Proves the key rings: made once, published without anything private, and what an authorization server may
// verify with them. Clauses by the ids of the SMART App Launch 2.2 requirements.

import { calculateJwkThumbprint, importJWK, type JWK, jwtVerify, SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../platform/db/db.ts';
import { openStore } from '../platform/db/sqlite/open.ts';
import { createSealer, deriveKeys } from '../platform/seal.ts';
import { systemClock } from '../platform/clock.ts';
import { activeSigner, ensureRings, publicKeys, rings } from './keyring.ts';
import { keyMigrations } from './tables.ts';

const sealer = createSealer(deriveKeys(new Uint8Array(32).fill(1)).seal);
let store: Store;
beforeEach(async () => {
  store = await openStore({ file: ':memory:', keyHex: '11'.repeat(32), migrations: keyMigrations });
  await ensureRings(store.db, sealer, systemClock);
});
afterEach(() => store.close());

const all = async () =>
  (await Promise.all(rings.map((ring) => publicKeys(store.db, ring)))).flatMap((set) => set.keys);
const rows = () => store.db.selectFrom('signing_key').selectAll().orderBy('kid').execute();

describe('the key rings', () => {
  it('are made at the first start, an active key and a next one in each, and not again', async () => {
    const before = await rows();
    expect(before.map((row) => `${row.ring} ${row.state}`).sort()).toEqual([
      'preview active',
      'preview next',
      'production active',
      'production next',
    ]);
    await ensureRings(store.db, sealer, systemClock);
    expect(await rows()).toEqual(before);
  });

  it('are completed where one key is missing, and the others stay', async () => {
    const before = await rows();
    const lost = before.find((row) => row.ring === 'preview' && row.state === 'next');
    await store.db
      .deleteFrom('signing_key')
      .where('kid', '=', lost?.kid ?? '')
      .execute();
    await ensureRings(store.db, sealer, systemClock);
    const after = await rows();
    expect(after).toHaveLength(4);
    expect(after.filter((row) => before.some((b) => b.kid === row.kid))).toHaveLength(3);
  });

  it('hold four different keys: production and preview share none [SMART 2.2 @322]', async () => {
    expect(new Set((await all()).map((key) => key.kid)).size).toBe(4);
    expect(new Set((await all()).map((key) => key.n)).size).toBe(4);
  });
});

describe('what is published', () => {
  it('is the bare RSA key with kty, kid, n and e [SMART 2.2 @313, @314]', async () => {
    for (const key of await all()) {
      expect(key).toMatchObject({ kty: 'RSA', alg: 'RS384', use: 'sig', e: 'AQAB' });
      expect(Buffer.from(key.n ?? '', 'base64url')).toHaveLength(256);
    }
  });

  it('names each key by its thumbprint [RFC 7638 section 3]', async () => {
    for (const key of await all())
      expect(key.kid).toBe(await calculateJwkThumbprint(key, 'sha256'));
  });

  it('has no member of a private key, and lets nobody sign with it [RFC 7518 section 6.3.2]', async () => {
    for (const key of await all()) {
      expect(Object.keys(key).sort()).toEqual(['alg', 'e', 'key_ops', 'kid', 'kty', 'n', 'use']);
      expect(key.key_ops).toEqual(['verify']);
    }
  });

  it('has the next key beside the active one, so that it is known before it signs', async () => {
    for (const ring of rings) {
      const { keys } = await publicKeys(store.db, ring);
      const active = await activeSigner(store.db, sealer, ring);
      expect(keys).toHaveLength(2);
      expect(keys.map((key) => key.kid)).toContain(active.kid);
    }
  });

  it('is in an order that does not change', async () => {
    expect(await publicKeys(store.db, 'production')).toEqual(
      await publicKeys(store.db, 'production'),
    );
  });
});

describe('the private keys', () => {
  it('are sealed at rest, each to its own name', async () => {
    const [one, other] = await rows();
    if (!one || !other) throw new Error('no keys');
    for (const row of [one, other]) expect(row.private_key).toMatch(/^s1\.[\w-]+$/);
    expect(JSON.stringify([one, other])).not.toContain('PRIVATE KEY');
    await store.db
      .updateTable('signing_key')
      .set({ private_key: other.private_key })
      .where('kid', '=', one.kid)
      .execute();
    await store.db
      .updateTable('signing_key')
      .set({ state: 'active' })
      .where('kid', '=', one.kid)
      .execute();
    await store.db.deleteFrom('signing_key').where('kid', '!=', one.kid).execute();
    await expect(activeSigner(store.db, sealer, one.ring)).rejects.toMatchObject({
      code: 'seal.broken',
    });
  });

  it('sign what the published set verifies, with RS384 [SMART 2.2 @308, @320]', async () => {
    for (const ring of rings) {
      const signer = await activeSigner(store.db, sealer, ring);
      const jwt = await new SignJWT({ sub: 'me' })
        .setProtectedHeader({ alg: 'RS384', kid: signer.kid })
        .sign(signer.key);
      const { keys } = await publicKeys(store.db, ring);
      const published = keys.find((key) => key.kid === signer.kid) as JWK;
      const { payload } = await jwtVerify(jwt, await importJWK(published));
      expect(payload.sub).toBe('me');
    }
  });

  it('do not sign for the other ring', async () => {
    const { keys } = await publicKeys(store.db, 'preview');
    const { kid } = await activeSigner(store.db, sealer, 'production');
    expect(keys.map((key) => key.kid)).not.toContain(kid);
  });

  it('that are not there are an error that says which ring', async () => {
    await store.db.deleteFrom('signing_key').execute();
    await expect(activeSigner(store.db, sealer, 'preview')).rejects.toMatchObject({
      detail: 'no active key in ring preview',
    });
  });
});
