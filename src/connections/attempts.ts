// Owns an attempt to sign in: its link, its browser's cookie, what it keeps sealed until the way back, and the
// connection where it stands.

import { isoTime } from '../platform/clock.ts';
import type { Db } from '../platform/db/db.ts';
import { ChartfoldError } from '../platform/errors.ts';
import { newId, sha256 } from '../platform/ids.ts';
import type { Sealed } from '../platform/seal.ts';
import type { LaunchSecrets } from '../smart/launch.ts';
import type { BeginRequest } from './begin.ts';
import type { Connection, ConnectionContext } from './context.ts';

/** How long a person may take at the portal. */
export const ATTEMPT_MS = 10 * 60_000;

/** What an attempt keeps sealed between going to the portal and coming back. */
export type AttemptSecrets = LaunchSecrets & {
  readonly sentTo: string;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  /** What the portal answered, while it waits for its account to sign in: the path it came to, and its query. */
  readonly answer?: { readonly callbackPath: string; readonly query: string };
};

/** Makes an attempt for a connection. @returns the link of this server to follow */
export async function newAttempt(
  context: ConnectionContext,
  connectionId: string,
  request: Pick<BeginRequest, 'via' | 'confirms' | 'by'>,
): Promise<string> {
  const linkId = newId();
  await context.db
    .insertInto('connect_attempt')
    .values({
      id_hash: sha256(linkId),
      connection_id: connectionId,
      status: 'new',
      cookie_hash: null,
      state_hash: null,
      secrets: null,
      via: request.via,
      account_id: request.via === 'app' ? request.by : null,
      confirms: request.confirms ? 1 : 0,
      expires_at: isoTime(context.clock.now() + ATTEMPT_MS),
    })
    .execute();
  await forgetOldAttempts(context);
  return `${context.publicUrl}/connect/${linkId}`;
}

/** Those that ended are known a little longer, so that whoever comes late is told so; what they kept goes at once. */
export async function forgetOldAttempts({
  db,
  clock,
}: Pick<ConnectionContext, 'db' | 'clock'>): Promise<void> {
  const now = clock.now();
  await db
    .deleteFrom('connect_attempt')
    .where('expires_at', '<', isoTime(now - ATTEMPT_MS))
    .execute();
  await db
    .updateTable('connect_attempt')
    .set({ secrets: null })
    .where('expires_at', '<', isoTime(now))
    .execute();
}

/** The hash that an attempt is kept under, by its link or the link's last part. */
export function hashOfLink(link: string): string {
  return sha256(link.split('/').at(-1) ?? '');
}

/** The connection begun by an attempt; once signed in, the one where that landed. @throws `connection.not_found` */
export async function connectionOfAttempt(db: Db, idHash: string): Promise<Connection> {
  const row = await db
    .selectFrom('connection')
    .innerJoin('connect_attempt', 'connect_attempt.connection_id', 'connection.id')
    .selectAll('connection')
    .where('id_hash', '=', idHash)
    .executeTakeFirst();
  if (!row) throw new ChartfoldError('connection.not_found');
  return row;
}

/** Whether nobody came back in time from a sign-in that still waits. */
export function hasExpired(
  connection: Pick<Connection, 'status' | 'status_since'>,
  now: number,
): boolean {
  return (
    connection.status === 'authorising' && Date.parse(connection.status_since) + ATTEMPT_MS < now
  );
}

/** The name of an attempt's own cookie, without the `__Host-` that https adds. */
export function attemptCookie(idHash: string): string {
  return `chartfold-attempt-${idHash.replace(/[^A-Za-z0-9]/g, '').slice(0, 16)}`;
}

export function openSecrets(
  context: ConnectionContext,
  idHash: string,
  sealed: Sealed | null,
): AttemptSecrets {
  if (sealed === null) throw new ChartfoldError('smart.attempt_used');
  return JSON.parse(context.sealer.open(sealed, secretsContext(idHash))) as AttemptSecrets;
}

export function sealSecrets(
  { sealer }: Pick<ConnectionContext, 'sealer'>,
  idHash: string,
  secrets: AttemptSecrets,
): Sealed {
  return sealer.seal(JSON.stringify(secrets), secretsContext(idHash));
}

function secretsContext(idHash: string): string {
  return `connect_attempt/${idHash}`;
}
