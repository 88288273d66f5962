// Owns what asking any question has in common: it is marked as asked, its pages are committed, and it is closed with why
// where it can't be asked to its end. A question has a limit of time.

import type { AuthorisedFetch } from '../connections/authorised-fetch.ts';
import { type ChartfoldError, type ErrorCode, isChartfoldError } from '../platform/errors.ts';
import type { PortalEntry } from '../portals/registry.ts';
import { commitPage } from '../records/commit.ts';
import { closeQuestion } from '../records/runs.ts';
import { sumSetAside } from '../records/set-aside.ts';
import type { CloseQuestion, CommitPage, Question, Run } from '../records/types.ts';
import type { SyncContext } from './context.ts';
import type { FetchPage, PageAnswer } from './fetch.ts';
import type { ReadPage } from './read-page.ts';
import type { References } from './references.ts';
import { withinTime } from './within-time.ts';

/** What the questions of one run share. */
export type Asking = {
  readonly context: SyncContext;
  readonly connectionId: string;
  readonly entry: PortalEntry;
  readonly run: Run;
  readonly signal: AbortSignal;
  readonly fetchPage: FetchPage;
  readonly portal: AuthorisedFetch;
  readonly references: References;
  /** How many records may still be asked for by id in this run. */
  referencedLeft: number;
  /** Why the portal no longer lets us in, once it does not: what is left is not asked. */
  stopped: ChartfoldError | null;
};

/** A question while it is asked. */
export type Asked = {
  /** Another one from where it is asked in parts. */
  question: Question;
  /** Aborted with the run, or when the time is over of the piece of it that is being done. */
  signal: AbortSignal;
  /** Whether anything was sent to the portal. */
  wasSent: boolean;
  /** Committed, in former runs of it too. */
  pages: number;
  records: number;
  retries: number;
  /** What keeps it from being answered in full: a part that failed, or a scope that does not reach all of it. */
  shortfall: string | null;
};

export type Failure = Extract<PageAnswer, { ok: false }>;

/** After one of these nothing more can be asked in this run. */
export const ENDS_THE_RUN: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'smart.sign_in_again',
  'smart.renewal_cut_off',
  'smart.access_expired',
  'smart.no_refresh',
  'smart.endpoint_moved',
  'smart.other_patient',
  'smart.wrong_client',
  'connection.clinic_api_off',
  'fhir.unauthorized',
  'fhir.other_version',
]);
/** Thrown where a question is left, by what this file itself decides. */
const LEFT: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  ...ENDS_THE_RUN,
  'sync.time_limit',
  'sync.limit_reached',
]);
/** What a portal may answer to a search that it wants put in another way. */
export const MAYBE_OTHERWISE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'fhir.required_parameter',
  'fhir.rejected',
]);
export const REFUSALS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'fhir.scope_missing',
  'fhir.forbidden',
  'fhir.not_found',
]);

/** Marks a question as asked and asks it in its own way; what can't be asked any more is closed with why. */
export async function ask(
  asking: Asking,
  question: Question,
  inItsWay: (asking: Asking, asked: Asked) => Promise<void>,
): Promise<void> {
  const asked = newAsked(asking, question);
  await inItsTime(asking, asked, async () => {
    await markAsked(asking, asked);
    await inItsWay(asking, asked);
  });
}

/** A question of which nothing was asked yet in this process. */
export function newAsked({ signal }: Asking, question: Question): Asked {
  const { pages, received: records, retries, code: shortfall } = question;
  return { question, signal, wasSent: false, pages, records, retries, shortfall };
}

/** Marks a question as asked. */
export function markAsked(asking: Asking, { question, shortfall }: Asked): Promise<void> {
  return mark(asking, question, {
    outcome: 'asking',
    ...(shortfall === null ? {} : { code: shortfall }),
    ...(question.detail === null ? {} : { detail: question.detail }),
  });
}

/**
 * Does a piece of a question within its time. What can't be asked any more is closed with why.
 * @returns whether it was done
 */
export async function inItsTime(
  asking: Asking,
  asked: Asked,
  work: () => Promise<void>,
): Promise<boolean> {
  const ms = asking.entry.vendor.portal.limits.questionMs;
  return await withinTime({ ms, signal: asking.signal }, async (signal) => {
    asked.signal = signal;
    try {
      if (asking.stopped) throw asking.stopped;
      signal.throwIfAborted();
      await work();
      return true;
    } catch (error) {
      const isExpected = isChartfoldError(error) && LEFT.has(error.code);
      if (!isExpected) throw error;
      await close(asking, asked, { error });
      return false;
    }
  });
}

/** Commits a page of a question, and notes what it refers to and how far the question has come. */
export async function commit(
  asking: Asking,
  asked: Asked,
  page: ReadPage,
  finish: CommitPage['finish'],
): Promise<void> {
  const { context, run } = asking;
  const { question } = asked;
  asked.signal.throwIfAborted();
  asking.references.note(page.refersTo);
  for (const { resources } of page.packs) asking.references.came(resources);
  const afterwards = context.afterCommit(run.person);
  await commitPage(context.db, {
    run: run.id,
    question: question.key,
    page: asked.pages + 1,
    source: asking.connectionId,
    packs: page.packs,
    setAside: page.setAside,
    volatilePaths: asking.entry.vendor.portal.volatilePaths,
    finish,
    now: context.clock.now(),
    ...(afterwards ? { afterwards } : {}),
  });
  asked.pages += 1;
  asked.records += page.count;
  const ofOthers = page.setAside.filter(({ code }) => code === 'sync.other_patient');
  if (ofOthers.length > 0) {
    const count = sumSetAside(ofOthers);
    context.log.warn('sync.other_patient', { run: run.id, question: question.key, count });
  }
  context.changed(asking.connectionId);
}

/** Writes why a question was not answered in full. What came before is kept. */
export async function close(
  asking: Asking,
  { question, wasSent, pages, retries }: Asked,
  failed: { error: ChartfoldError; said?: string | null; httpStatus?: number | null },
): Promise<void> {
  const { error, httpStatus = null } = failed;
  const detail = failed.said ?? error.detail;
  const unanswered = REFUSALS.has(error.code) ? 'refused' : 'failed';
  if (ENDS_THE_RUN.has(error.code)) asking.stopped = error;
  await mark(asking, question, {
    outcome: pages > 0 ? 'part' : wasSent ? unanswered : 'not-asked',
    code: error.code,
    ...(detail ? { detail } : {}),
    ...(httpStatus === null ? {} : { httpStatus }),
    retries,
  });
  asking.context.log.warn('sync.question_not_answered', {
    run: asking.run.id,
    question: question.key,
    code: error.code,
    httpStatus,
    retries,
  });
}

/** Writes where a question stands. */
export async function mark(
  asking: Asking,
  question: Question,
  as: Omit<CloseQuestion, 'run' | 'question' | 'now'>,
): Promise<void> {
  const { context, run, connectionId } = asking;
  await closeQuestion(context.db, {
    run: run.id,
    question: question.key,
    now: context.clock.now(),
    ...as,
  });
  context.changed(connectionId);
}
