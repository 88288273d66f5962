// Proves how pages are followed: ahead of their turn where their links are heard of, and never by a link that was heard
// of and is not the page's own.

import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ChartfoldError } from '../platform/errors.ts';
import type { Asked, Asking } from './asking.ts';
import type { PageAnswer } from './fetch.ts';
import { pagesFrom } from './pages.ts';

type Request = {
  readonly address: string;
  readonly signal: AbortSignal;
  readonly hear: (next: string | null) => void;
  readonly give: (next: string | null, bytes?: number) => void;
  readonly fail: () => void;
};

/** A portal whose answers are given by hand; one that is busy is not ended by a signal, like a renewal of access. */
function portal(limits: { pages?: number; records?: number } = {}, { isBusy = false } = {}) {
  const requests: Request[] = [];
  const asking = {
    entry: { vendor: { portal: { limits: { pages: 100, records: 1_000, ...limits } } } },
    portal: {
      followable: (link: string) => {
        if (link.startsWith('foreign')) throw new ChartfoldError('net.foreign_origin');
        return link;
      },
    },
    fetchPage: (address: string, signal: AbortSignal, hear: Request['hear'] = () => undefined) => {
      const { promise, resolve, reject } = Promise.withResolvers<PageAnswer>();
      if (!isBusy) signal.addEventListener('abort', () => reject(signal.reason));
      requests.push({
        address,
        signal,
        hear,
        give: (next, bytes = 1) => {
          const page = { next, count: 10, packs: [{ bytes: { byteLength: bytes } }] };
          resolve({ ok: true, retries: 0, page } as unknown as PageAnswer);
        },
        fail: () => resolve({ ok: false, retries: 0 } as PageAnswer),
      });
      return promise;
    },
  } as unknown as Asking;
  const asked = { signal: new AbortController().signal, pages: 0, records: 0 } as Asked;
  const named = () => requests.map(({ address }) => address).join(' ');
  const at = (n: number) => requests[n] as Request;
  return { pages: pagesFrom(asking, asked, '1'), named, at };
}

describe('the pages of an answer', () => {
  it('are given one after the other, each asked for once', async () => {
    const { pages, named, at } = portal();
    for (const [n, next] of [
      [0, '2'],
      [1, '3'],
      [2, null],
    ] as const) {
      const page = pages.next();
      await turn();
      at(n).give(next);
      expect((await page).value).toMatchObject({ answer: { ok: true }, next });
    }
    expect((await pages.next()).done).toBe(true);
    expect(named()).toBe('1 2 3');
  });

  it('are asked for ahead, as soon as they are heard of, three on their way', async () => {
    const { pages, named, at } = portal();
    const first = pages.next();
    await turn();
    at(0).hear('2');
    expect(named()).toBe('1 2');
    at(0).give('2');
    await first;
    at(1).hear('3');
    at(2).hear('4');
    at(3).hear('5');
    expect(named()).toBe('1 2 3 4');
    at(1).give('3');
    await turn();
    expect(named()).toBe('1 2 3 4 5');
    expect((await pages.next()).value).toMatchObject({ next: '3' });
  });

  it('are asked for ahead while nobody takes them, up to six', async () => {
    const { pages, named, at } = portal();
    const first = pages.next();
    await turn();
    for (const n of [0, 1, 2, 3, 4, 5, 6]) {
      at(n).hear(`${n + 2}`);
      at(n).give(`${n + 2}`);
      await turn();
      if (n === 0) await first;
    }
    expect(named()).toBe('1 2 3 4 5 6 7');
    await pages.next();
    expect(named()).toBe('1 2 3 4 5 6 7 8');
  });

  it('are not asked for ahead where those that came are large, until they are taken', async () => {
    const { pages, named, at } = portal();
    const first = pages.next();
    await turn();
    at(0).hear('2');
    at(0).give('2');
    await first;
    at(1).hear('3');
    at(1).give('3', 5_000_000);
    await turn();
    at(2).hear('4');
    at(2).give('4');
    await turn();
    expect(named()).toBe('1 2 3');
    expect((await pages.next()).value).toMatchObject({ next: '3' });
    expect(named()).toBe('1 2 3 4');
  });

  it('are followed by what each says in the end: what was heard before and is not that is dropped', async () => {
    const { pages, named, at } = portal();
    const first = pages.next();
    await turn();
    at(0).hear('wrong');
    at(1).hear('its-next');
    at(0).give('2');
    expect((await first).value).toMatchObject({ next: '2' });
    expect(named()).toBe('1 wrong its-next 2');
    expect([1, 2, 3].map((n) => at(n).signal.aborted)).toEqual([true, true, false]);
    at(2).hear('more-of-it');
    expect(named()).toBe('1 wrong its-next 2');
    const second = pages.next();
    at(3).give(null);
    expect((await second).value).toMatchObject({ next: null });
  });

  it('are not asked for ahead any more where what was heard of was not what a page said', async () => {
    const { pages, named, at } = portal();
    const first = pages.next();
    await turn();
    at(0).hear('wrong');
    at(0).give('2');
    await first;
    at(2).hear('wrong-again');
    at(2).give('3');
    expect((await pages.next()).value).toMatchObject({ next: '3' });
    expect(named()).toBe('1 wrong 2 3');
  });

  it('are asked for once where a page that is tried again is heard of again', async () => {
    const { pages, named, at } = portal();
    const first = pages.next();
    await turn();
    at(0).hear('2');
    at(0).hear('2');
    at(0).give('2');
    await first;
    expect(named()).toBe('1 2');
  });

  it('end where one does not come, and nothing goes on behind it', async () => {
    const { pages, named, at } = portal();
    const first = pages.next();
    await turn();
    at(0).hear('2');
    at(0).fail();
    expect((await first).value).toMatchObject({ answer: { ok: false }, next: null });
    expect((await pages.next()).done).toBe(true);
    expect(named()).toBe('1 2');
    expect(at(1).signal.aborted).toBe(true);
  });

  it('end where nobody takes them any more', async () => {
    const { pages, at } = portal();
    const first = pages.next();
    await turn();
    at(0).hear('2');
    at(0).give('2');
    await first;
    await pages.return(undefined);
    expect(at(1).signal.aborted).toBe(true);
  });

  it('have all ended when they are over, those that were dropped too', async () => {
    const { pages, at } = portal({}, { isBusy: true });
    const first = pages.next();
    await turn();
    at(0).hear('wrong');
    at(0).give('2');
    await first;
    let isOver = false;
    const over = pages.return(undefined).then(() => {
      isOver = true;
    });
    at(1).fail();
    await turn();
    expect([at(2).signal.aborted, isOver]).toEqual([true, false]);
    at(2).fail();
    await over;
  });

  it.each([
    ['to another server', 'foreign', {}, 'sync.next_link_foreign'],
    ['to where it came from', '1', {}, 'sync.next_link_cycle'],
    ['beyond so many pages', '2', { pages: 1 }, 'sync.limit_reached'],
    ['beyond so many records', '2', { records: 10 }, 'sync.limit_reached'],
  ])('are not followed %s, heard of or not', async (_where, link, limits, code) => {
    const { pages, at } = portal(limits);
    const first = pages.next();
    await turn();
    at(0).hear(link);
    at(0).give(link);
    expect((await first).value).toMatchObject({ answer: { ok: true }, next: { code } });
    expect((await pages.next()).done).toBe(true);
  });
});
