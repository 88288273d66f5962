// Proves which results pass the filters, and what is said of a panel.

import { describe, expect, it } from 'vitest';
import type { Flag, ResultRow } from '../../../http/contract.ts';
import {
  filteredPanels,
  panelShort,
  panelWords,
  readResultFilters,
  writeResultFilters,
} from './results-filters.ts';

function row(name: string, flag: Flag | null = null, range: string | null = '1–2'): ResultRow {
  return {
    key: name,
    name,
    code: null,
    category: 'laboratory',
    latest: {
      recordId: name,
      value: '6.1',
      unit: '%',
      flag,
      flagBy: null,
      range,
      date: null,
      amended: false,
      goneAt: null,
      earlier: null,
    },
    count: 1,
    sources: [],
  };
}
const panels = [
  { name: 'Blood count', rows: [row('Hemoglobin', 'low'), row('Hématocrit')] },
  { name: 'Thyroid', rows: [row('TSH')] },
];

describe('the filters of results', () => {
  it('are read as they were written', () => {
    const f = { name: 'iron & ferritin #1', outside: true, open: 'loinc|718-7' };
    expect(readResultFilters(`#${writeResultFilters(f)}`)).toEqual(f);
    expect(writeResultFilters({ name: '', outside: false, open: null })).toBe('');
  });

  it('keep what is outside its range', () => {
    const kept = filteredPanels(panels, { name: '', outside: true });
    expect(kept.flatMap((p) => p.rows.map((r) => r.name))).toEqual(['Hemoglobin']);
  });

  it('find names whatever their case and accents, and drop empty panels', () => {
    const kept = filteredPanels(panels, { name: 'HEMA', outside: false });
    expect(kept.map((p) => [p.name, p.rows.map((r) => r.name)])).toEqual([
      ['Blood count', ['Hématocrit']],
    ]);
  });

  it('keep the head of a panel that the filter leaves one row of', () => {
    const [panel] = filteredPanels(panels, { name: 'hemo', outside: false });
    expect(panel?.alone).toBe(false);
    expect(filteredPanels(panels, { name: 'tsh', outside: false })[0]?.alone).toBe(true);
  });
});

describe('what is said of a panel', () => {
  it('names what is out only where the fold hides it', () => {
    const rows = [row('A1c', 'high'), row('Glucose')];
    expect(panelWords(rows, false)).toBe('2 analytes, 1 outside its range');
    expect(panelWords(rows, true)).toBe('2 analytes, 1 outside its range: A1c 6.1 %');
  });

  it('claims that all is in range only where all was judged', () => {
    expect(panelWords([row('A'), row('B')], false)).toBe('2 analytes, all in range');
    expect(panelWords([row('A'), row('B', null, null)], false)).toBe(
      '2 analytes, none outside its range',
    );
    expect(panelWords([row('B', null, null)], false)).toBe('1 analyte');
  });

  it('is short where there is little room', () => {
    const rows = [row('A1c', 'high'), row('Glucose')];
    expect(panelShort(rows, false)).toBe('2 analytes');
    expect(panelShort(rows, true)).toBe('1 of 2 outside');
    expect(panelShort([row('TSH')], true)).toBe('all in range');
    expect(panelShort([row('TSH', null, null)], true)).toBe('1 analyte');
  });
});
