// Owns the sheet of one analyte: its latest value, and every value in a table, each with its raw
// resource one step away.

import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Fragment, useState } from 'react';
import type { ResultHistory } from '../../../http/contract.ts';
import { recordQuery, resultHistoryQuery } from '../../app/queries.ts';
import { longDate, shortDate, weekdayDate } from '../../parts/dates.ts';
import { unflaggedWord } from '../../parts/flags.ts';
import { Earlier } from '../../parts/field-differences.tsx';
import { Flag, SourceMark, SourceName } from '../../parts/marks.tsx';
import { Notice, Skeleton } from '../../parts/page-states.tsx';
import { Sheet } from '../../parts/sheet.tsx';
import { counted } from '../../parts/words.ts';
import { Origin } from '../read-a-record/origin.tsx';
import { valueWrap } from './value-wrap.ts';

type Value = ResultHistory['values'][number];

/** The sheet of one analyte. */
export function ResultSheet({
  personId,
  analyteKey,
  name,
  onClose,
  onStep,
}: {
  personId: string;
  analyteKey: string;
  name: string | null;
  onClose: () => void;
  onStep: (step: 1 | -1) => void;
}) {
  const { data, error, isPending, refetch } = useQuery(resultHistoryQuery(personId, analyteKey));
  const latest = data?.values[0];
  return (
    <Sheet
      title={data?.name ?? name ?? 'Result'}
      shown={analyteKey}
      onClose={onClose}
      onStep={onStep}
      over={latest && <SourceName mark={latest.source.mark} name={latest.source.name} />}
      under={latest && <p className="text-ink2">{weekdayDate(latest.date)}</p>}
    >
      <div className="px-5 pb-8 desk:px-7">
        {isPending && <Skeleton label="Loading the values" />}
        {error && !data && <Notice error={error} onRetry={() => void refetch()} />}
        {latest && <Latest value={latest} />}
        {data && <Values key={analyteKey} personId={personId} values={data.values} />}
      </div>
    </Sheet>
  );
}

function Latest({ value: v }: { value: Value }) {
  return (
    <div className="mb-5">
      <p className="flex flex-wrap items-baseline gap-x-2.5">
        <span className="text-36 font-medium [overflow-wrap:anywhere]">{v.value}</span>
        {v.unit && <span className="text-18 text-ink2 [overflow-wrap:anywhere]">{v.unit}</span>}
        {v.flag ? (
          <Flag flag={v.flag} />
        ) : (
          v.range && <span className="text-13 text-ink2">{unflaggedWord(v.range)}</span>
        )}
      </p>
      <p className="text-13 text-ink2">{judgement(v)}</p>
      {v.earlier && (
        <p>
          <Earlier earlier={v.earlier} />
        </p>
      )}
    </div>
  );
}

function judgement(v: Value): string {
  if (v.range === null) return 'No reference range was given with it';
  if (v.flagBy === 'range')
    return `Reference range ${v.range}; the flag is by this range, the lab set none`;
  return `Reference range ${v.range}`;
}

function Values({ personId, values }: { personId: string; values: Value[] }) {
  const [open, setOpen] = useState<string | null>(values[0]?.recordId ?? null);
  return (
    <table className="w-full border-t-[1.5px] border-rule">
      <caption className="py-2 text-left text-13 text-ink2">
        {counted(values.length, 'value')}, newest first
      </caption>
      <thead className="text-12 text-ink2">
        <tr className="border-b border-line2 [&>th]:py-1 [&>th]:font-normal">
          <th scope="col" className="text-left">
            Date
          </th>
          <th scope="col" className="text-right">
            Value
          </th>
          <th scope="col" className="pl-3 text-left">
            Flag
          </th>
          <th scope="col" className="text-left">
            Range
          </th>
          <th scope="col" className="w-5">
            <span className="sr-only">Source</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {values.map((v) => (
          <Fragment key={v.recordId}>
            <ValueRow
              value={v}
              isOpen={v.recordId === open}
              onToggle={() => setOpen(v.recordId === open ? null : v.recordId)}
            />
            {v.recordId === open && (
              <tr className="bg-sunk">
                <td colSpan={5} className="px-3 pb-2">
                  <ValueOrigin personId={personId} value={v} />
                </td>
              </tr>
            )}
          </Fragment>
        ))}
      </tbody>
    </table>
  );
}

function ValueRow({
  value: v,
  isOpen,
  onToggle,
}: {
  value: Value;
  isOpen: boolean;
  onToggle: () => void;
}) {
  return (
    <tr className={`border-t border-line ${isOpen ? 'bg-sunk' : ''}`}>
      <th scope="row" className="text-left font-normal">
        <button
          type="button"
          aria-expanded={isOpen}
          onClick={onToggle}
          className="min-h-11 text-left whitespace-nowrap text-teal underline-offset-4 hover:underline desk:min-h-[34px]"
        >
          {shortDate(v.date)}
        </button>
      </th>
      <td className={`text-right ${valueWrap(v)}`}>
        {v.earlier && (
          <>
            <span className="sr-only">was </span>
            <del className="block text-13 text-ink2 desk:inline">{v.earlier.value}</del>{' '}
          </>
        )}
        <span className="font-medium">{v.value}</span>
        {v.unit && <span className="text-13 text-ink2"> {v.unit}</span>}
      </td>
      <td className="px-3 text-13 text-ink2">
        {v.flag ? <Flag flag={v.flag} /> : v.range === null ? '' : 'in range'}
      </td>
      <td
        className={`text-13 text-ink2 ${(v.range ?? '').length < 14 ? 'whitespace-nowrap' : '[overflow-wrap:anywhere]'}`}
      >
        {v.range ?? 'none given'}
      </td>
      <td className="text-right">
        <SourceMark mark={v.source.mark} name={v.source.name} />
      </td>
    </tr>
  );
}

function ValueOrigin({ personId, value: v }: { personId: string; value: Value }) {
  const { data, error, refetch } = useQuery(recordQuery(personId, v.recordId));
  return (
    <div className="flex flex-col gap-0.5 text-13">
      <p className="flex items-center justify-between gap-3">
        <SourceName mark={v.source.mark} name={v.source.name} />
        <Link
          to="/people/$personId/timeline/$recordId"
          params={{ personId, recordId: v.recordId }}
          className="inline-flex min-h-11 shrink-0 items-center text-teal underline-offset-4 hover:underline desk:min-h-7"
        >
          On the timeline
        </Link>
      </p>
      {v.amended && <p className="text-ink2">The lab amended this after first sending it.</p>}
      {v.earlier && (
        <p>
          <Earlier earlier={v.earlier} />
        </p>
      )}
      {v.goneAt && (
        <p className="text-ink2">
          The portal has not reported this since {longDate(v.goneAt.slice(0, 10))}.
        </p>
      )}
      {error && <Notice error={error} onRetry={() => void refetch()} />}
      {data && (
        <Origin
          personId={personId}
          recordId={v.recordId}
          receivedAt={data.receivedAt}
          versions={data.versions}
          receiptId={data.receiptId}
        />
      )}
    </div>
  );
}
