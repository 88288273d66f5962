// Owns the page of the audit: who did or read what, by day, and the check that nothing in it was changed.

import { useInfiniteQuery } from '@tanstack/react-query';
import { CircleSlash } from 'lucide-react';
import { useCallback, useMemo } from 'react';
import type { AuditLine } from '../../../http/contract.ts';
import { auditQuery } from '../../app/queries.ts';
import { Button } from '../../parts/button.tsx';
import { timeOfDay, weekdayDate } from '../../parts/dates.ts';
import { Notice, Skeleton } from '../../parts/page-states.tsx';
import { usePageTitle } from '../../parts/page-title.ts';
import { untilWords } from '../../parts/right-words.ts';
import { useFocusOnNew } from '../../parts/use-focus-on-new.ts';
import { auditDays } from './audit-days.ts';
import { Verify } from './verify.tsx';

/** `/settings/audit` */
export function AuditPage() {
  usePageTitle('Audit');
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } =
    useInfiniteQuery(auditQuery);
  const lines = useMemo(() => data?.pages.flatMap((page) => page.lines) ?? [], [data]);
  const days = useMemo(() => auditDays(lines), [lines]);
  const focusOnNew = useFocusOnNew(
    lines.length,
    useCallback((place) => lineOf(lines[place]), [lines]),
  );
  const showMore = () => {
    focusOnNew();
    void fetchNextPage();
  };
  return (
    <>
      <Verify />
      {error && !data && <Notice error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Skeleton lines={8} label="Loading the audit" />}
      {days.map(({ day, lines: held }) => (
        <section key={day} aria-labelledby={`day-${day}`} className="mb-8">
          <h2 id={`day-${day}`} className="section-head text-15 font-semibold">
            {weekdayDate(day)}
          </h2>
          <ol>
            {held.map((line) => (
              <Line key={line.seq} line={line} />
            ))}
          </ol>
        </section>
      ))}
      {hasNextPage && (
        <Button busy={isFetchingNextPage} onClick={showMore}>
          Show earlier ones
        </Button>
      )}
    </>
  );
}

function lineOf(line: AuditLine | undefined): HTMLElement | null {
  return document.querySelector<HTMLElement>(`[data-line="${line?.seq}"]`);
}

function Line({ line }: { line: AuditLine }) {
  return (
    <li
      data-line={line.seq}
      tabIndex={-1}
      className="keep-together grid grid-cols-[4.5rem_minmax(0,1fr)] gap-x-4 border-b border-line py-2 desk:grid-cols-[4.5rem_minmax(0,1fr)_16rem]"
    >
      <time dateTime={line.at} className="text-13 text-ink2">
        {timeOfDay(line.at)}
      </time>
      <p className="[overflow-wrap:anywhere]">
        {line.refused && (
          <span className="mr-2 inline-flex items-center gap-1.5 text-13 font-medium text-amber">
            <CircleSlash size={14} strokeWidth={1.8} aria-hidden />
            Refused
          </span>
        )}
        <strong className="font-medium">{line.who}</strong> {line.what}
        {line.until !== null && ` ${untilWords(line.until)}`}
        {line.whose !== null && <span className="text-ink2">, {line.whose}</span>}
      </p>
      <p className="col-start-2 text-13 text-ink2 [overflow-wrap:anywhere] desk:col-start-3 desk:text-right">
        {line.origin}
      </p>
    </li>
  );
}
