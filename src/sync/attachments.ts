// Owns asking for the files that records refer to, after the records themselves: each through the authorised fetch,
// kept or set aside with its reason, and asked for again by a schedule of its own. Its question stands in the receipt
// where there was anything to ask.

import { asChartfoldError, ChartfoldError, type ErrorCode } from '../platform/errors.ts';
import { piecesOf } from '../platform/outbound.ts';
import { contentKey, keepAttachment, type PreparedContent } from '../records/attachment-content.ts';
import {
  addQuestion,
  dueAttachments,
  type NotKept,
  setAttachmentsAside,
} from '../records/attachments.ts';
import { closeQuestion, questionsOf } from '../records/runs.ts';
import type { CloseQuestion, DueAttachment, PlannedQuestion, Question } from '../records/types.ts';
import { type Asking, ENDS_THE_RUN, REFUSALS } from './asking.ts';
import { classify, retryAfter } from './fetch.ts';
import { mostAnswerBytes, mostAttachmentBytes, readAttachment } from './read-attachment.ts';
import { eachOf } from './several.ts';
import { withinTime } from './within-time.ts';

const QUESTION: PlannedQuestion = {
  key: 'attachments',
  label: 'Files of documents and reports',
  type: 'Binary',
  request: 'Binary/{id}',
  why: 'the files that documents and reports refer to',
};

const HOUR = 3_600_000;
const WEEK = 7 * 24 * HOUR;
/** After each failed try; after the last of them it is asked for no more, until its record changes. */
const PAUSES = [HOUR, 6 * HOUR, 24 * HOUR, WEEK];
/** Files are held in memory while they are read, so few at a time. */
const AT_A_TIME = 2;
const A_BATCH = 100;
/** Where so many were refused and none was given, the portal gives none: the rest is not asked for this time. */
const REFUSALS_OF_ALL = 3;

/** Whether a question asks for records: files are no records, and their answers say nothing of those. */
export function isAboutRecords({ key }: Pick<Question, 'key'>): boolean {
  return key !== QUESTION.key;
}

/** What the files of one run share. */
type Fetching = {
  readonly asking: Asking;
  readonly signal: AbortSignal;
  readonly key: Uint8Array;
  given: number;
  refused: number;
  /** The code of what every file is refused with. */
  refusedAll: ErrorCode | null;
};

type Answer =
  | { readonly ok: true; readonly content: PreparedContent }
  | { readonly ok: false; readonly code: ErrorCode; readonly httpStatus: number | null };

/** Asks for every file that waits or is due again, and closes its question with what came of it. */
export async function fetchAttachments(asking: Asking): Promise<void> {
  const { context, run } = asking;
  const known = await knownQuestion(asking);
  const isOver = known && known.outcome !== 'pending' && known.outcome !== 'asking';
  const first = await dueAfter(asking, { seq: 0, n: 0 });
  if (isOver || (!known && first.length === 0)) return;
  await addQuestion(context.db, run.id, QUESTION);
  const ms = asking.entry.vendor.portal.limits.questionMs;
  await withinTime({ ms, signal: asking.signal }, async (signal) => {
    try {
      if (asking.stopped) throw asking.stopped;
      await mark(asking, { outcome: 'asking' });
      await fetchAll(asking, signal, first);
      await close(asking, null);
    } catch (error) {
      const ended = asChartfoldError(error);
      const { code } = ended;
      if (code !== 'sync.time_limit' && !ENDS_THE_RUN.has(code)) throw error;
      if (ENDS_THE_RUN.has(code)) asking.stopped = ended;
      await close(asking, code);
    }
  });
}

async function fetchAll(
  asking: Asking,
  signal: AbortSignal,
  first: readonly DueAttachment[],
): Promise<void> {
  const key = await contentKey(asking.context.db);
  const fetching: Fetching = { asking, signal, key, given: 0, refused: 0, refusedAll: null };
  let batch = first;
  for (let last = batch.at(-1); last; last = batch.at(-1)) {
    signal.throwIfAborted();
    if (fetching.refusedAll) await setAside(fetching, batch, fetching.refusedAll, null);
    else await eachOf(batch, AT_A_TIME, (due) => fetchOne(fetching, due));
    batch = await dueAfter(asking, last);
  }
}

async function fetchOne(fetching: Fetching, due: DueAttachment): Promise<void> {
  const { context, run, connectionId } = fetching.asking;
  fetching.signal.throwIfAborted();
  const answer = await answerTo(fetching, due);
  if (!answer.ok) {
    if (ENDS_THE_RUN.has(answer.code)) throw new ChartfoldError(answer.code);
    noteRefusal(fetching, answer.code);
    return setAside(fetching, [due], answer.code, answer.httpStatus);
  }
  fetching.given += 1;
  await keepAttachment(context.db, {
    run: run.id,
    question: QUESTION.key,
    at: due,
    content: answer.content,
    now: context.clock.now(),
  });
  context.changed(connectionId);
}

/** Notes why some did not come, for each number of tries by itself: what is next depends on it. */
async function setAside(
  { asking }: Fetching,
  dues: readonly DueAttachment[],
  code: ErrorCode,
  httpStatus: number | null,
): Promise<void> {
  const { context, run, connectionId } = asking;
  for (const [tries, at] of Map.groupBy(dues, (due) => due.tries + 1))
    await setAttachmentsAside(context.db, {
      run: run.id,
      question: QUESTION.key,
      at,
      code,
      httpStatus,
      ...lastsOf(code, tries, context.clock.now()),
    });
  context.changed(connectionId);
}

/** What came of asking; where the portal refuses all, what it says to all. */
async function answerTo(fetching: Fetching, due: DueAttachment): Promise<Answer> {
  if (fetching.refusedAll) return { ok: false, code: fetching.refusedAll, httpStatus: null };
  if (due.bytes !== null && due.bytes > mostAttachmentBytes)
    return { ok: false, code: 'sync.attachment_too_large', httpStatus: null };
  try {
    return await ask(fetching, due);
  } catch (error) {
    if (fetching.signal.aborted) throw fetching.signal.reason;
    return { ok: false, code: codeOf(asChartfoldError(error)), httpStatus: null };
  }
}

async function ask({ asking, signal, key }: Fetching, due: DueAttachment): Promise<Answer> {
  const { portal, entry } = asking;
  const { requests } = entry.vendor.portal;
  const response = await portal.get(portal.followable(due.address), {
    timeoutMs: requests.timeoutMs,
    signal,
    accept: acceptOf(due.contentType),
    maxBytes: mostAnswerBytes,
    leavePacked: true,
  });
  if (response.status !== 200) {
    const { error } = classify(response.status, await response.text(), entry.vendor.hooks);
    if (error.code === 'fhir.rate_limited')
      portal.tooMany(retryAfter(response, asking.context.clock));
    return { ok: false, code: refusalOf(asking, error.code), httpStatus: response.status };
  }
  const content = await readAttachment({
    pieces: await piecesOf(response),
    coding: response.headers.get('content-encoding'),
    answerType: response.headers.get('content-type'),
    declaredType: due.contentType,
    key,
  });
  return { ok: true, content };
}

/** The file itself first, which saves a third; else as a resource. What a record says is no header until it looks so. */
function acceptOf(declared: string | null): string {
  const type = /^[\w.+-]+\/[\w.+-]+/.exec(declared ?? '')?.[0];
  const isFile = type !== undefined && type !== 'application/octet-stream';
  return `${isFile ? `${type}, ` : ''}application/fhir+json;q=0.9, */*;q=0.5`;
}

function codeOf({ code }: ChartfoldError): ErrorCode {
  if (code === 'net.foreign_origin') return 'sync.attachment_foreign';
  return code === 'net.too_large' ? 'sync.attachment_too_large' : code;
}

/** A portal may say that the scope is missing where it was granted: signing in again would not help then. */
function refusalOf({ run }: Asking, code: ErrorCode): ErrorCode {
  const isGranted = run.scopesGranted.some((scope) => /^patient\/(Binary|\*)\./.test(scope));
  return code === 'fhir.scope_missing' && isGranted ? 'fhir.forbidden' : code;
}

function noteRefusal(fetching: Fetching, code: ErrorCode): void {
  if (code !== 'fhir.forbidden' && code !== 'fhir.scope_missing') return;
  fetching.refused += 1;
  if (fetching.given === 0 && fetching.refused >= REFUSALS_OF_ALL) fetching.refusedAll = code;
}

/** How an attachment stands that did not come, and when it is asked for again. */
function lastsOf(
  code: ErrorCode,
  tries: number,
  now: number,
): Pick<NotKept, 'state' | 'nextTryAt'> {
  if (code === 'sync.attachment_too_large') return { state: 'too-large', nextTryAt: null };
  if (code === 'sync.attachment_foreign') return { state: 'refused', nextTryAt: null };
  // What the portal does not give today it may give when somebody has asked the clinic.
  if (REFUSALS.has(code)) return { state: 'refused', nextTryAt: now + WEEK };
  const pause = PAUSES[tries - 1];
  return { state: 'failed', nextTryAt: pause === undefined ? null : now + pause };
}

async function knownQuestion({ context, run }: Asking): Promise<Question | undefined> {
  return (await questionsOf(context.db, run.id)).find(({ key }) => key === QUESTION.key);
}

function dueAfter(
  { context, connectionId }: Asking,
  after: { seq: number; n: number },
): Promise<DueAttachment[]> {
  const now = context.clock.now();
  return dueAttachments(context.db, { source: connectionId, now, after, most: A_BATCH });
}

/** Closes the question: in full where every file came, else with the reason that most have. */
async function close(asking: Asking, left: ErrorCode | null): Promise<void> {
  const question = await knownQuestion(asking);
  if (!question) return;
  const { received, setAside, setAsideWhy } = question;
  const most = setAsideWhy.toSorted((a, b) => b.count - a.count)[0]?.code;
  const code = left ?? most;
  await mark(asking, {
    outcome: outcomeOf(question, left !== null),
    ...(code === undefined ? {} : { code, detail: `${setAside} of ${received + setAside} files` }),
  });
  if (code === undefined) return;
  asking.context.log.warn('sync.question_not_answered', {
    run: asking.run.id,
    question: QUESTION.key,
    code,
    received,
    setAside,
  });
}

function outcomeOf(
  { received, setAside, setAsideWhy }: Question,
  isLeft: boolean,
): CloseQuestion['outcome'] {
  if (isLeft) return received + setAside > 0 ? 'part' : 'not-asked';
  if (setAside === 0) return 'full';
  if (received > 0) return 'part';
  const isRefusal = ({ code }: { code: ErrorCode }) => lastsOf(code, 1, 0).state !== 'failed';
  return setAsideWhy.every(isRefusal) ? 'refused' : 'failed';
}

async function mark(
  { context, run, connectionId }: Asking,
  as: Pick<CloseQuestion, 'outcome' | 'code' | 'detail'>,
): Promise<void> {
  const now = context.clock.now();
  await closeQuestion(context.db, { run: run.id, question: QUESTION.key, now, ...as });
  context.changed(connectionId);
}
