// Owns one day of the timeline: its date in the margin, its visits, their rows.

import { Link, useParams } from '@tanstack/react-router';
import { memo } from 'react';
import type { TimelineDay, TimelineGroup, TimelineRow } from '../../../http/contract.ts';
import { dayHead } from '../../parts/dates.ts';
import { KindIcon } from '../../parts/kind-icon.tsx';
import { Flag, SourceName } from '../../parts/marks.tsx';
import type { IndexDay } from './timeline-layout.ts';

/** A day; grey lines where its rows are still on the way. */
export const DayBlock = memo(function DayBlock({
  index,
  day,
}: {
  index: IndexDay;
  day: TimelineDay | undefined;
}) {
  const { main, sub } = dayHead(index.day);
  return (
    <div className="border-b border-line px-5 py-3 desk:px-6">
      <div className="grid max-w-[58rem] gap-x-5 desk:grid-cols-[5.75rem_minmax(0,1fr)]">
        <p className="flex items-baseline gap-2 leading-[29px] desk:block">
          <span className="font-medium">{main}</span>
          <span className="block text-13 text-ink2 desk:-mt-1.5 desk:leading-5">{sub}</span>
        </p>
        <div className="flex min-w-0 flex-col gap-4">
          {day ? (
            day.groups.map((group, i) => (
              <Group
                // Groups of one day keep their order
                key={group.visit?.id ?? i}
                group={group}
                // Beside a visit of that day, it would be untrue that none was recorded
                unlinked={
                  day.groups.some((one) => one.visit)
                    ? 'Not linked to a visit'
                    : 'No visit recorded'
                }
              />
            ))
          ) : (
            <Waiting rows={index.rows} />
          )}
        </div>
      </div>
    </div>
  );
});

function Group({
  group: { visit, source, rows },
  unlinked,
}: {
  group: TimelineGroup;
  unlinked: string;
}) {
  return (
    <div role="group" aria-label={visit?.title ?? `${source.name}, ${unlinked.toLowerCase()}`}>
      <div className="flex min-h-[29px] items-center gap-4">
        {visit ? (
          <RecordLink id={visit.id} className="font-medium">
            {visit.clinician ? `${visit.title}, ${visit.clinician}` : visit.title}
            {visit.note && (
              <span className="ml-1 text-13 font-normal text-ink2"> {visit.note}</span>
            )}
          </RecordLink>
        ) : (
          <span className="text-13 text-ink2">{unlinked}</span>
        )}
        <span className="ml-auto hidden max-w-[45%] shrink-0 desk:block">
          <SourceName mark={source.mark} name={source.name} />
        </span>
      </div>
      <p className="-mt-0.5 mb-1 desk:hidden">
        <SourceName mark={source.mark} name={source.name} />
      </p>
      <ul>
        {rows.map((row) => (
          <li key={row.id}>
            <Row row={row} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function Row({ row }: { row: TimelineRow }) {
  return (
    <RecordLink
      id={row.id}
      className="flex min-h-11 items-start gap-2.5 py-[11px] desk:min-h-[29px] desk:py-[3.5px]"
    >
      <KindIcon kind={row.kind} />
      <span className="flex min-w-0 flex-1 flex-wrap items-baseline justify-end gap-x-3">
        <span
          className={`flex-[1_1_40%] desk:flex-[1_1_12rem] [overflow-wrap:anywhere] ${row.enteredInError ? 'text-ink2 line-through' : ''}`}
        >
          {row.title}
          {row.note && <span className="ml-1 text-13 text-ink2"> {row.note}</span>}
        </span>
        <Value row={row} />
      </span>
      {row.flag && !row.enteredInError && (
        <span className="shrink-0 text-right desk:w-[4.25rem]">
          <Flag flag={row.flag} />
        </span>
      )}
    </RecordLink>
  );
}

function Value({ row }: { row: TimelineRow }) {
  if (row.enteredInError) return <span className="text-13 text-ink2">entered in error</span>;
  const exact = row.flag !== null || row.unit !== null;
  return (
    <span className="text-right [overflow-wrap:anywhere]">
      {row.value !== null && (
        <span className={exact ? 'font-medium' : 'text-ink2'}>{row.value}</span>
      )}
      {row.unit && <span className="text-ink2"> {row.unit}</span>}
      {row.amended && <span className="text-13 text-ink2"> amended</span>}
      {row.goneAt && <span className="text-13 text-ink2"> no longer reported</span>}
    </span>
  );
}

function RecordLink({
  id,
  className,
  children,
}: {
  id: string;
  className: string;
  children: React.ReactNode;
}) {
  const { personId = '', recordId } = useParams({ strict: false });
  return (
    <Link
      to="/people/$personId/timeline/$recordId"
      params={{ personId, recordId: id }}
      hash={true}
      replace={recordId !== undefined}
      resetScroll={false}
      preload={false}
      data-record={id}
      className={`-mx-2 rounded-item px-2 hover:bg-sunk aria-[current]:bg-sunk aria-[current]:shadow-[inset_3px_0_0_var(--teal)] ${className}`}
    >
      {children}
    </Link>
  );
}

function Waiting({ rows }: { rows: number }) {
  return (
    <div className="appear-late flex flex-col" aria-hidden="true">
      <span className="flex h-[29px] items-center">
        <span className="h-3 w-1/2 rounded-tag bg-band" />
      </span>
      {Array.from({ length: rows }, (_, i) => (
        // The lines are all alike
        <span key={i} className="flex h-11 items-center desk:h-[29px]">
          <span className="h-3 w-1/3 rounded-tag bg-band" />
        </span>
      ))}
    </div>
  );
}
