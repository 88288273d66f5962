// Owns the row of chips over the timeline.

import { X } from 'lucide-react';
import type { Kind, TimelineIndex } from '../../../http/contract.ts';
import { Chip, ChipCount } from '../../parts/chip.tsx';
import { kindWord, kinds } from '../../parts/kinds.ts';
import { FlagShape, SourceMark } from '../../parts/marks.tsx';
import { MenuChip } from '../../parts/menu-chip.tsx';
import { everything, type Filters, isFiltered } from './filters.ts';
import type { StripYear } from './timeline-layout.ts';

/** Everything, Kind, Source, Flagged; the year as a chip of its own. */
export function FilterBar({
  index,
  years,
  filters,
  onChange,
}: {
  index: TimelineIndex;
  years: StripYear[];
  filters: Filters;
  onChange: (filters: Filters) => void;
}) {
  return (
    <div
      role="group"
      aria-label="Filter"
      className="-mx-5 flex gap-2 overflow-x-auto px-5 py-1 [scrollbar-width:none] desk:mx-0 desk:flex-wrap desk:overflow-visible desk:px-0"
    >
      <Chip pressed={!isFiltered(filters)} onPress={() => onChange(everything)}>
        Everything
      </Chip>
      <MenuChip
        name="Kind"
        choices={kinds
          .map((kind) => ({ kind, count: index.kinds.find((k) => k.kind === kind)?.count ?? 0 }))
          .filter(({ kind, count }) => count > 0 || filters.kinds.includes(kind))
          .map(({ kind, count }) => ({ id: kind, name: kindWord(kind), count }))}
        chosen={filters.kinds}
        onChoose={(chosen) => onChange({ ...filters, kinds: chosen as Kind[] })}
      />
      <MenuChip
        name="Source"
        choices={index.sources.map(({ id, name, mark, count }) => ({
          id,
          name,
          count,
          mark: <SourceMark mark={mark} />,
        }))}
        chosen={filters.sources}
        onChoose={(sources) => onChange({ ...filters, sources })}
      />
      <Chip
        pressed={filters.flagged}
        onPress={() => onChange({ ...filters, flagged: !filters.flagged })}
      >
        <FlagShape flag="high" />
        Flagged
        <ChipCount n={index.flagged} />
      </Chip>
      <YearChips
        years={years}
        year={filters.year}
        onYear={(year) => onChange({ ...filters, year })}
      />
    </div>
  );
}

// On a desk the strip chooses the year and the chip takes it back; elsewhere a list stands for both.
function YearChips({
  years,
  year,
  onYear,
}: {
  years: StripYear[];
  year: string | null;
  onYear: (year: string | null) => void;
}) {
  return (
    <>
      <span className="contents desk:hidden">
        <MenuChip
          name="Year"
          single
          choices={years
            .filter((y) => y.total > 0)
            .map((y) => ({ id: String(y.year), name: String(y.year), count: y.total }))}
          chosen={year ? [year] : []}
          onChoose={([chosen]) => onYear(chosen ?? null)}
        />
      </span>
      {year && (
        <span className="hidden desk:contents">
          <Chip pressed onPress={() => onYear(null)}>
            {year} only
            <X size={14} strokeWidth={2} aria-hidden />
            <span className="sr-only">, show all years</span>
          </Chip>
        </span>
      )}
    </>
  );
}
