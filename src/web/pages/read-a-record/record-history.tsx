// Owns the history of a record: each version with its day, its sync and what it changed, and the raw difference one step
// away.

import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense, useCallback, useRef, useState } from 'react';
import type { RecordHistory as History } from '../../../http/contract.ts';
import { historyQuery } from '../../app/queries.ts';
import { Button } from '../../parts/button.tsx';
import { moment } from '../../parts/dates.ts';
import { FieldDifferences } from '../../parts/field-differences.tsx';
import { Notice, Skeleton } from '../../parts/page-states.tsx';
import { useFocusOnNew } from '../../parts/use-focus-on-new.ts';

// The typeface of raw text comes with it.
const RawDifference = lazy(async () => ({
  default: (await import('./raw-difference.tsx')).RawDifference,
}));

/** What became known of a record, latest first. */
export function RecordHistory({ personId, recordId }: { personId: string; recordId: string }) {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    historyQuery(personId, recordId),
  );
  const events = data?.pages.flatMap((page) => page.events) ?? [];
  const list = useRef<HTMLOListElement>(null);
  const focusOnNew = useFocusOnNew(
    events.length,
    useCallback(
      (place) =>
        list.current?.querySelector<HTMLElement>(`:scope > :nth-child(${place + 1})`) ?? null,
      [],
    ),
  );
  const showMore = () => {
    focusOnNew();
    void fetchNextPage();
  };
  return (
    <section aria-labelledby="record-history" className="border-t border-line pt-4">
      <h3 id="record-history" className="mb-1 text-13 font-medium">
        History
      </h3>
      {!data && !error && <Skeleton lines={2} label="Loading the history" />}
      {error && !data && <Notice error={error} onRetry={() => void refetch()} />}
      <ol ref={list}>
        {events.map((event) => (
          <li
            key={`${event.kind} ${event.version ?? event.at}`}
            tabIndex={-1}
            className="border-b border-line py-2 last:border-0"
          >
            <Event personId={personId} recordId={recordId} event={event} />
          </li>
        ))}
      </ol>
      {hasNextPage && (
        <Button look="text" busy={isFetchingNextPage} onClick={showMore}>
          Show earlier versions
        </Button>
      )}
    </section>
  );
}

function Event({
  personId,
  recordId,
  event: e,
}: {
  personId: string;
  recordId: string;
  event: History['events'][number];
}) {
  const [raw, setRaw] = useState(false);
  const hasBefore = e.version !== null && e.version > 1;
  const look =
    'inline-flex min-h-11 items-center text-13 text-teal underline-offset-4 hover:underline desk:min-h-7';
  return (
    <>
      <p>
        <span className="font-medium">{eventWords(e)}</span>{' '}
        <span className="text-13 text-ink2">{moment(e.at)}</span>
      </p>
      {e.differences.length > 0 && <FieldDifferences differences={e.differences} />}
      {hasBefore && e.differences.length === 0 && (
        <p className="text-13 text-ink2">Nothing that is read here changed.</p>
      )}
      <div className="flex gap-5">
        {e.receiptId && (
          <Link to="/receipts/$receiptId" params={{ receiptId: e.receiptId }} className={look}>
            Receipt
          </Link>
        )}
        {hasBefore && (
          <button type="button" aria-expanded={raw} onClick={() => setRaw(!raw)} className={look}>
            {raw ? 'Hide the raw difference' : 'Raw difference'}
          </button>
        )}
      </div>
      {raw && e.version !== null && (
        <Suspense fallback={<Skeleton lines={2} label="Loading the raw difference" />}>
          <RawDifference personId={personId} recordId={recordId} version={e.version} />
        </Suspense>
      )}
    </>
  );
}

function eventWords({ kind, version }: History['events'][number]): string {
  if (kind === 'gone') return 'No longer reported';
  if (kind === 'back') return 'Reported again';
  return version === 1 ? 'First received' : `Version ${version}`;
}
