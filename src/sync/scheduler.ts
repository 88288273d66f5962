// Owns beginning by themselves of syncs, and of fetching lists of clinics again: what is due is put among the jobs, one
// after the other, and what waits or runs is left. One timer; what was missed while the program was not running is put
// once at the start.

import {
  type Connection,
  type ConnectionContext,
  listConnections,
  SYNC_QUEUE,
  whyUnusable,
} from '../connections/context.ts';
import { putSync } from '../connections/queue-sync.ts';
import { isoTime } from '../platform/clock.ts';
import { ChartfoldError } from '../platform/errors.ts';
import type { Portal } from '../portals/portal.ts';
import { putListsDue } from './lists-due.ts';
import { type Every, hoursOf, nextDue, type QuietHours } from './schedule.ts';

const DAY_MS = 24 * 3_600_000;
/** A timer of any length would sleep through a suspended machine and a choice that was made meanwhile. */
const ROUND_MS = 60_000;
/** Between two that begin in one round. */
const APART_MS = 5_000;

type Scheduling = Pick<
  ConnectionContext,
  'db' | 'jobs' | 'registry' | 'directory' | 'clock' | 'log' | 'changed'
>;

/** What a connection's grant lets the schedule know, without opening a token. */
export type Renewal = { readonly renews: boolean; readonly since: string | null };

/** Whether and since when the access of some connections can be renewed; one without a grant is not there. */
export async function renewalsOf(
  { db }: Pick<ConnectionContext, 'db'>,
  ids: readonly string[],
): Promise<Map<string, Renewal>> {
  const rows = await db
    .selectFrom('connection_grant')
    .select((eb) => [
      'connection_id',
      'refresh_since',
      eb('refresh_token', 'is not', null).as('renews'),
    ])
    .where('connection_id', 'in', [...ids])
    .execute();
  return new Map(
    rows.map((row) => [
      row.connection_id,
      { renews: Boolean(row.renews), since: row.refresh_since },
    ]),
  );
}

/** When a connection begins to sync by itself, in milliseconds; null where it does not. */
export function nextSyncOf(
  connection: Connection,
  portal: Pick<Portal, 'syncEveryHours'> | undefined,
  renewal: Renewal | undefined,
  { now, from = 0 }: { now: number; from?: number },
): number | null {
  if (!portal || connection.status !== 'ready' || !renewal?.renews) return null;
  return nextDue(
    {
      id: connection.id,
      everyHours: hoursOf(connection.sync_every, portal.syncEveryHours),
      // A time that cannot be read is long ago.
      since: Date.parse(connection.sync_ended_at ?? connection.status_since) || 0,
      troubles: connection.sync_troubles,
      quiet: quietOf(connection),
    },
    now,
    from,
  );
}

/** The quiet hours of a connection. */
export function quietOf({ quiet_hours }: Pick<Connection, 'quiet_hours'>): QuietHours | null {
  return quiet_hours === null ? null : (JSON.parse(quiet_hours) as QuietHours);
}

/** When the portal's permission ends unless one signs in again; null where that is not known. */
export function signInByOf(
  portal: Pick<Portal, 'refreshTokenDays'> | undefined,
  renewal: Renewal | undefined,
): string | null {
  const days = portal?.refreshTokenDays ?? null;
  if (days === null || !renewal?.renews || renewal.since === null) return null;
  return isoTime(Date.parse(renewal.since) + days * DAY_MS);
}

/** Keeps what somebody chose. @throws `connection.not_found` */
export async function chooseSchedule(
  { db, changed }: Pick<ConnectionContext, 'db' | 'changed'>,
  connectionId: string,
  choice: { readonly every: Every | null; readonly quiet?: QuietHours | null },
): Promise<void> {
  const set = await db
    .updateTable('connection')
    .set({
      sync_every: choice.every,
      ...(choice.quiet === undefined
        ? {}
        : { quiet_hours: choice.quiet && JSON.stringify(choice.quiet) }),
    })
    .where('id', '=', connectionId)
    .executeTakeFirst();
  if (set.numUpdatedRows === 0n) throw new ChartfoldError('connection.not_found');
  changed(connectionId);
}

/** Puts a sync for each connection that is due, those that waited longest first; a pause between two. */
export async function putDue(
  context: Scheduling,
  from: number,
  signal: AbortSignal,
): Promise<void> {
  const { db, jobs, clock, registry } = context;
  const connections = (await listConnections(db)).filter(
    (one) => one.status === 'ready' && whyUnusable(registry, one) === null,
  );
  const renewals = await renewalsOf(
    context,
    connections.map(({ id }) => id),
  );
  const due = connections
    .filter((one) => {
      const entry = registry.entries.find(({ key }) => key === one.portal);
      const now = clock.now();
      const next = nextSyncOf(one, entry?.vendor.portal, renewals.get(one.id), { now, from });
      return next !== null && next <= now;
    })
    .sort((a, b) => (a.sync_ended_at ?? '').localeCompare(b.sync_ended_at ?? ''));
  let isFirst = true;
  for (const { id } of due) {
    if (await jobs.isLive(SYNC_QUEUE, id)) continue;
    if (!isFirst) await clock.wait(APART_MS, signal);
    isFirst = false;
    await putSync(context, id, 'scheduled');
    context.changed(id);
  }
}

/** Puts what is due, now and every minute, until it is stopped. */
export function startScheduler(context: Scheduling): { stop(): Promise<void> } {
  const { clock, log } = context;
  const ending = new AbortController();
  const { signal } = ending;
  const from = clock.now();
  const rounds = async () => {
    while (!signal.aborted) {
      await putDue(context, from, signal).catch((error) => {
        if (!signal.aborted) log.error('sync.schedule_failed', error);
      });
      await putListsDue(context, from).catch((error) =>
        log.error('directory.schedule_failed', error),
      );
      await clock.wait(ROUND_MS, signal).catch(() => undefined);
    }
  };
  const running = rounds();
  return {
    async stop() {
      ending.abort(new DOMException('stopping', 'AbortError'));
      await running;
    },
  };
}
