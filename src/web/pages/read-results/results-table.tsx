// Owns the table of latest results: a body a panel, foldable; one line an analyte.

import { ChevronDown, ChevronRight } from 'lucide-react';
import { useState } from 'react';
import type { ResultRow } from '../../../http/contract.ts';
import { shortDate } from '../../parts/dates.ts';
import { unflaggedWord } from '../../parts/flags.ts';
import { Flag, FlagShape, SourceMark } from '../../parts/marks.tsx';
import { panelShort, panelWords, type ShownPanel } from './results-filters.ts';
import { valueWrap } from './value-wrap.ts';

/** The table. `narrow` leaves out what the open sheet shows anyway. */
export function ResultsTable({
  panels,
  open,
  narrow,
  onOpen,
}: {
  panels: ShownPanel[];
  open: string | null;
  narrow: boolean;
  onOpen: (key: string) => void;
}) {
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const toggle = (name: string) => {
    const next = new Set(folded);
    if (!next.delete(name)) next.add(name);
    setFolded(next);
  };
  const wide = narrow ? 'hidden' : 'hidden desk:table-cell';
  return (
    <table className="w-full border-line2 desk:border-b">
      <caption className="sr-only">Latest result of each analyte, by panel</caption>
      <Head wide={wide} />
      {panels.map(({ name, rows, alone }) => {
        const isFolded = folded.has(name);
        return (
          <tbody key={name} className="border-t border-line2">
            {!alone && (
              <PanelHead
                name={name}
                rows={rows}
                folded={isFolded}
                narrow={narrow}
                onToggle={() => toggle(name)}
              />
            )}
            {!isFolded &&
              rows.map((row) => (
                <Line
                  key={row.key}
                  row={row}
                  wide={wide}
                  isOpen={row.key === open}
                  onOpen={() => onOpen(row.key)}
                />
              ))}
          </tbody>
        );
      })}
    </table>
  );
}

function Head({ wide }: { wide: string }) {
  return (
    <thead className="hidden text-12 text-ink2 desk:table-header-group">
      <tr className="border-b border-line2 [&>th]:py-1.5 [&>th]:font-normal">
        <th scope="col" className="pl-9 text-left">
          Name
        </th>
        <th scope="col" className="text-right">
          Latest
        </th>
        <th scope="col" className="w-28 pl-3 text-left">
          Unit
        </th>
        <th scope="col" className="w-36 text-left">
          Flag
        </th>
        <th scope="col" className={`text-left ${wide}`}>
          Reference range
        </th>
        <th scope="col" className={`text-right ${wide}`}>
          Date
        </th>
        <th scope="col" className={`w-24 pl-4 text-left ${wide}`}>
          Sources
        </th>
      </tr>
    </thead>
  );
}

function PanelHead({
  name,
  rows,
  folded,
  narrow,
  onToggle,
}: {
  name: string;
  rows: ResultRow[];
  folded: boolean;
  narrow: boolean;
  onToggle: () => void;
}) {
  const Icon = folded ? ChevronRight : ChevronDown;
  return (
    <tr>
      <th scope="rowgroup" colSpan={7} className="p-0 text-left font-normal">
        <button
          type="button"
          aria-expanded={!folded}
          onClick={onToggle}
          className="flex min-h-12 w-full items-center gap-3 text-left desk:min-h-10"
        >
          <Icon size={16} strokeWidth={1.6} aria-hidden className="shrink-0 text-ink2 desk:ml-2" />
          <span className="min-w-0 font-medium">{name}</span>
          <span className="hidden text-13 text-ink2 desk:inline">{panelWords(rows, folded)}</span>
          <span className="ml-auto shrink-0 text-13 text-ink2 desk:hidden">
            {panelShort(rows, folded)}
          </span>
          {folded && !narrow && <Dots rows={rows} />}
        </button>
      </th>
    </tr>
  );
}

// What the fold hides, at a glance: a dot an analyte, a mark where one is out.
function Dots({ rows }: { rows: ResultRow[] }) {
  return (
    <span aria-hidden="true" className="ml-auto hidden items-center gap-1 pr-2 desk:flex">
      {rows
        .slice(0, 24)
        .map((r) =>
          r.latest.flag ? (
            <FlagShape key={r.key} flag={r.latest.flag} />
          ) : (
            <span key={r.key} className="size-1 rounded-full bg-line3" />
          ),
        )}
    </span>
  );
}

function Line({
  row,
  wide,
  isOpen,
  onOpen,
}: {
  row: ResultRow;
  wide: string;
  isOpen: boolean;
  onOpen: () => void;
}) {
  const { unit, flag, range, date, amended, goneAt } = row.latest;
  return (
    <tr
      onClick={(e) => {
        // The whole row opens, the name's button is what the keyboard reaches.
        if (!(e.target instanceof HTMLButtonElement)) onOpen();
      }}
      className={`cursor-pointer border-t border-line hover:bg-sunk ${isOpen ? 'bg-sunk' : ''}`}
    >
      <th
        scope="row"
        className="py-1.5 text-left align-top font-normal desk:align-middle desk:h-[39px] desk:py-0 desk:pl-9"
      >
        <button
          type="button"
          data-analyte={row.key}
          aria-expanded={isOpen}
          onClick={onOpen}
          className="block min-h-6 text-left [overflow-wrap:anywhere] underline-offset-4 hover:underline"
        >
          {row.name}
        </button>
        <span className="block text-13 text-ink2 [overflow-wrap:anywhere] desk:hidden">
          {range ?? 'no range given'}
        </span>
      </th>
      <LatestCell latest={row.latest} />
      <td className="hidden pl-3 text-13 text-ink2 [overflow-wrap:anywhere] desk:table-cell">
        {unit}
      </td>
      <td className="hidden text-13 text-ink2 desk:table-cell">
        {flag && <Flag flag={flag} />}
        {amended && <span className={flag ? 'pl-2' : ''}>amended</span>}
        {goneAt && <span className={flag || amended ? 'pl-2' : ''}>no longer reported</span>}
      </td>
      <td className={`text-13 text-ink2 [overflow-wrap:anywhere] ${wide}`}>
        {range ?? 'none given'}
      </td>
      <td className={`text-right whitespace-nowrap text-ink2 ${wide}`}>{shortDate(date)}</td>
      <td className={`space-x-1.5 pl-4 ${wide}`}>
        {row.sources.map(({ id, name, mark }) => (
          <SourceMark key={id} mark={mark} name={name} />
        ))}
      </td>
    </tr>
  );
}

// On a small screen it holds what columns of their own hold on a desk.
function LatestCell({ latest }: { latest: ResultRow['latest'] }) {
  const { value, unit, flag, range, date, earlier } = latest;
  return (
    <td
      className={`py-1.5 pl-3 text-right align-top desk:py-0 desk:align-middle ${valueWrap(latest)}`}
    >
      {earlier && (
        <>
          <span className="sr-only">was </span>
          <del className="text-13 text-ink2">{earlier.value}</del>{' '}
        </>
      )}
      <span className="font-semibold">{value}</span>
      {unit && <span className="text-13 text-ink2 desk:hidden"> {unit}</span>}
      <span className="block text-13 text-ink2 desk:hidden">
        {flag ? <Flag flag={flag} /> : range === null ? shortDate(date) : unflaggedWord(range)}
      </span>
    </td>
  );
}
