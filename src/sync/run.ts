// Owns a sync: plans it, asks every question (fetch page → normalise → commit → ledger), ends with the receipt.
// A run that was cut off goes on from its cursors. The rest goes on when a question fails. A run whose time is over
// ends, so that no portal keeps the others from their turn.

import PQueue from 'p-queue';
import { authorisedFetch } from '../connections/authorised-fetch.ts';
import { type Connection, getConnection } from '../connections/context.ts';
import { setStatus } from '../connections/status.ts';
import { ChartfoldError } from '../platform/errors.ts';
import type { PortalEntry } from '../portals/registry.ts';
import { markGone } from '../records/gone.ts';
import { finishRun, openRunOf, questionsOf, startRun } from '../records/runs.ts';
import type { Question, Run, RunTrigger } from '../records/types.ts';
import { type Asking, askReferenced, askSearch } from './ask.ts';
import { fetchAttachments, isAboutRecords } from './attachments.ts';
import type { SyncContext } from './context.ts';
import { createFetchPage } from './fetch.ts';
import { planQuestions } from './plan.ts';
import { gatherReferences, noteStored } from './references.ts';
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
  const connection = await getConnection(context.db, connectionId);
  if (!isReady(connection)) throw new ChartfoldError('sync.connection_not_ready');
  const entry = context.registry.usable(connection.portal);
  const unfinished = await openRunOf(context.db, connectionId);
  const run = unfinished ?? (await begin(context, connection, entry, trigger));
  context.changed(connectionId);
  const ms = entry.vendor.portal.limits.runMs;
  return withinTime({ ms, signal }, async (inTime) => {
    const asking = askingOf(context, connection, entry, run, inTime);
    const referenced = asking.entry.vendor.portal.referenced.questions.map(({ type }) => type);
    if (unfinished) await noteStored(context.db, connectionId, referenced, asking.references);
    await askQuestions(asking);
    await fetchAttachments(asking);
    return end(asking);
  });
}

function askingOf(
  context: SyncContext,
  connection: ReadyConnection,
  entry: PortalEntry,
  run: Run,
  signal: AbortSignal,
): Asking {
  const { portal: vendor, hooks } = entry.vendor;
  const portal = authorisedFetch(context, context.refresher, {
    connectionId: connection.id,
    entry,
    clinicId: connection.clinic_id,
  });
  const referenced = vendor.referenced.questions.map((q) => q.type);
  const about = {
    person: run.person,
    patientId: connection.patient_id,
    fhirBaseUrl: entry.fhirBaseUrl,
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
      reads: { about, referenced },
    }),
    portal,
    references: gatherReferences(referenced),
    referencedLeft: vendor.limits.referenced,
    stopped: null,
  };
}

async function askQuestions(asking: Asking): Promise<void> {
  const { referenced, requests } = asking.entry.vendor.portal;
  const open = (await questionsOf(asking.context.db, asking.run.id)).filter(
    (q) => isAboutRecords(q) && (q.outcome === 'pending' || q.outcome === 'asking'),
  );
  const isReferenced = (q: Question) => referenced.questions.some((r) => r.key === q.key);
  await askAll(
    open.filter((q) => !isReferenced(q)),
    requests.concurrency,
    (question) => askSearch(asking, question),
  );
  // What others refer to is known only now; each of these may add to the next.
  for (const question of open.filter(isReferenced)) await askReferenced(asking, question);
}

async function end(asking: Asking): Promise<Run> {
  const { context, connectionId, run, stopped } = asking;
  await markWhatIsGone(asking);
  const ended = await finishRun(context.db, { run: run.id, now: context.clock.now() });
  context.log.info('sync.finished', {
    connection: connectionId,
    run: run.id,
    received: ended.sums.received,
    new: ended.sums.new,
  });
  await noteEnd(context, connectionId, await questionsOf(context.db, run.id));
  const code = stopped ?? ((await isWithdrawn(asking)) ? 'connection.withdrawn' : null);
  // Not where it was disconnected meanwhile: that has been decided by the person.
  if (code) await setStatus(context, connectionId, 'sign-in-again', { code, from: 'ready' });
  context.changed(connectionId);
  return ended;
}

/** Whether the portal took our token and gave nothing at all for it: no scope is missing then, all of it is. */
async function isWithdrawn({ context, run }: Asking): Promise<boolean> {
  const asked = (await questionsOf(context.db, run.id)).filter(
    (q) => isAboutRecords(q) && q.outcome !== 'not-asked',
  );
  const isRefused = (q: Question) => q.outcome === 'refused' && q.code === 'fhir.forbidden';
  // Those by reference have nothing to ask for, and so are answered in full.
  const bySearch = asked.filter((q) => q.received > 0 || q.outcome !== 'full');
  return bySearch.length > 0 && bySearch.every(isRefused);
}

async function markWhatIsGone({ context, entry, run }: Asking): Promise<void> {
  const questions = (await questionsOf(context.db, run.id)).filter(isAboutRecords);
  const referenced = entry.vendor.portal.referenced.questions.map(({ type }) => type);
  await markGone(context.db, {
    run,
    types: typesSeenWhole(questions, new Set(referenced)),
    questions: new Set(questions.map(({ key }) => key)),
    now: context.clock.now(),
  });
}

/** Asks several at a time. When one breaks off, the others have ended too before this throws. */
async function askAll(
  questions: readonly Question[],
  concurrency: number,
  ask: (question: Question) => Promise<void>,
): Promise<void> {
  const queue = new PQueue({ concurrency });
  const brokenOff: unknown[] = [];
  const guarded = (question: Question) => async () => {
    if (brokenOff.length > 0) return;
    await ask(question).catch((error: unknown) => brokenOff.push(error));
  };
  await queue.addAll(questions.map(guarded));
  if (brokenOff.length > 0) throw brokenOff[0];
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
  trigger: RunTrigger,
): Promise<Run> {
  return startRun(context.db, {
    source: connection.id,
    person: connection.person_id,
    trigger,
    scopesAsked: entry.scopes,
    scopesGranted: connection.scopes_granted.split(' ').filter(Boolean),
    questions: planQuestions(entry, connection.patient_id),
    now: context.clock.now(),
  });
}
