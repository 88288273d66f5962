// Owns a sync: plans it, asks every question (fetch page → normalise → commit → ledger), ends with the receipt.
// A run that was cut off goes on from its cursors. The rest goes on when a question fails.

import PQueue from 'p-queue';
import { authorisedFetch } from '../connections/authorised-fetch.ts';
import { type Connection, getConnection } from '../connections/context.ts';
import { setStatus } from '../connections/status.ts';
import { ChartfoldError } from '../platform/errors.ts';
import type { PortalEntry } from '../portals/registry.ts';
import { finishRun, openRunOf, questionsOf, startRun } from '../records/runs.ts';
import type { Question, Run, RunTrigger } from '../records/types.ts';
import { type Asking, askReferenced, askSearch } from './ask.ts';
import type { SyncContext } from './context.ts';
import { createFetchPage, type FetchPage } from './fetch.ts';
import { planQuestions } from './plan.ts';
import { gatherReferences, noteStored } from './references.ts';

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
  if (connection.status !== 'ready' || !connection.person_id || !connection.patient_id) {
    throw new ChartfoldError('sync.connection_not_ready');
  }
  const entry = context.registry.usable(connection.portal);
  const unfinished = await openRunOf(context.db, connectionId);
  const run = unfinished ?? (await begin(context, connection, entry, trigger));
  context.changed(connectionId);
  const { referenced } = entry.vendor.portal;
  const references = gatherReferences(referenced.questions.map((q) => q.type));
  if (unfinished) await noteStored(context.db, connectionId, references);
  const fetchPage = fetcherFor(context, connection, entry);
  const asking: Asking = {
    context,
    connectionId,
    entry,
    run,
    about: {
      person: run.person,
      patientId: connection.patient_id,
      fhirBaseUrl: entry.fhirBaseUrl,
    },
    signal,
    fetchPage,
    references,
    stopped: null,
  };

  const open = (await questionsOf(context.db, run.id)).filter(
    (q) => q.outcome === 'pending' || q.outcome === 'asking',
  );
  const isReferenced = (q: Question) => referenced.questions.some((r) => r.key === q.key);
  await askAll(
    open.filter((q) => !isReferenced(q)),
    entry.vendor.portal.requests.concurrency,
    (question) => askSearch(asking, question),
  );
  // What others refer to is known only now; each of these may add to the next.
  for (const question of open.filter(isReferenced)) await askReferenced(asking, question);

  const ended = await finishRun(context.db, { run: run.id, now: context.clock.now() });
  context.log.info('sync.finished', {
    connection: connectionId,
    run: run.id,
    received: ended.sums.received,
    new: ended.sums.new,
  });
  if (asking.stopped) {
    // Not where it was disconnected meanwhile: that has been decided by the person.
    const code = asking.stopped;
    await setStatus(context, connectionId, 'sign-in-again', { code, from: 'ready' });
  }
  context.changed(connectionId);
  return ended;
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

async function begin(
  context: SyncContext,
  connection: Connection,
  entry: PortalEntry,
  trigger: RunTrigger,
): Promise<Run> {
  return startRun(context.db, {
    source: connection.id,
    person: connection.person_id ?? '',
    trigger,
    scopesAsked: entry.scopes,
    scopesGranted: connection.scopes_granted.split(' ').filter(Boolean),
    questions: planQuestions(entry, connection.patient_id ?? ''),
    now: context.clock.now(),
  });
}

function fetcherFor(context: SyncContext, connection: Connection, entry: PortalEntry): FetchPage {
  const portal = authorisedFetch(context, context.refresher, {
    connectionId: connection.id,
    entry,
    clinicId: connection.clinic_id,
  });
  const fetchPage = createFetchPage(portal, {
    requests: entry.vendor.portal.requests,
    hooks: entry.vendor.hooks,
    clock: context.clock,
  });
  return (request, signal) =>
    fetchPage(/^https?:/.test(request) ? request : portal.addressOf(request), signal);
}
