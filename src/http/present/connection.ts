// Owns how a connection reads on the wire: its state in one value, progress included.

import type { Person } from '../../access/people.ts';
import { hasExpired } from '../../connections/attempts.ts';
import { candidateOf } from '../../connections/confirm.ts';
import {
  type Connection,
  scopesAskedFor,
  whyUnusable,
  wordsToSend,
} from '../../connections/context.ts';
import { differencesFrom } from '../../fhir/text/names.ts';
import { type ErrorCode, errorCatalogue } from '../../platform/error-catalogue.ts';
import { vendorName } from '../../portals/index.ts';
import type { PortalEntry } from '../../portals/registry.ts';
import { missingScopes } from '../../smart/scopes.ts';
import type { Receipt, RunSummary } from '../../records/types.ts';
import { isoTime } from '../../platform/clock.ts';
import {
  type ConnectionState,
  connection as wireConnection,
  type Progress,
  type ReceiptSummary,
  type SourceMark,
  type Connection as Wire,
} from '../contract.ts';
import { nextSyncOf, quietOf, type Renewal, signInByOf } from '../../sync/scheduler.ts';
import type { App } from '../app.ts';

const MARKS: readonly SourceMark[] = ['circle', 'square', 'diamond', 'hexagon', 'ring', 'plus'];

/** What of the program the presentation needs. */
export type Presenting = Pick<App, 'db' | 'registry' | 'clock' | 'sealer' | 'jobs'>;

/** What the presentation of one connection needs to know beside it. */
export type ConnectionFacts = {
  readonly index: number;
  /** Whose it is. */
  readonly person: Person | undefined;
  /** Everyone whose it could be. */
  readonly people: readonly Person[];
  readonly records: number;
  /** Whether a sync is queued that has not begun. */
  readonly isWaiting: boolean;
  /** Whether the caller's own sign-in at the portal waits to be gone on with. */
  readonly signInWaits: boolean;
  readonly openRun: Receipt | undefined;
  readonly lastRun: RunSummary | undefined;
  /** What its grant lets the schedule know; undefined where there is none. */
  readonly renewal: Renewal | undefined;
};

/** The mark of the n-th source; after five they begin again, `plus` is for what the person added. */
export function markOf(index: number): SourceMark {
  return MARKS[index % (MARKS.length - 1)] ?? 'circle';
}

/** A connection for the wire; one whose row is not as it should be is there too, and says so. */
export function presentConnection(
  app: Presenting,
  connection: Connection,
  facts: ConnectionFacts,
): Wire {
  const entry = app.registry.entries.find((e) => e.key === connection.portal);
  const card = {
    id: connection.id,
    personId: facts.person?.id ?? null,
    personName: facts.person?.name ?? null,
    portal: connection.portal,
    portalName: portalNameOf(entry, connection),
    environment: connection.environment,
    clinicName: connection.clinic_name,
    town: connection.town,
    mark: markOf(facts.index),
    sample: connection.sample === 1,
    records: facts.records,
    createdAt: connection.created_at,
    signInWaits: facts.signInWaits,
    lastReceipt: facts.lastRun ? receiptSummary(facts.lastRun) : null,
    clinicNote: connection.clinic_note,
    signOut: entry?.signOut ?? null,
    note: entry?.vendor.portal.gaps[0] ?? null,
    ...scheduleCard(app, connection, facts),
  };
  const whole = wireConnection.safeParse({ ...card, state: readableState(app, connection, facts) });
  if (whole.success) return whole.data;
  const now = isoTime(app.clock.now());
  return {
    ...card,
    environment: entry?.environment ?? 'production',
    createdAt: now,
    lastReceipt: null,
    state: failedWith('connection.unreadable', now),
  };
}

/** What the person calls the portal; a server that bears its clinic's own name by what it is. */
function portalNameOf(entry: PortalEntry | undefined, connection: Connection): string {
  if (!entry) return vendorName(connection.portal);
  return entry.name === connection.clinic_name ? entry.vendor.portal.name : entry.name;
}

/** When it is synced by itself, and until when its permission lasts. */
function scheduleCard(
  app: Presenting,
  connection: Connection,
  { renewal, isWaiting, openRun }: ConnectionFacts,
): Pick<Wire, 'schedule' | 'nextSyncAt' | 'signInBy'> {
  const portal = app.registry.entries.find((e) => e.key === connection.portal)?.vendor.portal;
  const next = nextSyncOf(connection, portal, renewal, { now: app.clock.now() });
  return {
    schedule: {
      every: connection.sync_every,
      quiet: quietOf(connection),
      defaultHours: portal?.syncEveryHours ?? 24,
      renews: renewal?.renews ?? false,
    },
    nextSyncAt: next === null || isWaiting || openRun ? null : isoTime(next),
    signInBy: signInByOf(portal, renewal),
  };
}

export function receiptSummary({ endedAt, ...summary }: RunSummary): ReceiptSummary {
  return { ...summary, finishedAt: endedAt };
}

function stateOf(app: Presenting, connection: Connection, facts: ConnectionFacts): ConnectionState {
  const unusable =
    connection.status === 'disconnected' ? null : whyUnusable(app.registry, connection);
  return unusable
    ? failedWith(unusable, connection.status_since)
    : storedState(app, connection, facts);
}

function storedState(
  app: Presenting,
  connection: Connection,
  facts: ConnectionFacts,
): ConnectionState {
  const since = connection.status_since;
  const row = connection.status_code
    ? errorCatalogue[connection.status_code as ErrorCode]
    : undefined;
  const code = connection.status_code ?? 'internal.unexpected';
  switch (connection.status) {
    case 'authorising':
      return hasExpired(connection, app.clock.now())
        ? failedWith('smart.attempt_expired', since)
        : { kind: 'authorising', since };
    case 'confirm':
      return confirmState(app, connection, facts);
    case 'ready':
      if (facts.isWaiting) return { kind: 'waiting' };
      return facts.openRun
        ? { kind: 'syncing', progress: progressOf(facts.openRun) }
        : { kind: 'ready', code: connection.status_code, trouble: row?.sentence ?? null };
    case 'sign-in-again':
      return {
        kind: 'sign-in-again',
        code,
        sentence: row?.sentence ?? errorCatalogue['smart.sign_in_again'].sentence,
        since,
        words: wordsToSend(app.registry, connection),
      };
    case 'failed':
      return {
        kind: 'failed',
        code,
        sentence: row?.sentence ?? errorCatalogue['internal.unexpected'].sentence,
        act: row?.act ?? 'us',
        since,
        words: wordsToSend(app.registry, connection),
      };
    case 'disconnected':
      return { kind: 'disconnected', since, trouble: row?.sentence ?? null };
  }
}

/** Undefined where the state cannot be told. */
function readableState(
  app: Presenting,
  connection: Connection,
  facts: ConnectionFacts,
): ConnectionState | undefined {
  try {
    return stateOf(app, connection, facts);
  } catch {
    return undefined; // The card says it in place of the state.
  }
}

function failedWith(code: ErrorCode, since: string): ConnectionState {
  const { sentence, act } = errorCatalogue[code];
  return { kind: 'failed', code, sentence, act, since, words: null };
}

function confirmState(
  app: Presenting,
  connection: Connection,
  facts: ConnectionFacts,
): ConnectionState {
  const patient = candidateOf(app, connection);
  const entry = app.registry.entries.find((e) => e.key === connection.portal);
  return {
    kind: 'confirm',
    patient,
    into: facts.person?.id ?? null,
    people: facts.people.map((person) => ({
      personId: person.id,
      name: person.name,
      birthDate: person.birthDate,
      sample: person.sample,
      differs: differencesFrom(patient, person),
    })),
    scopesMissing: missingScopes(
      entry ? scopesAskedFor(connection, entry) : [],
      connection.scopes_granted.split(' '),
    ),
  };
}

function progressOf({ run, questions }: Receipt): Progress {
  const ticks = questions.map((q) => (q.outcome === 'not-asked' ? 'failed' : q.outcome));
  const current = questions.find((q) => q.outcome === 'asking');
  const counted = questions.filter((q) => q.received > 0).sort((a, b) => b.received - a.received);
  return {
    runId: run.id,
    startedAt: run.startedAt,
    ticks,
    done: ticks.filter((t) => t !== 'pending' && t !== 'asking').length,
    total: ticks.length,
    received: questions.reduce((sum, q) => sum + q.received, 0),
    current: current
      ? { label: current.label, page: current.pages + 1, received: current.received }
      : null,
    kinds: counted.slice(0, 4).map((q) => ({ label: q.label, received: q.received })),
    troubles: questions.flatMap((q, index) => {
      const outcome = ticks[index];
      return outcome === 'refused' || outcome === 'failed' || outcome === 'part'
        ? [{ label: q.label, outcome }]
        : [];
    }),
  };
}
