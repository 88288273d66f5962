// Owns a connection's tokens at rest: sealed before they are written, opened only for a call.

import type { Selectable } from 'kysely';
import { type Clock, isoTime } from '../platform/clock.ts';
import type { Db, Transaction } from '../platform/db/db.ts';
import { ChartfoldError } from '../platform/errors.ts';
import type { Tokens } from '../smart/token.ts';
import type { ConnectionContext } from './context.ts';
import type { GrantTable } from './tables.ts';

export type Grant = {
  readonly accessToken: string;
  readonly refreshToken: string | null;
  /** Milliseconds since the epoch; null where the portal did not say. */
  readonly expiresAt: number | null;
  /** When the refresh token came, in milliseconds since the epoch; null where that was not kept. */
  readonly refreshSince: number | null;
  /** Of the token endpoint that they came from; null where that was not kept. */
  readonly tokenOrigin: string | null;
};

/** A token said to live longer than a year is taken to live a year; later times are none that can be written. */
const LONGEST_LIFE_S = 365 * 24 * 3600;

/** A token reply as a grant. `kept` is the grant whose refresh token goes on where the reply brings none. */
export function grantOf(
  tokens: Pick<Tokens, 'accessToken' | 'refreshToken' | 'expiresIn'>,
  { clock, tokenEndpoint }: { readonly clock: Clock; readonly tokenEndpoint: string },
  kept: Grant | null = null,
): Grant {
  return {
    tokenOrigin: new URL(tokenEndpoint).origin,
    accessToken: tokens.accessToken,
    refreshToken: tokens.refreshToken ?? kept?.refreshToken ?? null,
    refreshSince: tokens.refreshToken === null ? (kept?.refreshSince ?? null) : clock.now(),
    expiresAt:
      tokens.expiresIn === null
        ? null
        : clock.now() + Math.min(tokens.expiresIn, LONGEST_LIFE_S) * 1000,
  };
}

/**
 * What was given goes back where it came from, and nowhere else (docs/adr/0031).
 * @throws `smart.endpoint_moved` for an address on another host
 */
export function refuseElsewhere({ tokenOrigin }: Grant, address: string): void {
  const { origin, host } = new URL(address);
  if (tokenOrigin !== null && tokenOrigin !== origin)
    throw new ChartfoldError('smart.endpoint_moved', { detail: host });
}

/** Writes a grant in place of the one before, on the disk when its transaction ends (docs/adr/0032). */
export async function keepGrant(
  { sealer }: Pick<ConnectionContext, 'sealer'>,
  connectionId: string,
  grant: Grant,
  trx: Transaction,
): Promise<void> {
  const columns = {
    access_token: sealer.seal(grant.accessToken, contextOf(connectionId, 'access')),
    refresh_token:
      grant.refreshToken === null
        ? null
        : sealer.seal(grant.refreshToken, contextOf(connectionId, 'refresh')),
    expires_at: grant.expiresAt === null ? null : isoTime(grant.expiresAt),
    refresh_since: grant.refreshSince === null ? null : isoTime(grant.refreshSince),
    token_origin: grant.tokenOrigin,
    renewal_started: null,
  };
  await trx
    .insertInto('connection_grant')
    .values({ connection_id: connectionId, ...columns })
    .onConflict((c) => c.column('connection_id').doUpdateSet(columns))
    .execute();
}

/** A grant as it is stored, its tokens sealed: for who asks again and again, and opens them for each call. */
export type StoredGrant = Selectable<GrantTable>;

/** The grant as it is stored; undefined where there is none. */
export function storedGrant(
  db: Db | Transaction,
  connectionId: string,
): Promise<StoredGrant | undefined> {
  return db
    .selectFrom('connection_grant')
    .selectAll()
    .where('connection_id', '=', connectionId)
    .executeTakeFirst();
}

/** The tokens in clear, for the length of a call. */
export function opened({ sealer }: Pick<ConnectionContext, 'sealer'>, row: StoredGrant): Grant {
  const id = row.connection_id;
  return {
    accessToken: sealer.open(row.access_token, contextOf(id, 'access')),
    refreshToken:
      row.refresh_token === null ? null : sealer.open(row.refresh_token, contextOf(id, 'refresh')),
    expiresAt: row.expires_at === null ? null : Date.parse(row.expires_at),
    refreshSince: row.refresh_since === null ? null : Date.parse(row.refresh_since),
    tokenOrigin: row.token_origin,
  };
}

/** The tokens of a connection as they are now, in clear for the length of a call; undefined where there are none. */
export async function openGrant(
  context: Pick<ConnectionContext, 'db' | 'sealer'>,
  connectionId: string,
): Promise<Grant | undefined> {
  const row = await storedGrant(context.db, connectionId);
  return row && opened(context, row);
}

/**
 * Marks that a renewal is being sent, durably before it is: where nothing is heard of it, the portal may have taken the
 * refresh token for used.
 * @returns whether an earlier one was marked and never heard of
 */
export async function beginRenewal(
  { db, clock }: Pick<ConnectionContext, 'db' | 'clock'>,
  connectionId: string,
): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    const row = await trx
      .selectFrom('connection_grant')
      .select('renewal_started')
      .where('connection_id', '=', connectionId)
      .executeTakeFirst();
    if (!row || row.renewal_started !== null) return row !== undefined;
    await setRenewal(trx, connectionId, isoTime(clock.now()));
    return false;
  });
}

/** Takes the mark away where the portal has answered that it renewed nothing. */
export function forgetRenewal(db: Db, connectionId: string): Promise<void> {
  return setRenewal(db, connectionId, null);
}

/** The connections of which a renewal was sent and never heard of. */
export async function cutOffRenewals(db: Db): Promise<string[]> {
  const rows = await db
    .selectFrom('connection_grant')
    .select('connection_id')
    .where('renewal_started', 'is not', null)
    .execute();
  return rows.map((row) => row.connection_id);
}

async function setRenewal(db: Db, connectionId: string, at: string | null): Promise<void> {
  await db
    .updateTable('connection_grant')
    .set({ renewal_started: at })
    .where('connection_id', '=', connectionId)
    .execute();
}

export async function dropGrant(db: Db | Transaction, connectionId: string): Promise<void> {
  await db.deleteFrom('connection_grant').where('connection_id', '=', connectionId).execute();
}

function contextOf(connectionId: string, which: 'access' | 'refresh'): string {
  return `connection_grant/${connectionId}/${which}`;
}
