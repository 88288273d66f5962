// Owns the filters of the results as they stand after `#`, and what passes them.

import type { ResultRow, Results } from '../../../http/contract.ts';

export type ResultFilters = {
  /** Typed words, each of which must occur in the analyte's name. */
  name: string;
  outside: boolean;
  /** The analyte whose sheet is open. */
  open: string | null;
};

/** Reads what stands after `#`. */
export function readResultFilters(hash: string): ResultFilters {
  const said = new URLSearchParams(hash.replace(/^#/, ''));
  return {
    name: said.get('name') ?? '',
    outside: said.get('outside') === '1',
    open: said.get('open') || null,
  };
}

/** Writes the filters without `#`. */
export function writeResultFilters(f: ResultFilters): string {
  const said = new URLSearchParams();
  if (f.name !== '') said.set('name', f.name);
  if (f.outside) said.set('outside', '1');
  if (f.open !== null) said.set('open', f.open);
  return said.toString();
}

/** A panel as shown. `alone`: one analyte is all it ever holds, so that it needs no head. */
export type ShownPanel = Results['panels'][number] & { alone: boolean };

/** The panels with the rows that pass; panels without any are left out. */
export function filteredPanels(
  panels: Results['panels'],
  { name, outside }: Pick<ResultFilters, 'name' | 'outside'>,
): ShownPanel[] {
  const words = fold(name)
    .split(/\s+/)
    .filter((w) => w !== '');
  const passes = (row: ResultRow) =>
    (!outside || row.latest.flag !== null) && words.every((w) => fold(row.name).includes(w));
  return panels
    .map((p) => ({ name: p.name, rows: p.rows.filter(passes), alone: p.rows.length === 1 }))
    .filter((p) => p.rows.length > 0);
}

/** `16 analytes, 1 outside its range: Hemoglobin A1c 6.1 %`; names only where the panel is folded. */
export function panelWords(rows: readonly ResultRow[], folded: boolean): string {
  const out = rows.filter((r) => r.latest.flag !== null);
  const many = `${rows.length} ${rows.length === 1 ? 'analyte' : 'analytes'}`;
  if (out.length === 0) {
    const judged = rows.filter((r) => r.latest.range !== null).length;
    if (judged === 0) return many;
    return judged === rows.length ? `${many}, all in range` : `${many}, none outside its range`;
  }
  const said = `${many}, ${out.length} outside ${out.length === 1 ? 'its' : 'their'} range`;
  if (!folded || out.length > 2) return said;
  const named = out.map(({ name, latest: { value, unit } }) =>
    [name, value, unit].filter((s) => s !== null).join(' '),
  );
  return `${said}: ${named.join(', ')}`;
}

/** The same where there is little room: `9 analytes`; folded `all in range` or `1 of 16 outside`. */
export function panelShort(rows: readonly ResultRow[], folded: boolean): string {
  const out = rows.filter((r) => r.latest.flag !== null).length;
  if (folded && out > 0) return `${out} of ${rows.length} outside`;
  if (folded && rows.every((r) => r.latest.range !== null)) return 'all in range';
  return `${rows.length} ${rows.length === 1 ? 'analyte' : 'analytes'}`;
}

function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}
