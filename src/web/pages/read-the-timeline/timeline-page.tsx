// Owns the timeline of one person: head and filters, the year strip, the line, the sheet beside it.

import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useLocation, useNavigate, useParams } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import type { TimelineIndex } from '../../../http/contract.ts';
import { changesQuery, timelineQuery } from '../../app/queries.ts';
import { Button, ButtonLink } from '../../parts/button.tsx';
import { PageHeading } from '../../parts/page-heading.tsx';
import { FirstPageLink, Notice, Skeleton } from '../../parts/page-states.tsx';
import { usePageTitle } from '../../parts/page-title.ts';
import { counted } from '../../parts/words.ts';
import { shortWords } from '../read-what-changed/changes-words.ts';
import { RecordSheet } from '../read-a-record/record-sheet.tsx';
import { useRecordBeside } from '../read-a-record/use-record-beside.ts';
import { FilterBar } from './filter-bar.tsx';
import {
  askedOfServer,
  everything,
  type Filters,
  isFiltered,
  readFilters,
  writeFilters,
} from './filters.ts';
import { Line } from './line.tsx';
import { inRuns, type StripYear, yearStrip } from './timeline-layout.ts';
import { useStep } from './use-days.ts';

/** `/people/:id/timeline`, with or without a record open. */
export function TimelinePage() {
  usePageTitle('Timeline');
  const { personId = '', recordId } = useParams({ strict: false });
  const hash = useLocation({ select: (l) => l.hash });
  const filters = useMemo(() => readFilters(hash), [hash]);
  const filter = useMemo(() => askedOfServer(filters), [filters]);
  const navigate = useNavigate();
  const { data: index, error, refetch } = useQuery(timelineQuery(personId, filter));
  const years = useMemo(() => yearStrip(index?.days ?? []), [index]);
  const days = useMemo(
    () => (index?.days ?? []).filter((d) => !filters.year || d.day?.startsWith(filters.year)),
    [index, filters.year],
  );
  const change = useCallback(
    (next: Filters) => void navigate({ to: '.', hash: writeFilters(next), replace: true }),
    [navigate],
  );
  const step = useStep(personId, filter, inRuns(days));
  const sheet = useRecordBeside('timeline', personId, recordId, step);

  if (error && !index) {
    return (
      <div className="page">
        <PageHeading className="mb-4">Timeline</PageHeading>
        <Notice error={error} onRetry={() => void refetch()}>
          <FirstPageLink />
        </Notice>
      </div>
    );
  }
  return (
    <div
      className={`flex h-[calc(100dvh-8.5rem)] flex-col desk:h-dvh print:h-auto ${recordId ? 'wide:mr-[27.5rem] print:mr-0' : ''}`}
    >
      <Head index={index} years={years} days={days.length} filters={filters} onChange={change} />
      {!index && (
        <div className="px-5 desk:px-8">
          <Skeleton lines={12} label="Loading the timeline" />
        </div>
      )}
      {index && days.length === 0 && (
        <Nothing records={index.records} filters={filters} onChange={change} />
      )}
      {index && days.length > 0 && (
        <Line
          key={personId}
          personId={personId}
          filter={filter}
          days={days}
          years={years}
          year={filters.year}
          openRecord={recordId ?? null}
          onYear={(year) => change({ ...filters, year })}
        />
      )}
      {recordId && <RecordSheet personId={personId} recordId={recordId} {...sheet} />}
    </div>
  );
}

function Head({
  index,
  years,
  days,
  filters,
  onChange,
}: {
  index: TimelineIndex | undefined;
  years: StripYear[];
  days: number;
  filters: Filters;
  onChange: (filters: Filters) => void;
}) {
  return (
    <div className="border-b border-line px-5 pt-3 pb-2 desk:px-8 desk:pt-6 desk:pb-3">
      <div className="mb-2 flex flex-wrap items-baseline gap-x-3">
        <PageHeading>Timeline</PageHeading>
        <p className="text-13 text-ink2" role="status">
          {index && extent(index, days, filters)}
        </p>
        {index && index.records > 0 && <ChangesLink />}
      </div>
      {index && (index.kinds.length > 0 || isFiltered(filters)) && (
        <FilterBar index={index} years={years} filters={filters} onChange={onChange} />
      )}
    </div>
  );
}

function ChangesLink() {
  const { personId = '' } = useParams({ strict: false });
  const { data } = useInfiniteQuery(changesQuery(personId, { since: 'visit' }));
  const first = data?.pages[0];
  return (
    <Link
      to="/people/$personId/changes"
      params={{ personId }}
      className="inline-flex min-h-11 items-center text-13 text-teal underline-offset-4 hover:underline desk:ml-auto desk:min-h-7 print:hidden"
    >
      {first ? shortWords(first) : 'What changed'}
    </Link>
  );
}

function extent(index: TimelineIndex, days: number, filters: Filters): string {
  if (isFiltered(filters))
    return `${counted(days, 'day')} shown, ${counted(index.records, 'record')} in all`;
  const oldest = index.days.findLast((d) => d.day !== null)?.day;
  const since = oldest ? `, ${oldest.slice(0, 4)} to today` : '';
  return `${counted(index.records, 'record')}${since}`;
}

function Nothing({
  records,
  filters,
  onChange,
}: {
  records: number;
  filters: Filters;
  onChange: (filters: Filters) => void;
}) {
  const filtered = isFiltered(filters);
  return (
    <div className="px-5 py-8 desk:px-8">
      <p className="mb-4 max-w-2xl text-ink2">
        {filtered ? 'Nothing in this record fits these filters.' : nothingWords(records)}
      </p>
      {filtered ? (
        <Button onClick={() => onChange(everything)}>Show everything</Button>
      ) : (
        <ButtonLink to="/connections">See Connections</ButtonLink>
      )}
    </div>
  );
}

function nothingWords(records: number): string {
  if (records === 0)
    return 'Nothing has been received yet. When a portal has been asked, what it holds stands here.';
  const here =
    records === 1
      ? '1 record is here, and it has no place in time: it says'
      : `${counted(records, 'record')} are here, and none has a place in time: they say`;
  return `${here} who this is, or where and by whom care was given. Visits, results and medications stand here once they have been received.`;
}
