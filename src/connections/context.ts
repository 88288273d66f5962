// Owns what the functions of this folder work with, and how a connection reads as a value.

import type { Selectable } from 'kysely';
import { shown } from '../fhir/text/shown.ts';
import type { Signer } from '../keys/keyring.ts';
import type { Clock } from '../platform/clock.ts';
import type { Db } from '../platform/db/db.ts';
import { ChartfoldError, type ErrorCode } from '../platform/errors.ts';
import type { Jobs } from '../platform/jobs/jobs.ts';
import type { Log } from '../platform/log.ts';
import type { Outbound } from '../platform/outbound.ts';
import type { Sealer } from '../platform/seal.ts';
import type { Environment } from '../portals/portal.ts';
import type { PortalEntry, PortalRegistry } from '../portals/registry.ts';
import type { Directory } from './directory/directory.ts';
import { type Pace, type Paces } from './pace.ts';
import type { ConnectionTable } from './tables.ts';

export type ConnectionContext = {
  readonly db: Db;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly log: Log;
  readonly outbound: Outbound;
  readonly jobs: Jobs;
  readonly paces: Paces;
  readonly registry: PortalRegistry;
  /** The clinics of the portals. */
  readonly directory: Directory;
  /** The active key of a ring, for signing in to a token endpoint. */
  readonly signer: (ring: Environment) => Promise<Signer>;
  readonly publicUrl: string;
  /** Tells who listens that a connection has changed. */
  readonly changed: (connectionId: string) => void;
};

export type Connection = Selectable<ConnectionTable>;

/** The queue of lists to be fetched; `key` is the portal's. */
export const DIRECTORY_QUEUE = 'directory';

/** The queue of sync jobs; `key` is the connection's id. */
export const SYNC_QUEUE = 'sync';

/** How fast a portal is asked, by everybody here: tokens and records count alike. */
export function paceOf({ paces }: Pick<ConnectionContext, 'paces'>, entry: PortalEntry): Pace {
  return paces.of(entry.fhirBaseUrl, entry.vendor.portal.requests);
}

/** @throws `connection.not_found` */
export async function getConnection(db: Db, id: string): Promise<Connection> {
  const row = await db.selectFrom('connection').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw new ChartfoldError('connection.not_found');
  return row;
}

/** Why a connection leads nowhere as this instance is configured; null where it leads somewhere. */
export function whyUnusable(
  { entries }: Pick<PortalRegistry, 'entries'>,
  { portal, sample }: Pick<Connection, 'portal' | 'sample'>,
): ErrorCode | null {
  const entry = entries.find(({ key }) => key === portal);
  if (sample === 1 && !entry?.simulated) return 'connection.simulator_off';
  return entry?.registration ? null : 'connection.portal_off';
}

/**
 * The portal of a connection, its addresses those of its clinic. What the simulator gave is never sent to the vendor
 * that took its place.
 * @throws `connection.simulator_off`, `connection.portal_off`
 */
export function portalOf(
  { registry }: Pick<ConnectionContext, 'registry'>,
  connection: Pick<Connection, 'portal' | 'sample' | 'clinic_id'>,
): PortalEntry {
  const why = whyUnusable(registry, connection);
  if (why) throw new ChartfoldError(why);
  return registry.usable(connection.portal, connection.clinic_id);
}

/** What to write to the clinic of a connection, where it alone can let anybody in; null anywhere else. */
export function wordsToSend(
  { entries }: Pick<PortalRegistry, 'entries'>,
  { portal, clinic_name, status_code }: Pick<Connection, 'portal' | 'clinic_name' | 'status_code'>,
): string | null {
  if (status_code !== 'connection.clinic_api_off') return null;
  const entry = entries.find(({ key }) => key === portal);
  // A name may hold a `$`, which means something in a text to put in.
  return entry?.vendor.portal.wordsForClinic?.replace('{clinic}', () => shown(clinic_name)) ?? null;
}

export async function listConnections(db: Db): Promise<Connection[]> {
  return db.selectFrom('connection').selectAll().orderBy('created_at').orderBy('id').execute();
}

/** The scopes that were asked for at a connection's sign-in. */
export function scopesAskedFor(
  { scopes_asked }: Pick<Connection, 'scopes_asked'>,
  entry: Pick<PortalEntry, 'scopes'>,
): readonly string[] {
  return scopes_asked === null ? entry.scopes : scopes_asked.split(' ');
}
