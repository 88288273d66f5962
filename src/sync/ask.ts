// Owns asking one question from its cursor to its end: page after page, or the records that others refer to by
// id. The next page is fetched while this one is committed.

import type { AuthorisedFetch } from '../connections/authorised-fetch.ts';
import { ChartfoldError, type ErrorCode, isChartfoldError } from '../platform/errors.ts';
import type { PortalEntry } from '../portals/registry.ts';
import { prepare } from '../records/body.ts';
import { commitPage } from '../records/commit.ts';
import { closeQuestion } from '../records/runs.ts';
import { sumSetAside } from '../records/set-aside.ts';
import type { CommitPage, PersonId, Question, Run } from '../records/types.ts';
import type { SyncContext } from './context.ts';
import type { FetchPage, PageAnswer } from './fetch.ts';
import { type NormalisedPage, normalisePage } from './normalise.ts';
import type { AskedAbout } from './others.ts';
import type { References } from './references.ts';

/** What the questions of one run share. */
export type Asking = {
  readonly context: SyncContext;
  readonly connectionId: string;
  readonly entry: PortalEntry;
  readonly run: Run;
  /** Whom the questions are about. */
  readonly about: AskedAbout & { readonly person: PersonId };
  readonly signal: AbortSignal;
  readonly fetchPage: FetchPage;
  readonly followable: AuthorisedFetch['followable'];
  readonly references: References;
  /** Set when the portal no longer lets us in: what is left is not asked. */
  stopped: ErrorCode | null;
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

/** A search: its pages are followed by their links. */
export async function askSearch(asking: Asking, question: Question): Promise<void> {
  if (!(await begin(asking, question))) return;
  const first = question.next ?? question.request;
  const seen = new Set<string>([first]);
  let page = question.pages;
  let retries = question.retries;
  let ahead: Promise<PageAnswer> | null = asking.fetchPage(first, asking.signal);
  while (ahead) {
    const answer: PageAnswer = await ahead;
    ahead = null;
    retries += answer.retries;
    if (!answer.ok) return close(asking, question, page, answer, retries);
    page += 1;
    const normalised = normalisePage(answer.page, asking.about);
    const next = nextAddress(asking, normalised.next, seen, page);
    if (typeof next === 'string') {
      seen.add(next);
      ahead = asking.fetchPage(next, asking.signal);
      // It is awaited after the commit; a failure before that must not count as unhandled.
      ahead.catch(() => undefined);
    }
    await commit(asking, question, page, normalised, finishOf(next));
  }
}

/**
 * The records of one type that this patient's others refer to, asked for by id, some at a time. What comes may
 * refer to more of the type, which is then asked for too.
 */
export async function askReferenced(asking: Asking, question: Question): Promise<void> {
  if (!(await begin(asking, question))) return;
  let page = question.pages;
  let retries = question.retries;
  const asked = new Set<string>();
  const given = new Set<string>();
  for (;;) {
    const ids = asking.references.of(question.type).filter((id) => !asked.has(id));
    const batch = ids.slice(0, asking.entry.vendor.portal.referenced.batch);
    if (batch.length === 0) break;
    for (const id of batch) asked.add(id);
    const answer = await asking.fetchPage(
      `${question.request}${batch.map(encodeURIComponent).join(',')}`,
      asking.signal,
    );
    retries += answer.retries;
    if (!answer.ok) return close(asking, question, page, answer, retries);
    page += 1;
    const normalised = normalisePage(answer.page, asking.about);
    for (const resource of normalised.resources)
      if (resource.type === question.type) given.add(resource.id);
    // No cursor: a run that goes on asks for all of them again, which stores nothing twice.
    await commit(asking, question, page, normalised, { next: null });
  }
  const withheld = asked.size - given.size;
  await closeQuestion(asking.context.db, {
    run: asking.run.id,
    question: question.key,
    outcome: withheld > 0 ? 'part' : 'full',
    ...(withheld > 0
      ? { code: 'fhir.not_found', detail: `${withheld} of ${asked.size} were not given` }
      : {}),
    retries,
    now: asking.context.clock.now(),
  });
  asking.context.changed(asking.connectionId);
}

/** Marks the question as asked; false where nothing more may be asked in this run. */
async function begin(asking: Asking, question: Question): Promise<boolean> {
  if (asking.stopped) {
    await close(
      asking,
      question,
      question.pages,
      { error: new ChartfoldError(asking.stopped), httpStatus: null },
      question.retries,
    );
    return false;
  }
  await closeQuestion(asking.context.db, {
    run: asking.run.id,
    question: question.key,
    outcome: 'asking',
    now: asking.context.clock.now(),
  });
  asking.context.changed(asking.connectionId);
  return true;
}

async function commit(
  asking: Asking,
  question: Question,
  page: number,
  normalised: NormalisedPage,
  finish: CommitPage['finish'],
): Promise<void> {
  const { context, run, signal } = asking;
  signal.throwIfAborted();
  for (const resource of normalised.resources) asking.references.note(resource.raw);
  const afterwards = context.afterCommit(run.person);
  await commitPage(context.db, {
    run: run.id,
    question: question.key,
    page,
    source: asking.connectionId,
    resources: await prepare(normalised.resources),
    setAside: normalised.setAside,
    volatilePaths: asking.entry.vendor.portal.volatilePaths,
    finish,
    now: context.clock.now(),
    ...(afterwards ? { afterwards } : {}),
  });
  const ofOthers = normalised.setAside.filter(({ code }) => code === 'sync.other_patient');
  if (ofOthers.length > 0) {
    const count = sumSetAside(ofOthers);
    context.log.warn('sync.other_patient', { run: run.id, question: question.key, count });
  }
  context.changed(asking.connectionId);
}

function finishOf(next: string | null | ChartfoldError): CommitPage['finish'] {
  if (next instanceof ChartfoldError) return { next: null, outcome: 'part', code: next.code };
  return next === null ? { next, outcome: 'full' } : { next };
}

/** The address of the next page, null at the end, or why the link is not followed. */
function nextAddress(
  asking: Asking,
  link: string | null,
  seen: ReadonlySet<string>,
  page: number,
): string | null | ChartfoldError {
  if (link === null) return null;
  let address: string;
  try {
    address = asking.followable(link);
  } catch (error) {
    if (!isChartfoldError(error, 'net.foreign_origin')) throw error;
    return new ChartfoldError('sync.next_link_foreign');
  }
  const isCircle = seen.has(address) || page >= MOST_PAGES;
  return isCircle ? new ChartfoldError('sync.next_link_cycle') : address;
}

/** Writes why a question was not answered in full. What came before is kept. */
async function close(
  asking: Asking,
  question: Question,
  pages: number,
  failed: { error: ChartfoldError; said?: string | null; httpStatus: number | null },
  retries: number,
): Promise<void> {
  const { error, httpStatus } = failed;
  const detail = failed.said ?? error.detail;
  if (ENDS_THE_RUN.has(error.code)) asking.stopped = error.code;
  const outcome = pages > 0 ? 'part' : REFUSALS.has(error.code) ? 'refused' : 'failed';
  await closeQuestion(asking.context.db, {
    run: asking.run.id,
    question: question.key,
    outcome,
    code: error.code,
    ...(detail ? { detail } : {}),
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
  asking.context.changed(asking.connectionId);
}
