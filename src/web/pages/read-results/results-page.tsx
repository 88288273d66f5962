// Owns the results of one person: filters, the table by panels, the sheet of an opened analyte.

import { useQuery } from '@tanstack/react-query';
import { useLocation, useNavigate, useParams } from '@tanstack/react-router';
import { Search } from 'lucide-react';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { Results } from '../../../http/contract.ts';
import { resultsQuery } from '../../app/queries.ts';
import { Button, ButtonLink } from '../../parts/button.tsx';
import { Chip, ChipCount } from '../../parts/chip.tsx';
import { FlagShape, SourceMark } from '../../parts/marks.tsx';
import { PageHeading } from '../../parts/page-heading.tsx';
import { FirstPageLink, Notice, Skeleton } from '../../parts/page-states.tsx';
import { usePageTitle } from '../../parts/page-title.ts';
import { counted } from '../../parts/words.ts';
import { ResultSheet } from './result-sheet.tsx';
import {
  filteredPanels,
  type ResultFilters,
  readResultFilters,
  writeResultFilters,
} from './results-filters.ts';
import { ResultsTable } from './results-table.tsx';

/** `/people/:id/results` */
export function ResultsPage() {
  usePageTitle('Results');
  const { personId = '' } = useParams({ strict: false });
  const { data, error, isPending, refetch } = useQuery(resultsQuery(personId));
  const { filters, change, close } = useFilters();
  const { open } = filters;
  const panels = useMemo(() => filteredPanels(data?.panels ?? [], filters), [data, filters]);
  const step = (by: 1 | -1) => {
    const order = panels.flatMap((p) => p.rows.map((r) => r.key));
    const next = open === null ? undefined : order[order.indexOf(open) + by];
    if (next === undefined) return;
    void change({ open: next });
    rowOf(next)?.scrollIntoView({ block: 'nearest' });
  };
  return (
    <div className={`page w-full ${open ? 'wide:pr-[29rem] print:pr-0' : ''}`}>
      <Head data={data} />
      {isPending && <Skeleton lines={12} label="Loading the results" />}
      {error && !data && (
        <Notice error={error} onRetry={() => void refetch()}>
          <FirstPageLink />
        </Notice>
      )}
      {data && data.analytes === 0 && <NoResults />}
      {data && data.analytes > 0 && (
        <>
          <FilterRow
            data={data}
            filters={filters}
            onChange={(next) => void change(next)}
            narrow={open !== null}
          />
          {panels.length === 0 && (
            <NothingFits
              filters={filters}
              onClear={() => void change({ name: '', outside: false })}
            />
          )}
          {panels.length > 0 && (
            <ResultsTable
              panels={panels}
              open={open}
              narrow={open !== null}
              onOpen={(key) => void change({ open: key }, open !== null)}
            />
          )}
        </>
      )}
      {open !== null && (
        <ResultSheet
          personId={personId}
          analyteKey={open}
          name={data?.panels.flatMap((p) => p.rows).find((r) => r.key === open)?.name ?? null}
          onClose={close}
          onStep={step}
        />
      )}
    </div>
  );
}

// The filters stand in the address, after `#`; the open analyte is one of them.
function useFilters() {
  const hash = useLocation({ select: (l) => l.hash });
  const filters = useMemo(() => readResultFilters(hash), [hash]);
  const navigate = useNavigate();
  const change = useCallback(
    (next: Partial<ResultFilters>, replace = true) =>
      navigate({
        to: '.',
        hash: writeResultFilters({ ...filters, ...next }),
        replace,
        resetScroll: false,
      }),
    [navigate, filters],
  );
  const { open } = filters;
  const close = useCallback(
    () =>
      void change({ open: null }).then(() =>
        (rowOf(open) ?? document.getElementById('main'))?.focus(),
      ),
    [change, open],
  );
  return { filters, change, close };
}

function rowOf(key: string | null): HTMLElement | null {
  return key === null ? null : document.querySelector(`[data-analyte="${CSS.escape(key)}"]`);
}

function NothingFits({ filters, onClear }: { filters: ResultFilters; onClear: () => void }) {
  return (
    <div className="py-6">
      <p role="status" className="mb-4 text-ink2">
        {filters.outside && filters.name === ''
          ? 'No latest result is outside its range.'
          : 'No result here fits these filters.'}
      </p>
      <Button onClick={onClear}>Show all</Button>
    </div>
  );
}

function Head({ data }: { data: Results | undefined }) {
  return (
    <div className="mb-3 flex flex-wrap items-baseline gap-x-3 gap-y-1">
      <PageHeading>Results</PageHeading>
      {data && <p className="text-13 text-ink2">{extent(data)}</p>}
    </div>
  );
}

function extent({ analytes, results, sources }: Results): string {
  const from = sources.length > 0 ? ` from ${counted(sources.length, 'source')}` : '';
  return `${counted(analytes, 'analyte')}, ${counted(results, 'result')}${from}`;
}

function FilterRow({
  data,
  filters,
  onChange,
  narrow,
}: {
  data: Results;
  filters: ResultFilters;
  onChange: (next: Partial<ResultFilters>) => void;
  narrow: boolean;
}) {
  return (
    <div className="mb-3 flex flex-wrap items-center gap-x-6 gap-y-2 print:hidden">
      <div className="flex w-full flex-wrap gap-2 desk:w-auto">
        <NameField name={filters.name} onName={(name) => onChange({ name })} />
        <Chip pressed={!filters.outside} onPress={() => onChange({ outside: false })}>
          All
        </Chip>
        <Chip pressed={filters.outside} onPress={() => onChange({ outside: true })}>
          <FlagShape flag="high" />
          Outside range
          <ChipCount n={data.outside} />
        </Chip>
      </div>
      {!narrow && data.sources.length > 0 && (
        <ul
          aria-label="Sources"
          className="hidden flex-wrap gap-x-5 gap-y-1 text-13 text-ink2 desk:ml-auto desk:flex"
        >
          {data.sources.map(({ id, name, mark }) => (
            <li key={id} className="flex items-center gap-2">
              <SourceMark mark={mark} />
              {name}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

// What is typed is kept here too: the address follows a moment later, and no letter is lost to that.
function NameField({ name, onName }: { name: string; onName: (name: string) => void }) {
  const [typed, setTyped] = useState(name);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (document.activeElement !== field.current) setTyped(name);
  }, [name]);
  return (
    <label className="flex h-11 w-full items-center gap-2.5 rounded-box border border-edge bg-surface px-3 has-focus-visible:border-teal has-focus-visible:ring-4 has-focus-visible:ring-teal-tint desk:h-8 desk:w-56">
      <Search size={16} strokeWidth={1.6} aria-hidden className="shrink-0 text-ink3" />
      <input
        ref={field}
        type="search"
        aria-label="Filter by name"
        placeholder="Filter by name"
        autoComplete="off"
        value={typed}
        onChange={(e) => {
          setTyped(e.target.value);
          onName(e.target.value);
        }}
        className="min-w-0 flex-1 bg-transparent text-13 outline-none placeholder:text-ink3"
      />
    </label>
  );
}

function NoResults() {
  return (
    <div className="border-t border-line py-6">
      <p className="mb-4 text-ink2">No laboratory results or vital signs have been received yet.</p>
      <ButtonLink to="/connections">See Connections</ButtonLink>
    </div>
  );
}
