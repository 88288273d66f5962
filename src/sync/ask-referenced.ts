// Owns asking by id for what a patient's records refer to: all types at once, some records at a time. What comes may refer
// to more, of any type, which is then asked for too.

import { ChartfoldError, type ErrorCode } from '../platform/errors.ts';
import type { Question } from '../records/types.ts';
import {
  type Asked,
  type Asking,
  close,
  commit,
  type Failure,
  inItsTime,
  mark,
  markAsked,
  MAYBE_OTHERWISE,
  newAsked,
} from './asking.ts';
import { pagesFrom } from './pages.ts';
import { storedIds } from './references.ts';
import { eachOf } from './several.ts';

/** What a portal may answer to the ids that it was asked for, while it answers others. */
const OF_THESE_IDS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  ...MAYBE_OTHERWISE,
  'fhir.not_found',
]);
/** So many refused one right after the other, and the rest is not asked for: it is not the single ids then. */
const MOST_IN_A_ROW = 3;

/** The records of one type that are referred to. */
type OfType = {
  readonly asked: Asked;
  /** Read not long ago: what a clinic's list says of a person or a place seldom changes. Null before it is begun. */
  known: ReadonlySet<string> | null;
  readonly tried: Set<string>;
  readonly given: Set<string>;
  /** Why each one was that was refused by itself since something came. */
  refused: readonly Failure[];
  atOnce: number;
  isClosed: boolean;
};

/** Asking for what is referred to. */
export type AskReferenced = {
  /** Asks for what is known of so far: while a long list still comes, this need not wait for it. */
  ahead(): Promise<void>;
  /** Asks for the rest, until nothing new is referred to. No kind is closed before, since another may refer to more of it. */
  rest(): Promise<void>;
};

export function askReferenced(asking: Asking, questions: readonly Question[]): AskReferenced {
  const { requests, referenced } = asking.entry.vendor.portal;
  const all: readonly OfType[] = questions.map((question) => ({
    asked: newAsked(asking, question),
    known: null,
    tried: new Set<string>(),
    given: new Set<string>(),
    refused: [],
    atOnce: referenced.batch,
    isClosed: false,
  }));
  const isOpen = (of: OfType) => !of.isClosed;
  const isDue = (of: OfType) => isOpen(of) && idsLeft(asking, of).length > 0;
  const due = () => (asking.referencedLeft > 0 ? all.filter(isDue) : []);
  const each = (work: (asking: Asking, of: OfType) => Promise<void>, which: readonly OfType[]) =>
    eachOf(which, requests.concurrency, async (of) => {
      const isDone = await inItsTime(asking, of.asked, () => work(asking, of));
      of.isClosed ||= !isDone;
    });
  const beginAll = () =>
    each(
      begin,
      all.filter((of) => isOpen(of) && of.known === null),
    );
  return {
    async ahead() {
      await beginAll();
      await each(readKnown, due());
    },
    async rest() {
      await beginAll();
      for (let which = due(); which.length > 0; which = due()) await each(readKnown, which);
      await each(finish, all.filter(isOpen));
    },
  };
}

async function begin(asking: Asking, of: OfType): Promise<void> {
  const { question } = of.asked;
  await markAsked(asking, of.asked);
  of.known =
    question.since === null
      ? new Set()
      : await storedIds(asking.context.db, asking.connectionId, question.type);
}

function idsLeft({ references }: Asking, { asked, tried, known }: OfType): string[] {
  return references.of(asked.question.type).filter((id) => !tried.has(id) && !known?.has(id));
}

/** Asks for those that are known of by now. What they refer to is for the next round. */
async function readKnown(asking: Asking, of: OfType): Promise<void> {
  const { tried } = of;
  const ids = idsLeft(asking, of);
  for (let done = 0; done < ids.length; ) {
    const some = Math.min(of.atOnce, asking.referencedLeft);
    // Another kind may give back what it was not answered for: the next round asks on then.
    if (some === 0) return;
    const batch = ids.slice(done, done + some);
    // Others ask at the same time.
    asking.referencedLeft -= batch.length;
    const failed = await readBatch(asking, of, batch);
    const isOfThese = failed === null || OF_THESE_IDS.has(failed.error.code);
    if (!isOfThese || (failed && batch.length > 1)) {
      asking.referencedLeft += batch.length;
      if (!isOfThese) return leave(asking, of, failed);
      // Not every server takes several ids at once, or gives the others where it lacks one.
      of.atOnce = 1;
      continue;
    }
    for (const id of batch) tried.add(id);
    done += batch.length;
    of.refused = failed ? [...of.refused, failed] : [];
    const isEnough = of.refused.length >= MOST_IN_A_ROW && idsLeft(asking, of).length > 0;
    if (failed && isEnough) return leave(asking, of, whyLeft(asking, of, failed));
  }
}

type Why = Parameters<typeof close>[2];

function leave(asking: Asking, of: OfType, why: Why): Promise<void> {
  of.isClosed = true;
  return close(asking, of.asked, why);
}

/** Why no more is asked for after some were refused: the portal says it where nothing came, else the rest is counted. */
function whyLeft(asking: Asking, of: OfType, last: Failure): Why {
  if (of.asked.pages === 0) return last;
  const left = idsLeft(asking, of).length;
  const detail = `${left} of ${left + of.tried.size} were not asked for`;
  const { httpStatus } = last;
  return { error: new ChartfoldError('sync.refused_in_a_row', { detail }), httpStatus };
}

/** Reads pages until all that was asked for has come, or there are no more. @returns why one did not come */
async function readBatch(
  asking: Asking,
  { asked, given }: OfType,
  ids: readonly string[],
): Promise<Failure | null> {
  const { question } = asked;
  asked.wasSent = true;
  const address = `${question.request}${ids.map(encodeURIComponent).join(',')}`;
  for await (const { answer, next } of pagesFrom(asking, asked, address)) {
    asked.retries += answer.retries;
    if (!answer.ok) return answer;
    for (const { resources } of answer.page.packs)
      for (const { type, id } of resources) if (type === question.type) given.add(id);
    // No cursor: a run that goes on asks for all of them again, which stores nothing twice.
    await commit(asking, asked, answer.page, { next: null });
    // Wherever the portal leads on from here: nothing else was asked for.
    if (ids.every((id) => given.has(id))) break;
    if (next instanceof ChartfoldError) asked.shortfall = next.code;
  }
  return null;
}

async function finish(asking: Asking, of: OfType): Promise<void> {
  if (idsLeft(asking, of).length > 0) throw new ChartfoldError('sync.limit_reached');
  const { asked, tried, given, refused } = of;
  const { question, retries, shortfall } = asked;
  const last = refused.at(-1);
  if (last && asked.pages === 0) return close(asking, asked, last);
  // Some answer with others than they were asked for.
  const withheld = [...tried].filter((id) => !given.has(id)).length;
  const missing = { detail: `${withheld} of ${tried.size} were not given` };
  const code = shortfall ?? (withheld > 0 ? 'fhir.not_found' : null);
  const why = code === null ? null : { code, ...(withheld > 0 ? missing : {}) };
  await mark(asking, question, { outcome: why ? 'part' : 'full', ...why, retries });
}
