// Owns passkeys (WebAuthn level 3): adding one to an account, signing in with one. The cryptography is the library's;
// here are the challenges, each good once and for five minutes, and the keys.

import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server';
import { type Clock, isoTime } from '../platform/clock.ts';
import type { Db } from '../platform/db/db.ts';
import { ChartfoldError } from '../platform/errors.ts';
import { newSecret, sha256 } from '../platform/ids.ts';
import { getAccount } from './accounts.ts';

/** How long a challenge is good. */
export const CHALLENGE_MS = 5 * 60_000;
const MAX_LABEL = 60;
/** The library, with the hundreds of files that it brings, once somebody has a passkey: every verb starts without. */
const webauthn = () => import('@simplewebauthn/server');
/** EdDSA, ES256 and RS256 (RFC 9053): what authenticators make. */
const ALGORITHMS = [-8, -7, -257];

/** Where passkeys belong: they work at this host alone. */
export type RelyingParty = {
  /** The host name of PUBLIC_URL. */
  readonly id: string;
  /** The origin of PUBLIC_URL. */
  readonly origin: string;
};

export type Passkey = {
  readonly id: string;
  readonly label: string;
  readonly createdAt: string;
  readonly lastUsedAt: string | null;
};

/** What begins a ceremony: the options for the browser, and a secret for its cookie that names the challenge. */
export type Ceremony<Options> = { readonly options: Options; readonly secret: string };

/** Begins to add a passkey to an account. */
export async function beginPasskey(
  db: Db,
  clock: Clock,
  party: RelyingParty,
  accountId: string,
): Promise<Ceremony<PublicKeyCredentialCreationOptionsJSON>> {
  const account = await getAccount(db, accountId);
  const present = await rowsOf(db, accountId).execute();
  const { generateRegistrationOptions } = await webauthn();
  const options = await generateRegistrationOptions({
    rpName: 'Chartfold',
    rpID: party.id,
    userName: account.name,
    userDisplayName: account.name,
    userID: new TextEncoder().encode(account.id),
    attestationType: 'none',
    supportedAlgorithmIDs: ALGORITHMS,
    excludeCredentials: present.map((row) => ({
      id: row.credential_id,
      transports: JSON.parse(row.transports) as string[],
    })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  });
  return { options, secret: await keepChallenge(db, clock, options.challenge, accountId) };
}

/**
 * Adds the passkey that the browser made.
 * @param before done once the passkey is found to be good, and before it is kept
 * @throws `access.passkey_refused`
 */
export async function addPasskey(
  db: Db,
  clock: Clock,
  party: RelyingParty,
  accountId: string,
  made: { secret: string; response: unknown; label: string },
  before?: () => Promise<void>,
): Promise<Passkey> {
  const challenge = await takeChallenge(db, clock, made.secret);
  if (challenge.account_id !== accountId) throw new ChartfoldError('access.passkey_refused');
  const { verifyRegistrationResponse } = await webauthn();
  const credential = await checked(() =>
    verifyRegistrationResponse({
      response: made.response as RegistrationResponseJSON,
      expectedChallenge: challenge.challenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      requireUserVerification: true,
      supportedAlgorithmIDs: ALGORITHMS,
    }).then((result) => result.registrationInfo?.credential),
  );
  const row = {
    credential_id: credential.id,
    account_id: accountId,
    public_key: Buffer.from(credential.publicKey).toString('base64url'),
    counter: credential.counter,
    transports: JSON.stringify(credential.transports ?? []),
    label: made.label.trim().slice(0, MAX_LABEL) || 'Passkey',
    created_at: isoTime(clock.now()),
    last_used_at: null,
  };
  await before?.();
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('passkey')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow();
  if (numInsertedOrUpdatedRows === 0n) throw new ChartfoldError('access.passkey_refused');
  return readPasskey(row);
}

/** Begins a sign-in by passkey; the browser shows which it has, so no name is asked for and none can be tried. */
export async function beginPasskeySignIn(
  db: Db,
  clock: Clock,
  party: RelyingParty,
): Promise<Ceremony<PublicKeyCredentialRequestOptionsJSON>> {
  const { generateAuthenticationOptions } = await webauthn();
  const options = await generateAuthenticationOptions({
    rpID: party.id,
    userVerification: 'required',
  });
  return { options, secret: await keepChallenge(db, clock, options.challenge, null) };
}

/** Whose passkey signed the challenge. @throws `access.passkey_refused` */
export async function passkeyHolder(
  db: Db,
  clock: Clock,
  party: RelyingParty,
  given: { secret: string; response: unknown },
): Promise<string> {
  const challenge = await takeChallenge(db, clock, given.secret);
  const response = given.response as AuthenticationResponseJSON;
  const row = await db
    .selectFrom('passkey')
    .selectAll()
    .where('credential_id', '=', String(response?.id ?? ''))
    .executeTakeFirst();
  if (challenge.account_id !== null || !row) throw new ChartfoldError('access.passkey_refused');
  const { verifyAuthenticationResponse } = await webauthn();
  const info = await checked(() =>
    verifyAuthenticationResponse({
      response,
      expectedChallenge: challenge.challenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      requireUserVerification: true,
      credential: {
        id: row.credential_id,
        publicKey: new Uint8Array(Buffer.from(row.public_key, 'base64url')),
        counter: row.counter,
      },
    }).then((result) => (result.verified ? result.authenticationInfo : undefined)),
  );
  await db
    .updateTable('passkey')
    .set({ counter: info.newCounter, last_used_at: isoTime(clock.now()) })
    .where('credential_id', '=', row.credential_id)
    .execute();
  return row.account_id;
}

/** An account's passkeys, oldest first. */
export async function passkeysOf(db: Db, accountId: string): Promise<Passkey[]> {
  return (await rowsOf(db, accountId).execute()).map(readPasskey);
}

/** @throws `access.passkey_not_found` */
export async function removePasskey(db: Db, accountId: string, id: string): Promise<void> {
  const { numDeletedRows } = await db
    .deleteFrom('passkey')
    .where('account_id', '=', accountId)
    .where('credential_id', '=', id)
    .executeTakeFirstOrThrow();
  if (numDeletedRows === 0n) throw new ChartfoldError('access.passkey_not_found');
}

/** What the library made of a response; whatever it finds amiss is one refusal to the outside. */
async function checked<T>(verify: () => Promise<T | undefined>): Promise<T> {
  let result: T | undefined;
  try {
    result = await verify();
  } catch (cause) {
    throw new ChartfoldError('access.passkey_refused', { cause });
  }
  if (result === undefined) throw new ChartfoldError('access.passkey_refused');
  return result;
}

async function keepChallenge(
  db: Db,
  clock: Clock,
  challenge: string,
  accountId: string | null,
): Promise<string> {
  const secret = newSecret();
  const now = clock.now();
  await db.deleteFrom('sign_in_challenge').where('expires_at', '<', isoTime(now)).execute();
  await db
    .insertInto('sign_in_challenge')
    .values({
      id_hash: sha256(secret),
      challenge,
      account_id: accountId,
      expires_at: isoTime(now + CHALLENGE_MS),
    })
    .execute();
  return secret;
}

/** A challenge is taken by the first answer to it, right or wrong. */
async function takeChallenge(db: Db, clock: Clock, secret: string) {
  const row = await db
    .deleteFrom('sign_in_challenge')
    .where('id_hash', '=', sha256(secret))
    .where('expires_at', '>=', isoTime(clock.now()))
    .returningAll()
    .executeTakeFirst();
  if (!row) throw new ChartfoldError('access.passkey_refused');
  return row;
}

function rowsOf(db: Db, accountId: string) {
  return db
    .selectFrom('passkey')
    .selectAll()
    .where('account_id', '=', accountId)
    .orderBy('created_at')
    .orderBy('credential_id');
}

function readPasskey(row: {
  credential_id: string;
  label: string;
  created_at: string;
  last_used_at: string | null;
}): Passkey {
  return {
    id: row.credential_id,
    label: row.label,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
  };
}
