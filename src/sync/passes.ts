// Owns what one sync may leave out because earlier ones had it: only what changed is asked for where the portal has
// proved that it tells that by time, and what others refer to is not read again each time. After so many days, and
// wherever nothing is proved, everything is asked for.

import { isoTime } from '../platform/clock.ts';
import { bulkTransaction, insertRows } from '../platform/db/bulk.ts';
import type { Db } from '../platform/db/db.ts';
import type { Capabilities } from '../fhir/capabilities.ts';
import type { PlannedQuestion, Question, Run } from '../records/types.ts';
import { isByReference, withoutParameters, withQuery } from './plan.ts';
import { changesOf, promiseOf } from './promises.ts';
import type { PassTable } from './tables.ts';

const DAY_MS = 24 * 3_600_000;
/** So many passes of everything, each with a change, in which asking by time would have found every change. */
const KEPT_ENOUGH = 2;

export type Passes = ReadonlyMap<string, PassTable>;

/** What the syncs of a connection remember, by the key of the question. */
export async function passesOf(db: Db, connectionId: string): Promise<Passes> {
  const rows = await db
    .selectFrom('sync_pass')
    .selectAll()
    .where('connection_id', '=', connectionId)
    .execute();
  return new Map(rows.map((row) => [row.question_key, row]));
}

/** The questions, each narrowed to what may have changed where that is safe. Pure. */
export function narrowed(
  questions: readonly PlannedQuestion[],
  by: {
    readonly passes: Passes;
    readonly capabilities: Capabilities | null;
    readonly granted: readonly string[];
    readonly fullPassEveryDays: number;
    readonly now: number;
  },
): PlannedQuestion[] {
  return questions.map((question) => {
    const pass = by.passes.get(question.key);
    if (!pass || question.outcome || question.parts) return question;
    if (pass.asked_as !== askedAs(question, by.granted)) return question;
    const isDue = by.now - Date.parse(pass.full_at) >= by.fullPassEveryDays * DAY_MS;
    // A pass in the future was noted by a clock that was wrong: nothing can be reckoned from it.
    const isAhead = [pass.full_at, pass.passed_at].some((at) => by.now < Date.parse(at));
    if (isDue || isAhead) return question;
    if (isByReference(question)) return { ...question, since: pass.full_at.slice(0, 10) };
    const lists = by.capabilities?.get(question.type)?.parameters.has('_lastUpdated') ?? false;
    const isProved = pass.kept >= KEPT_ENOUGH && pass.broken_at === null;
    if (!lists || !isProved) return question;
    const since = dayToAskSince(pass);
    return { ...question, since, request: withQuery(question.request, `${BY_TIME}${since}`) };
  });
}

/** Notes when each question was last answered, and whether its promise held. Done again, it changes nothing. */
export async function notePasses(db: Db, run: Run, questions: readonly Question[]): Promise<void> {
  const passes = await passesOf(db, run.source);
  const answered = questions.filter((q) => q.parts === null && isAnswered(q));
  const before = (question: Question): PassTable | undefined => {
    const pass = passes.get(question.key);
    return pass?.asked_as === askedAs(question, run.scopesGranted) ? pass : undefined;
  };
  const mayTell = (question: Question) =>
    question.since === null && !isByReference(question) && before(question)?.broken_at === null;
  const judged = answered.filter(mayTell);
  const changes = await changesOf(db, run, new Set(judged.map(({ key }) => key)));
  const noted = answered.flatMap((question): PassTable[] => {
    const pass = before(question);
    if (pass?.passed_at === run.startedAt) return [];
    const promise =
      pass && changes && judged.includes(question)
        ? promiseOf(changes.get(question.key) ?? [], question.type, {
            day: dayToAskSince(pass),
            began: run.startedAt,
          })
        : null;
    const row = {
      connection_id: run.source,
      question_key: question.key,
      asked_as: askedAs(question, run.scopesGranted),
      passed_at: run.startedAt,
      full_at: question.since === null || !pass ? run.startedAt : pass.full_at,
      kept: (pass?.kept ?? 0) + (promise === 'kept' ? 1 : 0),
      broken_at: promise === 'broken' ? run.startedAt : (pass?.broken_at ?? null),
    };
    return [row];
  });
  // Together: each by itself would wait for the disk.
  await bulkTransaction(db, (trx) =>
    insertRows(trx, 'sync_pass', noted, (insert) =>
      insert.onConflict((conflict) =>
        conflict.columns(['connection_id', 'question_key']).doUpdateSet((eb) => ({
          asked_as: eb.ref('excluded.asked_as'),
          passed_at: eb.ref('excluded.passed_at'),
          full_at: eb.ref('excluded.full_at'),
          kept: eb.ref('excluded.kept'),
          broken_at: eb.ref('excluded.broken_at'),
        })),
      ),
    ),
  );
}

/** In full; or all that was asked for by id, and some of it is not there: that is asked for again in any case. */
function isAnswered(question: Question): boolean {
  const { outcome, code } = question;
  const isAllButSome = outcome === 'part' && code === 'fhir.not_found' && isByReference(question);
  return outcome === 'full' || isAllButSome;
}

const BY_TIME = '_lastUpdated=ge';

/**
 * The day from which on a change is asked for: a whole day before the last pass began, since clocks and zones differ.
 * A day is what every server reads in the same way.
 */
function dayToAskSince({ passed_at }: Pick<PassTable, 'passed_at'>): string {
  return isoTime(Date.parse(passed_at) - DAY_MS).slice(0, 10);
}

function askedAs({ request }: Pick<Question, 'request'>, granted: readonly string[]): string {
  return [withoutParameters(request, ['_lastUpdated']), ...granted.toSorted()].join('\n');
}
