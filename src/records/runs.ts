// Owns the ledger: runs, their questions with outcome and counts, and the receipt. What a page
// holds is written by commit.ts, which adds to a question's counts in the same transaction.

import type { Selectable } from 'kysely';
import { isoTime } from '../platform/clock.ts';
import { bulkTransaction } from '../platform/db/bulk.ts';
import type { Db, Tables, Transaction } from '../platform/db/db.ts';
import type { ErrorCode } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import { textHash } from './body.ts';
import { lastNumber } from './counter.ts';
import { countHalfPage } from './half-page.ts';
import type {
  CloseQuestion,
  Counts,
  PartQuestion,
  Question,
  QuestionOutcome,
  Receipt,
  Run,
  RunId,
  SetAside,
  SourceId,
  StartRun,
} from './types.ts';

const questionsPerInsert = 100;

/** Opens a run with its questions pending: what a restart resumes from. */
export async function startRun(db: Db, start: StartRun): Promise<Run> {
  const row = {
    id: newId(),
    source_id: start.source,
    person_id: start.person,
    trigger: start.trigger,
    scopes_asked: JSON.stringify(start.scopesAsked),
    scopes_granted: JSON.stringify(start.scopesGranted),
    started_at: isoTime(start.now),
    ended_at: null,
    receipt_hash: null,
    gone: 0,
    ...tallyColumns(noCounts),
  };
  const questions = start.questions.map((question, position) => ({
    run_id: row.id,
    position,
    key: question.key,
    label: question.label,
    type: question.type,
    request: question.request,
    why: question.why,
    since: question.since ?? null,
    parts: question.parts ? JSON.stringify(question.parts) : null,
    code: question.code ?? null,
    outcome: question.outcome ?? ('pending' as const),
    ended_at: question.outcome ? row.started_at : null,
  }));
  await db.transaction().execute(async (trx) => {
    const since_seq = await lastNumber(trx);
    await trx
      .insertInto('sync_run')
      .values({ ...row, since_seq })
      .execute();
    for (let at = 0; at < questions.length; at += questionsPerInsert) {
      const some = questions.slice(at, at + questionsPerInsert);
      await trx.insertInto('sync_question').values(some).execute();
    }
  });
  return readRun(row);
}

/** The run of a source that has not ended, if there is one. */
export async function openRunOf(db: Db, source: SourceId): Promise<Run | undefined> {
  const row = await db
    .selectFrom('sync_run')
    .selectAll()
    .where('source_id', '=', source)
    .where('ended_at', 'is', null)
    .orderBy('started_at', 'desc')
    .executeTakeFirst();
  return row && readRun(row);
}

/** The questions of a run in the order planned. */
export async function questionsOf(db: Db, run: RunId): Promise<Question[]> {
  const rows = await db
    .selectFrom('sync_question')
    .selectAll()
    .where('run_id', '=', run)
    .orderBy('position')
    .execute();
  return rows.map(readQuestion);
}

/**
 * Sets a question's outcome without a page: when it is begun (`asking`), refused, failed, not asked,
 * or left in part. What a page left half committed has stored is counted here, for it is kept.
 *
 * @throws Error when the run has no such question
 */
export async function closeQuestion(db: Db, close: CloseQuestion): Promise<void> {
  await bulkTransaction(db, (trx) => setOutcome(trx, close));
}

/**
 * Makes a question of which no page came whole one that is asked in parts. What half a page has stored is counted.
 *
 * @throws Error when the run has no such question, or it has pages
 */
export async function askInParts(db: Db, part: PartQuestion): Promise<void> {
  await bulkTransaction(db, async (trx) => {
    const row = await questionRow(trx, part.run, part.question);
    if (row.pages > 0) throw new Error('The question has pages');
    await trx
      .updateTable('sync_question')
      .set({
        key: part.key,
        parts: JSON.stringify(part.parts),
        next: part.next,
        partial_page: null,
        ...tallyColumns(addCounts(countsOf(row), await countHalfPage(trx, row))),
      })
      .where('run_id', '=', part.run)
      .where('key', '=', part.question)
      .execute();
  });
}

/**
 * Notes of a question of which no page came whole that it asks for everything, by another request.
 *
 * @throws Error when the run has no such question, or it has pages
 */
export async function askForAll(
  db: Db,
  all: { run: RunId; question: string; request: string },
): Promise<void> {
  await db
    .updateTable('sync_question')
    .set({ request: all.request, since: null })
    .where('run_id', '=', all.run)
    .where('key', '=', all.question)
    .where('pages', '=', 0)
    .returning('key')
    .executeTakeFirstOrThrow(() => new Error('The run has no such question without pages'));
}

/**
 * Ends a run: sums its questions and stores the receipt's hash. A question still open is closed: in
 * part where pages came, else as not asked. Ending an ended run changes nothing.
 *
 * @throws Error when there is no such run
 */
export async function finishRun(db: Db, finish: { run: RunId; now: number }): Promise<Run> {
  return db.transaction().execute(async (trx) => {
    const row = await runRow(trx, finish.run);
    if (row.ended_at !== null) return readRun(row);
    const ended = isoTime(finish.now);
    for (const question of await questionsOf(trx, finish.run)) {
      if (isFinal(question.outcome)) continue;
      const outcome = question.pages > 0 ? 'part' : 'not-asked';
      await setOutcome(trx, { ...finish, question: question.key, outcome });
    }
    const questions = await questionsOf(trx, finish.run);
    const sums = questions.reduce<Counts>(addCounts, noCounts);
    const gone = questions.reduce((sum, question) => sum + question.gone, 0);
    const run = { ...readRun(row), endedAt: ended, sums, gone };
    const receiptHash = hashReceipt({ run, questions });
    await trx
      .updateTable('sync_run')
      .set({
        ended_at: ended,
        receipt_hash: receiptHash,
        until_seq: await lastNumber(trx),
        gone,
        ...tallyColumns(sums),
      })
      .where('id', '=', finish.run)
      .execute();
    await trx.deleteFrom('sync_seen').where('run_id', '=', finish.run).execute();
    return { ...run, receiptHash };
  });
}

/**
 * Ends the open run of a source before its time: each question that is open says by a code why it was not asked to its
 * end. @returns the run's id, null where none was open
 */
export async function breakOffRun(
  db: Db,
  { source, code, now }: { source: SourceId; code: ErrorCode; now: number },
): Promise<RunId | null> {
  const run = await openRunOf(db, source);
  if (!run) return null;
  for (const { key, outcome, pages } of await questionsOf(db, run.id)) {
    if (isFinal(outcome)) continue;
    const left = pages > 0 ? 'part' : 'not-asked';
    await closeQuestion(db, { run: run.id, question: key, outcome: left, code, now });
  }
  await finishRun(db, { run: run.id, now });
  return run.id;
}

/** A run with its questions; undefined when there is no such run. */
export async function readReceipt(db: Db, run: RunId): Promise<Receipt | undefined> {
  const row = await db.selectFrom('sync_run').selectAll().where('id', '=', run).executeTakeFirst();
  return row && { run: readRun(row), questions: await questionsOf(db, run) };
}

/** The runs of a source, the latest first. */
export async function listRuns(db: Db, source: SourceId): Promise<Run[]> {
  const rows = await db
    .selectFrom('sync_run')
    .selectAll()
    .where('source_id', '=', source)
    .orderBy('started_at', 'desc')
    .execute();
  return rows.map(readRun);
}

/** SHA-256, hex, over a receipt's content: equal content, equal hash. The hash itself is left out. */
export function hashReceipt(receipt: Receipt): string {
  const { receiptHash: _, ...run } = receipt.run;
  return textHash(JSON.stringify([run, receipt.questions], sortedKeys));
}

/** A question's row. @throws Error when the run has no such question */
export async function questionRow(
  db: Db,
  run: RunId,
  key: string,
): Promise<Selectable<Tables['sync_question']>> {
  return db
    .selectFrom('sync_question')
    .selectAll()
    .where('run_id', '=', run)
    .where('key', '=', key)
    .executeTakeFirstOrThrow(() => new Error('The run has no such question'));
}

export const noCounts: Counts = { received: 0, new: 0, changed: 0, unchanged: 0, setAside: 0 };

export function addCounts(a: Counts, b: Counts): Counts {
  return {
    received: a.received + b.received,
    new: a.new + b.new,
    changed: a.changed + b.changed,
    unchanged: a.unchanged + b.unchanged,
    setAside: a.setAside + b.setAside,
  };
}

type TallyColumns = {
  received: number;
  new_count: number;
  changed: number;
  unchanged: number;
  set_aside: number;
};

/** Counts as the columns that keep them. */
export function tallyColumns(counts: Counts): TallyColumns {
  return {
    received: counts.received,
    new_count: counts.new,
    changed: counts.changed,
    unchanged: counts.unchanged,
    set_aside: counts.setAside,
  };
}

/** The counts that a row keeps. */
export function countsOf(row: TallyColumns): Counts {
  return {
    received: row.received,
    new: row.new_count,
    changed: row.changed,
    unchanged: row.unchanged,
    setAside: row.set_aside,
  };
}

/** What a question's row says was set aside. */
export function setAsideOf(row: { set_aside_why: string }): SetAside[] {
  return JSON.parse(row.set_aside_why) as SetAside[];
}

async function setOutcome(trx: Transaction, close: CloseQuestion): Promise<void> {
  const row = await questionRow(trx, close.run, close.question);
  const final = isFinal(close.outcome);
  const leftOver = final ? await countHalfPage(trx, row) : noCounts;
  await trx
    .updateTable('sync_question')
    .set({
      outcome: close.outcome,
      code: close.code ?? null,
      detail: close.detail ?? null,
      http_status: close.httpStatus ?? row.http_status,
      retries: close.retries ?? row.retries,
      next: close.next === undefined ? row.next : close.next,
      started_at: row.started_at ?? isoTime(close.now),
      ended_at: final ? isoTime(close.now) : null,
      partial_page: final ? null : row.partial_page,
      ...tallyColumns(addCounts(countsOf(row), leftOver)),
    })
    .where('run_id', '=', close.run)
    .where('key', '=', close.question)
    .execute();
}

function isFinal(outcome: QuestionOutcome): boolean {
  return outcome !== 'pending' && outcome !== 'asking';
}

async function runRow(trx: Transaction, run: RunId): Promise<Selectable<Tables['sync_run']>> {
  return trx
    .selectFrom('sync_run')
    .selectAll()
    .where('id', '=', run)
    .executeTakeFirstOrThrow(() => new Error('There is no such run'));
}

function readRun(row: Omit<Selectable<Tables['sync_run']>, 'since_seq' | 'until_seq'>): Run {
  return {
    id: row.id,
    source: row.source_id,
    person: row.person_id,
    trigger: row.trigger,
    scopesAsked: JSON.parse(row.scopes_asked) as string[],
    scopesGranted: JSON.parse(row.scopes_granted) as string[],
    startedAt: row.started_at,
    endedAt: row.ended_at,
    sums: countsOf(row),
    gone: row.gone,
    receiptHash: row.receipt_hash,
  };
}

function readQuestion(row: Selectable<Tables['sync_question']>): Question {
  return {
    runId: row.run_id,
    position: row.position,
    key: row.key,
    label: row.label,
    type: row.type,
    request: row.request,
    why: row.why,
    since: row.since,
    parts: row.parts === null ? null : (JSON.parse(row.parts) as string[]),
    outcome: row.outcome,
    pages: row.pages,
    ...countsOf(row),
    setAsideWhy: setAsideOf(row),
    code: row.code,
    detail: row.detail,
    next: row.next,
    gone: row.gone,
    httpStatus: row.http_status,
    retries: row.retries,
    startedAt: row.started_at,
    endedAt: row.ended_at,
  };
}

function sortedKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
