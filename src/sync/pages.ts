// Owns following the pages of an answer: the next is asked for as soon as its link is heard of, while the one before is
// still being read and stored, so that the portal, the reading and the store do not wait for one another. What is
// followed is what the page says once it was read, judged; a link that was heard of and is not that is dropped.

import { ChartfoldError, isChartfoldError } from '../platform/errors.ts';
import type { Asked, Asking } from './asking.ts';
import type { FetchPage, PageAnswer } from './fetch.ts';
import type { ReadPage } from './read-page.ts';

/**
 * Beside the page that is being stored: as many as bridge what else the store is busy with for a while, a few of them on
 * their way; of what has come so many bytes, packed, and beyond them the next page alone.
 */
const MOST_AHEAD = { pages: 6, onTheirWay: 3, bytes: 4 * 1024 * 1024 };

export type Followed = {
  /** A page, or why it did not come. */
  readonly answer: PageAnswer;
  /** The address of the next page, null at the end, or why the link to it is not followed. */
  readonly next: string | null | ChartfoldError;
};

type Begun = {
  readonly address: string;
  readonly answer: Promise<PageAnswer>;
  /** Where it goes on, once that was heard of. */
  next: string | null;
  /** Of what it brought, packed; null while it is on its way. */
  bytes: number | null;
};

/**
 * The pages from an address on, in their order, up to the first that did not come or whose link is not followed. Who
 * takes one has committed the one before.
 * @param first how the first is asked for; the others are asked for as they are
 */
export async function* pagesFrom(
  asking: Asking,
  asked: Asked,
  address: string,
  first: FetchPage = asking.fetchPage,
): AsyncGenerator<Followed> {
  const judge = judgeOf(asking, asked, address);
  const ahead = askAhead(asking, asked);
  ahead.begin(address, first);
  try {
    for (let page = ahead.take(); page; page = ahead.take()) {
      const answer = await page.answer;
      const next = answer.ok ? judge(answer.page) : null;
      ahead.expect(typeof next === 'string' ? next : null);
      yield { answer, next };
    }
  } finally {
    ahead.drop();
    // One that renews access is not ended by a signal: nobody may go before the new tokens are kept.
    await ahead.ended();
  }
}

/** What was asked for ahead of its turn, in order: each page leads to the one behind it. */
function askAhead(asking: Asking, asked: Asked) {
  let begun: Begun[] = [];
  let newest: Begun | null = null;
  let dropped = new AbortController();
  // By a link that was not the one in the end: each that is followed costs the portal answers that nobody takes.
  let wasMisled = false;
  const underWay = new Set<Promise<unknown>>();

  function begin(address: string, fetchPage: FetchPage): void {
    const signal = AbortSignal.any([asked.signal, dropped.signal]);
    const heard = (link: string | null) => {
      const next = link === null ? null : followable(asking, link);
      page.next = typeof next === 'string' ? next : null;
      goOn();
    };
    const answer = fetchPage(address, signal, heard);
    const page: Begun = { address, answer, next: null, bytes: null };
    const came = (brought?: PageAnswer) => {
      page.bytes = brought?.ok ? sizeOf(brought.page) : 0;
      underWay.delete(ended);
      goOn();
    };
    // It is awaited when its turn comes; a failure before that must not count as unhandled.
    const ended: Promise<unknown> = answer.then(came, () => came());
    underWay.add(ended);
    begun.push(page);
    newest = page;
  }

  function goOn(): void {
    const next = newest?.next ?? null;
    if (next !== null && !wasMisled && hasRoom(begun)) begin(next, asking.fetchPage);
  }

  function drop(): void {
    dropped.abort();
    dropped = new AbortController();
    begun = [];
    newest = null;
  }

  return {
    begin,
    drop,
    /** Resolves when nothing that was begun is under way any more. */
    ended: () => Promise.all(underWay),
    /** The first of them; undefined where there is none. */
    take(): Begun | undefined {
      const page = begun.shift();
      goOn();
      return page;
    },
    /** Says which page comes next, null for none: what was begun in its place is dropped. */
    expect(address: string | null): void {
      if (begun[0]?.address === address) return;
      wasMisled ||= begun.length > 0;
      drop();
      if (address !== null) begin(address, asking.fetchPage);
    },
  };
}

function hasRoom(begun: readonly Begun[]): boolean {
  const onTheirWay = begun.filter(({ bytes }) => bytes === null).length;
  const held = begun.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0);
  const most = held > MOST_AHEAD.bytes ? 1 : MOST_AHEAD.pages;
  return begun.length < most && onTheirWay < MOST_AHEAD.onTheirWay;
}

function sizeOf({ packs }: ReadPage): number {
  return packs.reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
}

/** Says of each page in turn where it goes on: nowhere foreign, nowhere twice, and not for ever. */
function judgeOf(
  asking: Asking,
  asked: Asked,
  first: string,
): (page: ReadPage) => Followed['next'] {
  const { limits } = asking.entry.vendor.portal;
  const seen = new Set<string>([first]);
  return ({ next: link, count }) => {
    const address = link === null ? null : followable(asking, link);
    if (typeof address !== 'string') return address;
    if (seen.has(address)) return new ChartfoldError('sync.next_link_cycle');
    seen.add(address);
    // All before this page were committed by now.
    const isTooMuch = asked.pages + 1 >= limits.pages || asked.records + count >= limits.records;
    return isTooMuch ? new ChartfoldError('sync.limit_reached') : address;
  };
}

function followable({ portal }: Asking, link: string): string | ChartfoldError {
  try {
    return portal.followable(link);
  } catch (error) {
    if (!isChartfoldError(error, 'net.foreign_origin')) throw error;
    return new ChartfoldError('sync.next_link_foreign');
  }
}
