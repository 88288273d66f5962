// Owns a connection's tokens at rest: sealed before they are written, opened only for a call.

import { isoTime } from '../platform/clock.ts';
import type { Db, Transaction } from '../platform/db/db.ts';
import type { Tokens } from '../smart/token.ts';
import type { ConnectionContext } from './context.ts';

export type Grant = {
  readonly accessToken: string;
  readonly refreshToken: string | null;
  /** Milliseconds since the epoch; null where the portal did not say. */
  readonly expiresAt: number | null;
};

/**
 * Writes tokens, durable when this returns (the store syncs each commit to disk).
 * A reply without a refresh token keeps the one before.
 */
export async function keepGrant(
  context: ConnectionContext,
  connectionId: string,
  tokens: Tokens,
  db: Db | Transaction = context.db,
) {
  const { sealer, clock } = context;
  const access = sealer.seal(tokens.accessToken, contextOf(connectionId, 'access'));
  const refresh =
    tokens.refreshToken === null
      ? null
      : sealer.seal(tokens.refreshToken, contextOf(connectionId, 'refresh'));
  const expires = tokens.expiresIn === null ? null : isoTime(clock.now() + tokens.expiresIn * 1000);
  await db
    .insertInto('connection_grant')
    .values({
      connection_id: connectionId,
      access_token: access,
      refresh_token: refresh,
      expires_at: expires,
    })
    .onConflict((c) =>
      c.column('connection_id').doUpdateSet({
        access_token: access,
        expires_at: expires,
        ...(refresh === null ? {} : { refresh_token: refresh }),
      }),
    )
    .execute();
}

/** The tokens in clear, for the length of a call; undefined where there are none. */
export async function openGrant(
  context: ConnectionContext,
  connectionId: string,
): Promise<Grant | undefined> {
  const row = await context.db
    .selectFrom('connection_grant')
    .selectAll()
    .where('connection_id', '=', connectionId)
    .executeTakeFirst();
  if (!row) return undefined;
  const { sealer } = context;
  return {
    accessToken: sealer.open(row.access_token, contextOf(connectionId, 'access')),
    refreshToken:
      row.refresh_token === null
        ? null
        : sealer.open(row.refresh_token, contextOf(connectionId, 'refresh')),
    expiresAt: row.expires_at === null ? null : Date.parse(row.expires_at),
  };
}

/** Moves tokens to another connection: sealed values are bound to theirs, so they are sealed anew. */
export async function moveGrant(
  context: ConnectionContext,
  from: string,
  to: string,
  trx: Transaction,
): Promise<void> {
  const grant = await openGrant({ ...context, db: trx }, from);
  if (!grant) return;
  const expiresIn =
    grant.expiresAt === null ? null : (grant.expiresAt - context.clock.now()) / 1000;
  await dropGrant(trx, to);
  await keepGrant(
    context,
    to,
    { ...NO_FACTS, accessToken: grant.accessToken, refreshToken: grant.refreshToken, expiresIn },
    trx,
  );
  await dropGrant(trx, from);
}

export async function dropGrant(db: Db | Transaction, connectionId: string): Promise<void> {
  await db.deleteFrom('connection_grant').where('connection_id', '=', connectionId).execute();
}

const NO_FACTS = {
  scope: null,
  patient: null,
  idClaims: null,
  reply: {},
  accessClaims: null,
} as const;

function contextOf(connectionId: string, which: 'access' | 'refresh'): string {
  return `connection_grant/${connectionId}/${which}`;
}
