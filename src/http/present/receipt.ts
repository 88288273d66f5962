// Owns how a receipt reads on the wire: sums that add up, a reason for each question not answered in full.

import { listPeople } from '../../access/people.ts';
import {
  type Connection,
  getConnection,
  SYNC_QUEUE,
  wordsToSend,
} from '../../connections/context.ts';
import { type ErrorCode, errorCatalogue } from '../../platform/error-catalogue.ts';
import { ChartfoldError } from '../../platform/errors.ts';
import { neighboursOf } from '../../records/run-history.ts';
import { readReceipt } from '../../records/runs.ts';
import type { Question, Receipt } from '../../records/types.ts';
import { isByReference } from '../../sync/plan.ts';
import { nextSyncOf, renewalsOf } from '../../sync/scheduler.ts';
import { isoTime } from '../../platform/clock.ts';
import type { App } from '../app.ts';
import type { ReceiptQuestion, Receipt as Wire } from '../contract.ts';
import { vendorName } from '../../portals/index.ts';

/** A receipt as the doors show it. @throws `record.not_found` */
export async function readReceiptFor(
  app: Pick<App, 'db' | 'registry' | 'clock' | 'jobs'>,
  runId: string,
): Promise<Wire> {
  const receipt = await readReceipt(app.db, runId);
  if (!receipt) throw new ChartfoldError('record.not_found');
  const connection = await getConnection(app.db, receipt.run.source);
  const person = (await listPeople(app.db)).find((p) => p.id === receipt.run.person);
  return presentReceipt(app, receipt, {
    connection,
    personName: person?.name ?? '',
    ...(await neighboursOf(app.db, receipt.run)),
    nextTry: await nextTryOf(app, connection),
  });
}

/** When the connection begins to sync by itself; null where it does not, or one waits or runs. */
async function nextTryOf(
  app: Pick<App, 'db' | 'registry' | 'clock' | 'jobs'>,
  connection: Connection,
): Promise<string | null> {
  if (await app.jobs.isLive(SYNC_QUEUE, connection.id)) return null;
  const entry = app.registry.entries.find((e) => e.key === connection.portal);
  const renewal = (await renewalsOf(app, [connection.id])).get(connection.id);
  const next = nextSyncOf(connection, entry?.vendor.portal, renewal, { now: app.clock.now() });
  return next === null ? null : isoTime(next);
}

function presentReceipt(
  app: Pick<App, 'registry'>,
  receipt: Receipt,
  about: {
    connection: Connection;
    personName: string;
    previous: string | null;
    next: string | null;
    nextTry: string | null;
  },
): Wire {
  const { run, questions } = receipt;
  const { connection } = about;
  const entry = app.registry.entries.find((e) => e.key === connection.portal);
  const rows = presentQuestions(app, connection, questions);
  const of = (outcome: ReceiptQuestion['outcome']) =>
    rows.filter((q) => q.outcome === outcome).length;
  const narrowed = questions.filter((q) => q.outcome === 'full' && isNarrowed(q)).length;
  const sum = (pick: (q: ReceiptQuestion) => number) =>
    rows.reduce((total, q) => total + pick(q), 0);
  return {
    id: run.id,
    connectionId: connection.id,
    clinicName: connection.clinic_name,
    portalName: entry?.name ?? vendorName(connection.portal),
    environment: connection.environment,
    personId: run.person,
    personName: about.personName,
    sample: connection.sample === 1,
    trigger: run.trigger,
    startedAt: run.startedAt,
    finishedAt: run.endedAt,
    asked: rows.length,
    answeredInFull: of('full'),
    narrowed,
    inPart: of('part'),
    refused: of('refused'),
    failed: of('failed'),
    pages: sum((q) => q.pages),
    received: sum((q) => q.received),
    new: sum((q) => q.new),
    changed: sum((q) => q.changed),
    unchanged: sum((q) => q.unchanged),
    setAside: sum((q) => q.setAside),
    gone: sum((q) => q.gone),
    complete:
      run.endedAt !== null &&
      rows.every((q) => q.outcome === 'full' && q.setAside === 0) &&
      narrowed === 0,
    scopesAsked: [...run.scopesAsked],
    scopesGranted: [...run.scopesGranted],
    contentHash: run.receiptHash,
    questions: rows,
    gaps: [...(entry?.vendor.portal.gaps ?? [])],
    previous: about.previous,
    next: about.next,
    nextTry: about.nextTry,
  };
}

function presentQuestions(
  { registry }: Pick<App, 'registry'>,
  connection: Connection,
  questions: readonly Question[],
): ReceiptQuestion[] {
  const wordsFor: WordsFor = (code) => wordsToSend(registry, { ...connection, status_code: code });
  return questions.map((q) => presentQuestion(q, wordsFor));
}

/** What to write to the clinic for a reason, by its code. */
type WordsFor = (code: ErrorCode) => string | null;

function presentQuestion(q: Question, wordsFor: WordsFor): ReceiptQuestion {
  return {
    key: q.key,
    label: q.label,
    note: noteOf(q),
    why: whyOf(q),
    request: q.request,
    pages: q.pages,
    received: q.received,
    new: q.new,
    changed: q.changed,
    unchanged: q.unchanged,
    setAside: q.setAside,
    gone: q.gone,
    setAsideWhy: q.setAsideWhy.map((one) => ({
      ...one,
      sentence: errorCatalogue[known(one.code, 'sync.not_a_record')].sentence,
    })),
    outcome: q.outcome === 'not-asked' ? 'failed' : q.outcome,
    reason: reasonOf(q, wordsFor),
  };
}

/** Whether it could not bring everything, however it was answered: only changes were asked for, or one value after the other. */
function isNarrowed(q: Question): boolean {
  return q.since !== null || q.parts !== null;
}

/** What narrows a question, and how much of it was answered where that is not all. */
function noteOf(q: Question): string | null {
  const notes = [sinceOf(q), q.parts && inPartsNote(q.parts), partOf(q)];
  return notes.filter(Boolean).join('; ') || null;
}

function sinceOf(q: Question): string | null {
  if (q.since === null) return null;
  return isByReference(q)
    ? `new ones only; all were read on ${q.since}`
    : `changed since ${q.since}`;
}

/** What did not come, where that was counted, else what came. Files come one by one, not on pages. */
function partOf(q: Question): string | null {
  if (q.outcome !== 'part') return null;
  const isOurs = q.httpStatus === null || q.code?.startsWith('sync.');
  if (q.detail !== null && isOurs && COUNTED.has(q.code ?? '')) return q.detail;
  return q.pages > 0
    ? `pages 1 to ${q.pages}`
    : `${q.received} of ${q.received + q.setAside} files`;
}

/** With these the detail is a count of ours: of records that a portal named and did not give. */
const COUNTED: ReadonlySet<string> = new Set<ErrorCode>([
  'fhir.not_found',
  'sync.fewer_than_told',
  'sync.refused_in_a_row',
]);

/** Why it was asked, and what it could not bring as it was asked. */
function whyOf(q: Question): string {
  const sentences = [`${q.why.charAt(0).toUpperCase()}${q.why.slice(1)}.`];
  if (q.parts) sentences.push(inPartsWhy(q.parts));
  if (q.since !== null && !isByReference(q))
    sentences.push(
      `The portal has proved that it tells by time what has changed; what it no longer reports is looked for when everything is asked for again.`,
    );
  return sentences.join(' ');
}

function inPartsNote(parts: readonly string[]): string {
  return isByYear(parts)
    ? 'asked for year by year'
    : `asked for one ${namesOf(parts).of} at a time`;
}

function inPartsWhy(parts: readonly string[]): string {
  if (isByYear(parts))
    return 'It was asked for year by year, since the portal takes too long over all of it at once. What has no date is not in this answer, so that nothing counts as no longer reported by it.';
  const { of, values } = namesOf(parts);
  return `It could not be asked as a whole, so it was asked for one ${of} after the other: ${values.join(', ')}. What has none of these is not in this answer, so that nothing counts as no longer reported by it.`;
}

/** Whether the parts of a question are spans of time (FHIR's prefixes of dates). */
function isByYear([first = '']: readonly string[]): boolean {
  return /=(ge|le)\d{4}-/.test(first);
}

/** What the parts of a question name: `category`, and each value without its system. */
function namesOf(parts: readonly string[]): { of: string; values: string[] } {
  const names = parts.map((part) => decodeURIComponent(part).split('='));
  return {
    of: names[0]?.[0] ?? '',
    values: names.map(([, value = '']) => value.split('|').at(-1) ?? value),
  };
}

function reasonOf(q: Question, wordsFor: WordsFor): ReceiptQuestion['reason'] {
  if (q.outcome === 'full' || q.outcome === 'pending' || q.outcome === 'asking') return null;
  const code = known(q.code, 'sync.interrupted');
  const { sentence, act, retry } = errorCatalogue[code];
  // Of an answer that could not be read the detail is ours: where a text broke off, which host did not answer.
  const isAnswer = q.httpStatus !== null && code.startsWith('fhir.') && !UNREADABLE.has(code);
  const isPortals = isAnswer || code === 'connection.clinic_api_off';
  const portalSaid = isPortals ? (q.detail?.replace(/\.$/, '') ?? null) : null;
  const words = wordsFor(code);
  return { code, sentence, portalSaid, httpStatus: q.httpStatus, act, retry, words };
}

const UNREADABLE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'fhir.not_json',
  'fhir.truncated',
  'fhir.not_a_bundle',
  'fhir.undecodable',
]);

/** A code that a newer or older Chartfold wrote may be unknown here. */
function known(code: string | null, otherwise: ErrorCode): ErrorCode {
  return code !== null && Object.hasOwn(errorCatalogue, code) ? (code as ErrorCode) : otherwise;
}
