// Owns the scrolling line of days: only what is in view is drawn and fetched.

import { useVirtualizer, type Virtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { TimelineDay, TimelineFilter } from '../../../http/contract.ts';
import { longDate } from '../../parts/dates.ts';
import { Notice } from '../../parts/page-states.tsx';
import { useIsDesk } from '../../parts/use-media.ts';
import { DayBlock } from './day-block.tsx';
import { Strip } from './strip.tsx';
import {
  guessHeight,
  type IndexDay,
  itemAtMonth,
  lineItems,
  type StripYear,
} from './timeline-layout.ts';
import { useDays } from './use-days.ts';

type LineProps = {
  personId: string;
  filter: TimelineFilter;
  days: IndexDay[];
  years: StripYear[];
  year: string | null;
  openRecord: string | null;
  onYear: (year: string | null) => void;
};

/** The line with its strip. */
export function Line({ personId, filter, days, years, year, openRecord, onYear }: LineProps) {
  const box = useRef<HTMLDivElement>(null);
  const rowHeight = useIsDesk() ? 29 : 44;
  const items = useMemo(() => lineItems(days), [days]);
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => box.current,
    estimateSize: (i) => guessHeight(items[i], rowHeight),
    getItemKey: (i) => items[i]?.key ?? i,
    overscan: 4,
  });
  const drawn = virtual.getVirtualItems();
  const inView = useInView(box.current, drawn, items);
  const places = drawn.flatMap(({ index }) => {
    const item = items[index];
    return item?.kind === 'day' ? [item.place] : [];
  });
  const { days: known, failed } = useDays(personId, filter, days, places);
  const height = useHeight(box);
  useStartAtTop(box, filter, year);
  useKeepInView(openRecord, known);

  return (
    <div className="flex min-h-0 flex-1">
      <div className="hidden pt-3 desk:flex print:hidden">
        <Strip
          years={years}
          height={height - 24}
          inView={inView}
          year={year}
          onYear={onYear}
          onMonth={(month) => virtual.scrollToIndex(itemAtMonth(items, month), { align: 'start' })}
        />
      </div>
      <div
        ref={box}
        // Focusable, so that the keyboard can scroll the line.
        tabIndex={0}
        role="region"
        aria-label="Days, newest first"
        onKeyDown={moveAmongRows}
        className="min-w-0 flex-1 overflow-y-auto overscroll-contain -outline-offset-2 desk:border-l desk:border-line print:overflow-visible"
      >
        {failed && (
          <div className="p-4">
            <Notice error={failed.error} onRetry={() => void failed.refetch()} />
          </div>
        )}
        <p className="hidden text-13 print:block">
          Part of the record: what was on screen, {inView ? longDate(inView.newest) : ''} and
          before.
        </p>
        <Items virtual={virtual} items={items} known={known} />
      </div>
    </div>
  );
}

function Items({
  virtual,
  items,
  known,
}: {
  virtual: Virtualizer<HTMLDivElement, Element>;
  items: ReturnType<typeof lineItems>;
  known: ReadonlyMap<string | null, TimelineDay>;
}) {
  return (
    <div className="relative" style={{ height: virtual.getTotalSize() }}>
      {virtual.getVirtualItems().map(({ index, key, start }) => {
        const item = items[index];
        if (!item) return null;
        return (
          <div
            key={key}
            ref={virtual.measureElement}
            data-index={index}
            className="absolute inset-x-0 top-0"
            style={{ transform: `translateY(${start}px)` }}
          >
            {item.kind === 'month' ? (
              <h2 className="flex h-9 items-center border-b border-line bg-sunk px-5 text-13 font-medium text-ink2 desk:px-6">
                {item.label}
              </h2>
            ) : (
              <DayBlock index={item.day} day={known.get(item.day.day)} />
            )}
          </div>
        );
      })}
    </div>
  );
}

function useInView(
  box: HTMLElement | null,
  drawn: { index: number; start: number; end: number }[],
  items: ReturnType<typeof lineItems>,
): { newest: string; oldest: string } | null {
  const top = box?.scrollTop ?? 0;
  const bottom = top + (box?.clientHeight ?? 0);
  const months = drawn
    .filter(({ start, end }) => end > top + 1 && start < bottom - 1)
    .flatMap(({ index }) => {
      const item = items[index];
      return item?.kind === 'day' && item.day.day && item.day.day.length >= 7
        ? [item.day.day.slice(0, 7)]
        : [];
    });
  const newest = months[0];
  const oldest = months.at(-1);
  return newest && oldest ? { newest, oldest } : null;
}

function useHeight(box: React.RefObject<HTMLElement | null>): number {
  const [height, setHeight] = useState(600);
  useLayoutEffect(() => {
    const el = box.current;
    if (!el) return;
    const watch = new ResizeObserver(() => setHeight(el.clientHeight));
    watch.observe(el);
    return () => watch.disconnect();
  }, [box]);
  return height;
}

// Another filter is another list: it is read from its top.
function useStartAtTop(
  box: React.RefObject<HTMLElement | null>,
  filter: TimelineFilter,
  year: string | null,
): void {
  const first = useRef(true);
  // Runs when the filter changes
  useEffect(() => {
    if (first.current) first.current = false;
    else box.current?.scrollTo({ top: 0 });
  }, [box, filter, year]);
}

// While the sheet steps through records the line follows.
function useKeepInView(recordId: string | null, known: Map<string | null, unknown>): void {
  const size = known.size;
  // Tries again when more days are known
  useEffect(() => {
    if (!recordId) return;
    document
      .querySelector(`[data-record="${CSS.escape(recordId)}"]`)
      ?.scrollIntoView({ block: 'nearest' });
  }, [recordId, size]);
}

// Up and Down walk from row to row; the line itself still scrolls by Page Up, Page Down and Space.
function moveAmongRows(e: KeyboardEvent<HTMLElement>): void {
  const by = { ArrowDown: 1, ArrowUp: -1 }[e.key];
  if (by === undefined) return;
  const rows = [...e.currentTarget.querySelectorAll<HTMLElement>('[data-record]')];
  const at = rows.indexOf(document.activeElement as HTMLElement);
  const next = at === -1 ? rows[0] : rows[at + by];
  if (!next) return;
  e.preventDefault();
  next.focus();
  next.scrollIntoView({ block: 'nearest' });
}
