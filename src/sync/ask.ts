// Owns asking one question from its cursor to its end: page after page, part after part where the portal does not
// answer it as a whole, or the records that others refer to by id. The next page is fetched while this one is
// committed. A question has limits of size and time.

import type { AuthorisedFetch } from '../connections/authorised-fetch.ts';
import { ChartfoldError, type ErrorCode, isChartfoldError } from '../platform/errors.ts';
import type { Portal } from '../portals/portal.ts';
import type { PortalEntry } from '../portals/registry.ts';
import { commitPage } from '../records/commit.ts';
import { askInParts, closeQuestion } from '../records/runs.ts';
import { sumSetAside } from '../records/set-aside.ts';
import type { CloseQuestion, CommitPage, Question, Run } from '../records/types.ts';
import type { SyncContext } from './context.ts';
import type { FetchPage, PageAnswer } from './fetch.ts';
import { beginningOf, cursorOf, partAfter, type Place, placeOf } from './place.ts';
import { parametersOf, partsOf, withoutParameters, withQuery } from './plan.ts';
import type { ReadPage } from './read-page.ts';
import { type References, storedIds } from './references.ts';
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
  /** Set when the portal no longer lets us in: what is left is not asked. */
  stopped: ErrorCode | null;
};

/** A question while it is asked. */
type Asked = {
  /** Another one from where it is asked in parts. */
  question: Question;
  /** Aborted with the run, or when the question's own time is over. */
  readonly signal: AbortSignal;
  /** Whether anything was sent to the portal. */
  wasSent: boolean;
  /** Committed, in former runs of it too. */
  pages: number;
  records: number;
  retries: number;
  /** What keeps it from being answered in full: a part that failed, or a scope that does not reach all of it. */
  shortfall: string | null;
};

type Failure = Extract<PageAnswer, { ok: false }>;

/** After one of these nothing more can be asked in this run. */
export const ENDS_THE_RUN: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'smart.sign_in_again',
  'smart.renewal_cut_off',
  'smart.access_expired',
  'smart.no_refresh',
  'smart.wrong_client',
  'fhir.unauthorized',
]);
/** Thrown where a question is left, by what this file itself decides. */
const LEFT: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  ...ENDS_THE_RUN,
  'sync.time_limit',
  'sync.limit_reached',
]);
/** What a portal may answer, or not, to a page that is too large for it. */
const MAYBE_TOO_MUCH: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'net.timeout',
  'net.too_large',
  'net.unreachable',
  'fhir.server_error',
  'fhir.truncated',
]);
/** What a portal may answer to a search that it wants put in another way. */
const MAYBE_OTHERWISE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'fhir.required_parameter',
  'fhir.rejected',
]);
export const REFUSALS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'fhir.scope_missing',
  'fhir.forbidden',
  'fhir.not_found',
]);

/** A search: its pages are followed by their links. */
export function askSearch(asking: Asking, question: Question): Promise<void> {
  return ask(asking, question, search);
}

/**
 * The records of one type that this patient's others refer to, asked for by id, some at a time. What comes may
 * refer to more of the type, which is then asked for too.
 */
export function askReferenced(asking: Asking, question: Question): Promise<void> {
  return ask(asking, question, readReferenced);
}

/** Marks the question as asked and asks it in its own way; what can't be asked any more is closed with why. */
async function ask(
  asking: Asking,
  question: Question,
  inItsWay: (asking: Asking, asked: Asked) => Promise<void>,
): Promise<void> {
  const ms = asking.entry.vendor.portal.limits.questionMs;
  await withinTime({ ms, signal: asking.signal }, async (signal) => {
    const { pages, received: records, retries, code: shortfall } = question;
    const asked: Asked = { question, signal, wasSent: false, pages, records, retries, shortfall };
    try {
      if (asking.stopped) throw new ChartfoldError(asking.stopped);
      signal.throwIfAborted();
      await mark(asking, question, {
        outcome: 'asking',
        ...(shortfall === null ? {} : { code: shortfall }),
        ...(question.detail === null ? {} : { detail: question.detail }),
      });
      await inItsWay(asking, asked);
    } catch (error) {
      const isExpected = isChartfoldError(error) && LEFT.has(error.code);
      if (!isExpected) throw error;
      await close(asking, asked, { error });
    }
  });
}

async function search(asking: Asking, asked: Asked): Promise<void> {
  asked.wasSent = true;
  let place: Place | null = placeOf(asked.question);
  while (place) {
    const failed: Failure | null = await readPages(asking, asked, place);
    if (failed && (await turnsToParts(asking, asked, failed))) {
      place = placeOf(asked.question);
      continue;
    }
    const after = partAfter(asked.question, place);
    if (failed && after && !ENDS_THE_RUN.has(failed.error.code)) {
      await leavePart(asking, asked, failed, after);
    } else if (failed) return close(asking, asked, failed);
    place = after;
  }
}

/** Reads from a place to the end of its part. @returns why it did not get there; what came before is committed */
async function readPages(asking: Asking, asked: Asked, place: Place): Promise<Failure | null> {
  const { question, signal } = asked;
  const seen = new Set<string>([place.address]);
  let ahead: Promise<PageAnswer> | null = firstPage(asking, asked, place);
  while (ahead) {
    const answer: PageAnswer = await ahead;
    ahead = null;
    asked.retries += answer.retries;
    if (!answer.ok) return answer;
    const { page } = answer;
    const next = nextAddress(asking, asked, page, seen);
    if (typeof next === 'string') {
      seen.add(next);
      ahead = asking.fetchPage(next, signal);
      // It is awaited after the commit; a failure before that must not count as unhandled.
      ahead.catch(() => undefined);
    }
    if (next instanceof ChartfoldError) asked.shortfall = next.code;
    const goesOn =
      typeof next === 'string' ? { ...place, address: next } : partAfter(question, place);
    await commit(asking, asked, page, finishOf(asked, goesOn));
  }
  return null;
}

/** Has a question asked in parts from now on, where the portal refuses it as a whole and there are parts. */
async function turnsToParts(asking: Asking, asked: Asked, { error }: Failure): Promise<boolean> {
  const { question } = asked;
  if (asked.pages > 0 || question.parts || !MAYBE_OTHERWISE.has(error.code)) return false;
  const way = partsOf(asking.entry.vendor.portal, question);
  if (!way) return false;
  const inParts = { ...question, ...way, next: null };
  const next = cursorOf(inParts, beginningOf(inParts, 0));
  const { run, context } = asking;
  await askInParts(context.db, { run: run.id, question: question.key, ...way, next });
  asked.question = { ...inParts, next };
  return true;
}

/** Goes on with the next part; what kept this one from being answered is kept with the question. */
async function leavePart(
  asking: Asking,
  asked: Asked,
  { error, said, httpStatus }: Failure,
  after: Place,
): Promise<void> {
  const { question } = asked;
  asked.shortfall = error.code;
  const detail = said ?? error.detail;
  await mark(asking, question, {
    outcome: 'asking',
    code: error.code,
    ...(detail ? { detail } : {}),
    ...(httpStatus === null ? {} : { httpStatus }),
    next: cursorOf(question, after),
    retries: asked.retries,
  });
}

/** The page to begin with; where a search's first is not answered, asked for once more in an easier way. */
async function firstPage(
  { fetchPage, entry }: Asking,
  { question, signal }: Asked,
  place: Place,
): Promise<PageAnswer> {
  const answer = await fetchPage(place.address, signal);
  const easier = answer.ok ? null : easierThan(place, answer.error.code, entry, question);
  if (easier === null) return answer;
  const again = await fetchPage(easier, signal);
  return { ...again, retries: answer.retries + 1 + again.retries };
}

/** A first page of fewer records, or put more plainly; null where that can't be what the portal minds. */
function easierThan(
  { address, part }: Place,
  code: ErrorCode,
  { vendor: { portal } }: PortalEntry,
  question: Question,
): string | null {
  if (address !== beginningOf(question, part).address) return null;
  const fewer = withFewer(address, portal);
  if (fewer !== null && MAYBE_TOO_MUCH.has(code)) return fewer;
  const wantsParts = code === 'fhir.required_parameter' && !question.parts;
  if (!MAYBE_OTHERWISE.has(code) || (wantsParts && partsOf(portal, question))) return null;
  // Without the time it brings more than was asked for, which is no harm.
  const plainer = withoutParameters(address, [portal.countParameter ?? '', '_lastUpdated']);
  return plainer === address ? null : plainer;
}

/** The same page with fewer records; null where as few were asked for, or can't be. */
function withFewer(
  address: string,
  { countParameter, requests: { fewerAPage } }: Pick<Portal, 'countParameter' | 'requests'>,
): string | null {
  if (countParameter === null) return null;
  const asked = parametersOf(address).get(countParameter);
  if (asked !== null && Number(asked) <= fewerAPage) return null;
  return withQuery(withoutParameters(address, [countParameter]), `${countParameter}=${fewerAPage}`);
}

async function readReferenced(asking: Asking, asked: Asked): Promise<void> {
  const { question, signal } = asked;
  const { db } = asking.context;
  const tried = new Set<string>();
  const given = new Set<string>();
  // Read not long ago: what a clinic's list says of a person or a place seldom changes.
  const known =
    question.since === null
      ? new Set<string>()
      : await storedIds(db, asking.connectionId, question.type);
  let atOnce = asking.entry.vendor.portal.referenced.batch;
  for (;;) {
    const ids = asking.references
      .of(question.type)
      .filter((id) => !tried.has(id) && !known.has(id));
    if (ids.length === 0) break;
    if (asking.referencedLeft === 0) throw new ChartfoldError('sync.limit_reached');
    const batch = ids.slice(0, Math.min(atOnce, asking.referencedLeft));
    asked.wasSent = true;
    const answer = await asking.fetchPage(
      `${question.request}${batch.map(encodeURIComponent).join(',')}`,
      signal,
    );
    asked.retries += answer.retries;
    if (!answer.ok && batch.length > 1 && MAYBE_OTHERWISE.has(answer.error.code)) {
      // Not every server takes several ids at once.
      atOnce = 1;
      continue;
    }
    if (!answer.ok) return close(asking, asked, answer);
    asking.referencedLeft -= batch.length;
    for (const id of batch) tried.add(id);
    for (const { resources } of answer.page.packs)
      for (const { type, id } of resources) if (type === question.type) given.add(id);
    // No cursor: a run that goes on asks for all of them again, which stores nothing twice.
    await commit(asking, asked, answer.page, { next: null });
  }
  const withheld = tried.size - given.size;
  await mark(asking, question, {
    outcome: withheld > 0 ? 'part' : 'full',
    ...(withheld > 0
      ? { code: 'fhir.not_found', detail: `${withheld} of ${tried.size} were not given` }
      : {}),
    retries: asked.retries,
  });
}

async function commit(
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

function finishOf({ question, shortfall }: Asked, goesOn: Place | null): CommitPage['finish'] {
  const code = shortfall === null ? {} : { code: shortfall };
  if (goesOn) return { next: cursorOf(question, goesOn), ...code };
  return { next: null, outcome: shortfall === null ? 'full' : 'part', ...code };
}

/** The address of the next page, null at the end, or why the link is not followed. */
function nextAddress(
  asking: Asking,
  asked: Asked,
  { next: link, count }: ReadPage,
  seen: ReadonlySet<string>,
): string | null | ChartfoldError {
  if (link === null) return null;
  let address: string;
  try {
    address = asking.portal.followable(link);
  } catch (error) {
    if (!isChartfoldError(error, 'net.foreign_origin')) throw error;
    return new ChartfoldError('sync.next_link_foreign');
  }
  if (seen.has(address)) return new ChartfoldError('sync.next_link_cycle');
  const { limits } = asking.entry.vendor.portal;
  const isTooMuch = asked.pages + 1 >= limits.pages || asked.records + count >= limits.records;
  return isTooMuch ? new ChartfoldError('sync.limit_reached') : address;
}

/** Writes why a question was not answered in full. What came before is kept. */
async function close(
  asking: Asking,
  { question, wasSent, pages, retries }: Asked,
  failed: { error: ChartfoldError; said?: string | null; httpStatus?: number | null },
): Promise<void> {
  const { error, httpStatus = null } = failed;
  const detail = failed.said ?? error.detail;
  const unanswered = REFUSALS.has(error.code) ? 'refused' : 'failed';
  if (ENDS_THE_RUN.has(error.code)) asking.stopped = error.code;
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
async function mark(
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
