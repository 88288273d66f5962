// Owns a sync: for each planned question fetch page → normalise → commit → ledger, and at the end the receipt.
// A run that was cut off goes on from its cursors. The rest goes on when a question fails.

import PQueue from 'p-queue';
import { authorisedFetch } from '../connections/authorised-fetch.ts';
import { type Connection, type ConnectionContext, getConnection } from '../connections/context.ts';
import type { Refresher } from '../connections/refresh.ts';
import { setStatus } from '../connections/status.ts';
import { ChartfoldError, type ErrorCode } from '../platform/errors.ts';
import type { PortalEntry } from '../portals/registry.ts';
import { prepare } from '../records/body.ts';
import { commitPage } from '../records/commit.ts';
import { closeQuestion, finishRun, openRunOf, questionsOf, startRun } from '../records/runs.ts';
import type { Question, Run, RunTrigger } from '../records/types.ts';
import { createFetchPage, type FetchPage, type PageAnswer } from './fetch.ts';
import { normalisePage } from './normalise.ts';
import { planQuestions } from './plan.ts';

export type SyncContext = ConnectionContext & {
  readonly refresher: Refresher;
  /** Queues what must follow a commit, in its transaction. */
  readonly afterCommit: (personId: string) => Parameters<typeof commitPage>[1]['afterwards'];
};

/** After one of these nothing more can be asked in this run. */
const ENDS_THE_RUN: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'smart.sign_in_again',
  'smart.no_refresh',
  'smart.wrong_client',
  'fhir.unauthorized',
]);
const REFUSALS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'fhir.scope_missing',
  'fhir.forbidden',
  'fhir.not_found',
]);
/** No portal has this many pages for one question; one that goes on is running in circles. */
const MOST_PAGES = 20_000;

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
  const run =
    (await openRunOf(context.db, connectionId)) ??
    (await begin(context, connection, entry, trigger));
  context.changed(connectionId);
  const asking: Asking = {
    context,
    connection,
    entry,
    run,
    signal,
    fetchPage: fetcherFor(context, connection, entry),
    stopped: null,
  };
  const queue = new PQueue({ concurrency: entry.vendor.portal.requests.concurrency });
  const questions = await questionsOf(context.db, run.id);
  const open = questions.filter((q) => q.outcome === 'pending' || q.outcome === 'asking');
  await queue.addAll(open.map((question) => () => askQuestion(asking, question)));
  const ended = await finishRun(context.db, { run: run.id, now: context.clock.now() });
  context.log.info('sync.finished', {
    connection: connectionId,
    run: run.id,
    received: ended.sums.received,
    new: ended.sums.new,
  });
  if (asking.stopped)
    await setStatus(context, connectionId, 'sign-in-again', { code: asking.stopped });
  context.changed(connectionId);
  return ended;
}

type Asking = {
  readonly context: SyncContext;
  readonly connection: Connection;
  readonly entry: PortalEntry;
  readonly run: Run;
  readonly signal: AbortSignal;
  readonly fetchPage: FetchPage;
  /** Set when the portal no longer lets us in: what is left is not asked. */
  stopped: ErrorCode | null;
};

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

/** One question from its cursor to its end. The next page is fetched while this one is committed. */
async function askQuestion(asking: Asking, question: Question): Promise<void> {
  const { context, run, signal } = asking;
  if (asking.stopped)
    return close(asking, question, question.pages, new ChartfoldError(asking.stopped), null, 0);
  const first = question.next ?? question.request;
  const seen = new Set<string>([first]);
  await closeQuestion(context.db, {
    run: run.id,
    question: question.key,
    outcome: 'asking',
    now: context.clock.now(),
  });
  context.changed(asking.connection.id);
  let page = question.pages;
  let retries = question.retries;
  let ahead: Promise<PageAnswer> | null = asking.fetchPage(first, signal);
  while (ahead) {
    const answer: PageAnswer = await ahead;
    ahead = null;
    signal.throwIfAborted();
    retries += answer.retries;
    if (!answer.ok) return close(asking, question, page, answer.error, answer.httpStatus, retries);
    page += 1;
    const normalised = normalisePage(answer.page, run.person);
    const next = nextAddress(asking, normalised.next, seen, page);
    if (typeof next === 'string') {
      seen.add(next);
      ahead = asking.fetchPage(next, signal);
      // It is awaited after the commit; a failure before that must not count as unhandled.
      ahead.catch(() => undefined);
    }
    const trouble = next instanceof ChartfoldError ? next : null;
    const resources = await prepare(normalised.resources);
    await commitPage(context.db, {
      run: run.id,
      question: question.key,
      page,
      source: asking.connection.id,
      resources,
      setAside: normalised.setAside,
      volatilePaths: asking.entry.vendor.portal.volatilePaths,
      finish: trouble
        ? { next: null, outcome: 'part', code: trouble.code }
        : typeof next === 'string'
          ? { next }
          : { next: null, outcome: 'full' },
      now: context.clock.now(),
      ...withAfterwards(context.afterCommit(run.person)),
    });
    context.changed(asking.connection.id);
  }
}

/** The address of the next page, null at the end, or why the link is not followed. */
function nextAddress(
  asking: Asking,
  link: string | null,
  seen: ReadonlySet<string>,
  page: number,
): string | null | ChartfoldError {
  if (link === null) return null;
  const base = new URL(`${asking.entry.fhirBaseUrl}/`);
  const url = URL.canParse(link, base.href) ? new URL(link, base.href) : null;
  if (!url || url.origin !== base.origin || !url.pathname.startsWith(base.pathname)) {
    return new ChartfoldError('sync.next_link_foreign');
  }
  if (seen.has(url.href) || page >= MOST_PAGES) return new ChartfoldError('sync.next_link_cycle');
  return url.href;
}

async function close(
  asking: Asking,
  question: Question,
  pages: number,
  error: ChartfoldError,
  httpStatus: number | null,
  retries: number,
): Promise<void> {
  if (ENDS_THE_RUN.has(error.code)) asking.stopped = error.code;
  const outcome = pages > 0 ? 'part' : REFUSALS.has(error.code) ? 'refused' : 'failed';
  await closeQuestion(asking.context.db, {
    run: asking.run.id,
    question: question.key,
    outcome,
    code: error.code,
    ...(error.detail ? { detail: error.detail } : {}),
    ...(httpStatus === null ? {} : { httpStatus }),
    retries,
    now: asking.context.clock.now(),
  });
  asking.context.log.warn('sync.question_not_answered', {
    run: asking.run.id,
    question: question.key,
    code: error.code,
    httpStatus,
    retries,
  });
  asking.context.changed(asking.connection.id);
}

function withAfterwards(afterwards: ReturnType<SyncContext['afterCommit']>) {
  return afterwards ? { afterwards } : {};
}
