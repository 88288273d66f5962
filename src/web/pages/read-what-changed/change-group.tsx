// Owns the records of one fate, named in the margin: changed with old and new, no longer reported, reported again, new.

import { Link } from '@tanstack/react-router';
import { useId } from 'react';
import type { ChangeRow } from '../../../http/contract.ts';
import { dayOf, longDate, shortDate } from '../../parts/dates.ts';
import { FieldDifferences } from '../../parts/field-differences.tsx';
import { KindIcon } from '../../parts/kind-icon.tsx';
import { Flag, SourceName } from '../../parts/marks.tsx';
import { figures } from '../../parts/words.ts';
import { groupWords, withinWords } from './changes-words.ts';

/** A group with its name and number at the side. */
export function ChangeGroup({
  personId,
  change,
  rows,
  count,
  isWhole,
  openRecord,
}: {
  personId: string;
  change: ChangeRow['change'];
  rows: ChangeRow[];
  count: number;
  /** Whether all rows of it are here. */
  isWhole: boolean;
  openRecord: string | null;
}) {
  const head = useId();
  const within = isWhole ? withinWords(count - rows.length) : null;
  return (
    <section
      aria-labelledby={head}
      className="section-head gap-x-6 desk:grid desk:grid-cols-[9rem_minmax(0,1fr)]"
    >
      <h2 id={head} className="pb-1 text-13 font-medium">
        {groupWords[change]} <span className="font-normal text-ink2">{figures(count)}</span>
      </h2>
      <ul className="min-w-0">
        {rows.map((row) => (
          <li key={row.id} className="border-b border-line last:border-0">
            <Row personId={personId} row={row} isOpen={row.id === openRecord} />
          </li>
        ))}
        {within && <li className="py-2 text-13 text-ink2">{within}</li>}
      </ul>
    </section>
  );
}

function Row({ personId, row, isOpen }: { personId: string; row: ChangeRow; isOpen: boolean }) {
  return (
    <Link
      to="/people/$personId/changes/$recordId"
      params={{ personId, recordId: row.id }}
      hash={true}
      replace={isOpen}
      resetScroll={false}
      preload={false}
      data-record={row.id}
      className="-mx-2 flex min-h-11 gap-2.5 rounded-item px-2 py-2 hover:bg-sunk aria-[current]:bg-sunk aria-[current]:shadow-[inset_3px_0_0_var(--teal)]"
    >
      <span className="pt-0.5">
        <KindIcon kind={row.kind} />
      </span>
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-baseline gap-x-3">
          <span
            className={`flex-[1_1_12rem] [overflow-wrap:anywhere] ${row.enteredInError ? 'text-ink2 line-through' : ''}`}
          >
            {row.title}
            {row.note && <span className="ml-1 text-13 text-ink2"> {row.note}</span>}
          </span>
          <Value row={row} />
        </p>
        <What row={row} />
        <p className="mt-0.5 flex flex-wrap gap-x-4 text-13 text-ink2">
          <SourceName mark={row.source.mark} name={row.source.name} />
          <span>{row.day === null ? 'date not recorded' : shortDate(row.day)}</span>
        </p>
      </div>
    </Link>
  );
}

function Value({ row }: { row: ChangeRow }) {
  if (row.enteredInError) return <span className="text-13 text-ink2">entered in error</span>;
  return (
    <span className="flex flex-wrap items-baseline gap-x-2 [overflow-wrap:anywhere]">
      {row.value !== null && (
        <span className={row.unit || row.flag ? 'font-medium' : 'text-ink2'}>
          {row.value}
          {row.unit && <span className="font-normal text-ink2"> {row.unit}</span>}
        </span>
      )}
      {row.amended && <span className="text-13 text-ink2">amended</span>}
      {row.flag && <Flag flag={row.flag} />}
    </span>
  );
}

/** What became of it, where that is not said by the name of the group alone. */
function What({ row }: { row: ChangeRow }) {
  if (row.differences.length > 0) return <FieldDifferences differences={row.differences} />;
  const words = {
    new: null,
    changed: 'Nothing that is shown here; its history has what.',
    back: `The portal reports it again since ${longDate(dayOf(row.at))}, as it was.`,
    gone: `Not reported since ${longDate(dayOf(row.at))}. Your copy stays as it last came.`,
  }[row.change];
  return words && <p className="text-13 text-ink2">{words}</p>;
}
