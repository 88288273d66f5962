// Owns the timeline's filters as they stand after `#`, where no server and no log ever sees them.

import type { Kind, TimelineFilter } from '../../../http/contract.ts';
import { kinds } from '../../parts/kinds.ts';

export type Filters = {
  kinds: Kind[];
  sources: string[];
  flagged: boolean;
  /** Shows one year only; applied here, since the index holds every day. */
  year: string | null;
};

/** Nothing filtered. */
export const everything: Filters = { kinds: [], sources: [], flagged: false, year: null };

/** Reads what stands after `#`; what is not understood counts as not said. */
export function readFilters(hash: string): Filters {
  const said = new URLSearchParams(hash.replace(/^#/, ''));
  const list = (name: string) => (said.get(name) ?? '').split(',').filter((s) => s !== '');
  const year = said.get('year');
  return {
    kinds: list('kinds').filter((k): k is Kind => (kinds as string[]).includes(k)),
    sources: list('sources').filter((s) => s.length <= 64),
    flagged: said.get('flagged') === '1',
    year: year !== null && /^\d{4}$/.test(year) ? year : null,
  };
}

/** Writes the filters without `#`; nothing filtered is the empty text. */
export function writeFilters(f: Filters): string {
  const parts = [
    f.kinds.length > 0 && `kinds=${f.kinds.join(',')}`,
    f.sources.length > 0 && `sources=${f.sources.map(encodeURIComponent).join(',')}`,
    f.flagged && 'flagged=1',
    f.year !== null && `year=${f.year}`,
  ];
  return parts.filter((p) => p !== false).join('&');
}

/** The part of the filters that the server applies. */
export function askedOfServer({ kinds, sources, flagged }: Filters): TimelineFilter {
  return { kinds, sources, flagged };
}

/** Whether anything is left out. */
export function isFiltered(f: Filters): boolean {
  return f.kinds.length > 0 || f.sources.length > 0 || f.flagged || f.year !== null;
}
