// Owns a sync: plans it, asks every question (fetch page → normalise → commit → ledger), ends with the receipt.
// A run that was cut off goes on from its cursors. The rest goes on when a question fails. A run whose time is over
// ends, so that no portal keeps the others from their turn.

import { getPerson } from '../access/people.ts';
import { type AuthorisedFetch, authorisedFetch } from '../connections/authorised-fetch.ts';
import {
  type Connection,
  getConnection,
  portalOf,
  scopesAskedFor,
} from '../connections/context.ts';
import { smartClient } from '../connections/client.ts';
import { noteReachable, setStatus } from '../connections/status.ts';
import type { Capabilities } from '../fhir/capabilities.ts';
import {
  asChartfoldError,
  ChartfoldError,
  type ErrorCode,
  isChartfoldError,
} from '../platform/errors.ts';
import type { PortalEntry } from '../portals/registry.ts';
import { markGone } from '../records/gone.ts';
import { finishRun, openRunOf, questionsOf, startRun } from '../records/runs.ts';
import type { Question, Run, RunTrigger } from '../records/types.ts';
import { askReferenced } from './ask-referenced.ts';
import { askSearch } from './ask-search.ts';
import type { Asking } from './asking.ts';
import { fetchAttachments, isAboutRecords } from './attachments.ts';
import { askCapabilities, CAPABILITIES_UNREAD } from './capabilities.ts';
import type { SyncContext } from './context.ts';
import { createFetchPage } from './fetch.ts';
import { narrowed, notePasses, passesOf } from './passes.ts';
import { isByReference, planQuestions } from './plan.ts';
import { gatherReferences, noteStored } from './references.ts';
import { eachOf } from './several.ts';
import { noteEnd } from './trouble.ts';
import { typesSeenWhole } from './whole-types.ts';
import { withinTime } from './within-time.ts';

/**
 * Syncs a connection, or goes on with its run that was cut off.
 * @throws `sync.connection_not_ready`; the signal's reason when aborted: the run stays open then
 */
export async function syncConnection(
  context: SyncContext,
  connectionId: string,
  trigger: RunTrigger,
  signal: AbortSignal,
): Promise<Run> {
  beginning.add(connectionId);
  try {
    return await sync(context, connectionId, trigger, signal);
  } finally {
    beginning.delete(connectionId);
  }
}

/** Whether a connection's sync has had its turn and has no run yet: its questions are still being made. */
export function isBeginning(connectionId: string): boolean {
  return beginning.has(connectionId);
}

const beginning = new Set<string>();

async function sync(
  context: SyncContext,
  connectionId: string,
  trigger: RunTrigger,
  signal: AbortSignal,
): Promise<Run> {
  const connection = await getConnection(context.db, connectionId);
  if (!isReady(connection)) throw new ChartfoldError('sync.connection_not_ready');
  const entry = portalOf(context, connection);
  const portal = authorisedFetch(context, context.refresher, {
    connectionId,
    entry,
    clinicId: connection.clinic_id,
  });
  const unfinished = await openRunOf(context.db, connectionId);
  const statement = unfinished ? NOTHING_SAID : await statementOf(context, entry, portal, signal);
  const run = unfinished ?? (await begin(context, connection, entry, { trigger, ...statement }));
  beginning.delete(connectionId);
  context.changed(connectionId);
  const ms = entry.vendor.portal.limits.runMs;
  return withinTime({ ms, signal }, async (inTime) => {
    const open = (await questionsOf(context.db, run.id)).filter(isOpen);
    const referenced = open.filter(isByReference);
    const types = referenced.map(({ type }) => type);
    const asking = askingOf(context, { connection, entry, portal, run, types, signal: inTime });
    asking.stopped = statement.fault;
    // What refers to them may not come in this run: it came before the cut, or has not changed since.
    const isBefore = open.some((q) => q.since !== null && !isByReference(q));
    if (unfinished || (isBefore && referenced.some(({ since }) => since === null)))
      await noteStored(
        context.db,
        connectionId,
        { types, base: entry.fhirBaseUrl, links: entry.vendor.portal.links },
        asking.references,
      );
    await askQuestions(asking, open);
    await fetchAttachments(asking);
    return end(asking);
  });
}

const NOTHING_SAID: Statement = { capabilities: null, fault: null };

/** What the server says of itself, or why it is asked nothing else. */
type Statement = {
  readonly capabilities: Capabilities | null;
  readonly fault: ChartfoldError | null;
};

async function statementOf(
  context: SyncContext,
  entry: PortalEntry,
  portal: AuthorisedFetch,
  signal: AbortSignal,
): Promise<Statement> {
  try {
    const capabilities = await askCapabilities(context, entry, portal, signal);
    // One that is off says nothing of itself, and would call each question wrongly put.
    return { capabilities, fault: capabilities ? null : await clinicOff(context, entry) };
  } catch (error) {
    if (!isChartfoldError(error, 'fhir.other_version')) throw error;
    return { capabilities: null, fault: error };
  }
}

function askingOf(
  context: SyncContext,
  of: {
    connection: ReadyConnection;
    entry: PortalEntry;
    portal: AuthorisedFetch;
    run: Run;
    /** Of which references are gathered. */
    types: readonly string[];
    signal: AbortSignal;
  },
): Asking {
  const { connection, entry, portal, run, types, signal } = of;
  const { portal: vendor, hooks } = entry.vendor;
  const about = {
    person: run.person,
    patientId: connection.patient_id,
    fhirBaseUrl: entry.fhirBaseUrl,
    links: vendor.links,
  };
  return {
    context,
    connectionId: connection.id,
    entry,
    run,
    signal,
    fetchPage: createFetchPage(portal, {
      requests: vendor.requests,
      hooks,
      clock: context.clock,
      reads: { about, referenced: types },
    }),
    portal,
    references: gatherReferences(types),
    referencedLeft: vendor.limits.referenced,
    stopped: null,
  };
}

async function askQuestions(asking: Asking, open: readonly Question[]): Promise<void> {
  const { concurrency } = asking.entry.vendor.portal.requests;
  const searches = open.filter((q) => !isByReference(q));
  const referenced = askReferenced(asking, open.filter(isByReference));
  let left = searches.length;
  await eachOf(searches, concurrency, async (question) => {
    await askSearch(asking, question);
    left -= 1;
    // The last may be a list of a hundred pages, each named by the one before.
    if (left === 1) await referenced.ahead();
  });
  // All that others refer to is known only now.
  await referenced.rest();
}

function isOpen(question: Question): boolean {
  const { outcome } = question;
  return isAboutRecords(question) && (outcome === 'pending' || outcome === 'asking');
}

async function end(asking: Asking): Promise<Run> {
  const { context, connectionId, run, entry, stopped } = asking;
  const questions = await questionsOf(context.db, run.id);
  const ofRecords = questions.filter(isAboutRecords);
  const types = typesSeenWhole(ofRecords, entry.vendor.portal.fhirVersion);
  await markGone(context.db, { run, types, now: context.clock.now() });
  await notePasses(context.db, run, ofRecords);
  const ended = await finishRun(context.db, { run: run.id, now: context.clock.now() });
  context.log.info('sync.finished', {
    connection: connectionId,
    run: run.id,
    received: ended.sums.received,
    new: ended.sums.new,
  });
  await noteEnd(context, connectionId, questions);
  // Of a server that speaks another version the permission holds: it may come back.
  const lost = stopped?.code === 'fhir.other_version' ? null : (stopped?.code ?? null);
  const code = lost ?? (await accessLost(asking, ofRecords));
  // Not where it was disconnected meanwhile: that has been decided by the person.
  if (code) await setStatus(context, connectionId, 'sign-in-again', { code, from: 'ready' });
  else await noteReachable(context, connectionId, !isAll(ofRecords, isOutOfReach));
  context.changed(connectionId);
  return ended;
}

/** Why a portal that takes our token gives nothing at all for it: no scope is missing then, all of it is. */
async function accessLost(
  { context, entry }: Asking,
  questions: readonly Question[],
): Promise<ErrorCode | null> {
  const isForbidden = (q: Question) => q.outcome === 'refused' && q.code === 'fhir.forbidden';
  if (isAll(questions, isForbidden)) return 'connection.withdrawn';
  const off = isAll(questions, isUnanswered) ? await clinicOff(context, entry) : null;
  return off?.code ?? null;
}

/** Where a clinic has switched patients' programs off, that, as it answers to who asks how to sign in. */
async function clinicOff(context: SyncContext, entry: PortalEntry): Promise<ChartfoldError | null> {
  if (entry.vendor.portal.wordsForClinic === null) return null;
  const error = await smartClient(context, entry).then(() => null, asChartfoldError);
  return error?.code === 'connection.clinic_api_off' ? error : null;
}

function isUnanswered({ outcome }: Question): boolean {
  return outcome === 'refused' || outcome === 'failed';
}

function isOutOfReach({ outcome, code }: Question): boolean {
  return outcome === 'failed' && OUT_OF_REACH.has(code ?? '');
}

/** Nobody answers, or something in the portal's place. */
const OUT_OF_REACH: ReadonlySet<string> = new Set<ErrorCode>([
  'net.unreachable',
  'net.timeout',
  'fhir.server_error',
  'fhir.not_json',
  'smart.discovery_failed',
]);

/** Whether something holds for every question of a run that was asked, at least one. */
function isAll(questions: readonly Question[], holds: (q: Question) => boolean): boolean {
  const asked = questions.filter((q) => q.startedAt !== null && q.outcome !== 'not-asked');
  // Those by reference have nothing to ask for, and so are answered in full.
  const bySearch = asked.filter((q) => q.received > 0 || q.outcome !== 'full');
  return bySearch.length > 0 && bySearch.every(holds);
}

/** A connection that somebody has confirmed: whose record it is and which patient's are known. */
type ReadyConnection = Connection & { readonly person_id: string; readonly patient_id: string };

function isReady(connection: Connection): connection is ReadyConnection {
  const { status, person_id, patient_id } = connection;
  return status === 'ready' && Boolean(person_id && patient_id);
}

async function begin(
  context: SyncContext,
  connection: ReadyConnection,
  entry: PortalEntry,
  { trigger, capabilities, fault }: Statement & { readonly trigger: RunTrigger },
): Promise<Run> {
  const { portal } = entry.vendor;
  const granted = connection.scopes_granted.split(' ').filter(Boolean);
  const { patient_id: patientId } = connection;
  const { birthDate } = await getPerson(context.db, connection.person_id);
  const now = context.clock.now();
  const whole = planQuestions({
    portal,
    capabilities,
    asked: scopesAskedFor(connection, entry),
    granted,
    patientId,
    birthDate,
    now,
  });
  const passes = await passesOf(context.db, connection.id);
  const { fullPassEveryDays } = portal;
  const questions = narrowed(whole, { passes, capabilities, granted, fullPassEveryDays, now });
  return startRun(context.db, {
    source: connection.id,
    person: connection.person_id,
    trigger,
    scopesAsked: scopesAskedFor(connection, entry),
    scopesGranted: granted,
    questions: capabilities || fault ? questions : [...questions, CAPABILITIES_UNREAD],
    now,
  });
}
