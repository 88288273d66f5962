// Owns asking a search from its cursor to its end: page after page, part after part where the portal does not answer it
// as a whole, and in an easier way where it minds how it was put.

import { ChartfoldError, type ErrorCode } from '../platform/errors.ts';
import type { Portal } from '../portals/portal.ts';
import type { PortalEntry } from '../portals/registry.ts';
import { askForAll, askInParts } from '../records/runs.ts';
import type { CommitPage, Question } from '../records/types.ts';
import {
  ask,
  type Asked,
  type Asking,
  close,
  commit,
  ENDS_THE_RUN,
  type Failure,
  mark,
  MAYBE_OTHERWISE,
} from './asking.ts';
import type { FetchPage, PageAnswer } from './fetch.ts';
import { pagesFrom } from './pages.ts';
import { beginningOf, cursorOf, partAfter, type Place, placeOf } from './place.ts';
import { parametersOf, partsOf, withoutParameters, withQuery } from './plan.ts';
import { closeByTotal, totalToReach } from './total.ts';

/** What a portal may answer, or not, to a page that is too large for it. */
const MAYBE_TOO_MUCH: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'net.timeout',
  'net.too_large',
  'net.unreachable',
  'fhir.server_error',
  'fhir.truncated',
]);
/** What narrows a question to changes. */
const TIME = '_lastUpdated';

/** A search: its pages are followed by their links. */
export function askSearch(asking: Asking, question: Question): Promise<void> {
  return ask(asking, question, search);
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
    if (failed && after && !ENDS_THE_RUN.has(failed.error.code) && !isDown(failed)) {
      await leavePart(asking, asked, failed, after);
    } else if (failed) return close(asking, asked, failed);
    place = after;
  }
}

/**
 * Whether a portal, after every try, is not there at all: then its other parts are not tried one by one. One that takes
 * too long for a part may still answer the next.
 */
function isDown({ error, httpStatus }: Failure): boolean {
  return error.code === 'net.unreachable' || httpStatus === 503;
}

/** Reads from a place to the end of its part. @returns why it did not get there; what came before is committed */
async function readPages(asking: Asking, asked: Asked, place: Place): Promise<Failure | null> {
  const first: FetchPage = (_address, signal, heard) =>
    firstPage(asking, asked, place, (address) => asking.fetchPage(address, signal, heard));
  for await (const { answer, next } of pagesFrom(asking, asked, place.address, first)) {
    asked.retries += answer.retries;
    if (!answer.ok) return answer;
    if (next instanceof ChartfoldError) asked.shortfall = next.code;
    const goesOn =
      typeof next === 'string' ? { ...place, address: next } : partAfter(asked.question, place);
    const total = goesOn === null ? totalToReach(asking, asked, answer.page) : null;
    await commit(asking, asked, answer.page, finishOf(asked, { goesOn, total }));
    if (total !== null) await closeByTotal(asking, asked, total);
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
  asking: Asking,
  asked: Asked,
  place: Place,
  fetchPage: (address: string) => Promise<PageAnswer>,
): Promise<PageAnswer> {
  const answer = await fetchPage(place.address);
  const easier = answer.ok
    ? null
    : easierThan(place, answer.error.code, asking.entry, asked.question);
  if (easier === null) return answer;
  const again = await fetchPage(easier);
  if (again.ok && !parametersOf(easier).has(TIME)) await turnsToAll(asking, asked);
  return { ...again, retries: answer.retries + 1 + again.retries };
}

/** Notes that a question asks for everything where its first page came by being asked so. */
async function turnsToAll({ context, run }: Asking, asked: Asked): Promise<void> {
  const { question, pages } = asked;
  if (question.since === null || pages > 0) return;
  const request = withoutParameters(question.request, [TIME]);
  await askForAll(context.db, { run: run.id, question: question.key, request });
  asked.question = { ...question, request, since: null };
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
  const plainer = withoutParameters(address, [portal.countParameter ?? '', TIME]);
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

function finishOf(
  { question, shortfall }: Asked,
  { goesOn, total }: { goesOn: Place | null; total: number | null },
): CommitPage['finish'] {
  const code = shortfall === null ? {} : { code: shortfall };
  if (goesOn) return { next: cursorOf(question, goesOn), ...code };
  // Cut off before it is closed, it is asked from its beginning again.
  if (total !== null) return { next: null };
  return { next: null, outcome: shortfall === null ? 'full' : 'part', ...code };
}
