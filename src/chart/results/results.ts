// Owns reading the results: the latest value of each analyte by panel, and the history of one.

import type { Sight } from '../../access/policy.ts';
import type { Db } from '../../platform/db/db.ts';
import { ChartfoldError } from '../../platform/errors.ts';
import { type EarlierValue, earlierValues } from '../changes/earlier.ts';
import { kindsSeen } from '../sight.ts';

export type Latest = {
  readonly recordId: string;
  readonly value: string;
  readonly unit: string | null;
  readonly flag: 'low' | 'high' | 'critical-low' | 'critical-high' | 'abnormal' | null;
  readonly flagBy: 'source' | 'range' | null;
  readonly range: string | null;
  readonly date: string | null;
  readonly amended: boolean;
  readonly goneAt: string | null;
  /** What it was before it was amended; null where it was nothing else, or that never came. */
  readonly earlier: EarlierValue | null;
};
export type Analyte = {
  readonly key: string;
  readonly name: string;
  readonly code: string | null;
  readonly category: 'laboratory' | 'vital-signs' | 'other';
  readonly latest: Latest;
  readonly count: number;
  readonly sources: readonly string[];
};

const VITALS = 'Vital signs';
const SINGLE = 'Single tests';
const OTHER = 'Other observations';

/** Every analyte with its latest value, in the panels they last came in: laboratory first, vital signs, the rest. */
export async function readResults(db: Db, personId: string, sight: Sight) {
  const values = await valuesOf(db, personId, sight);
  const byAnalyte = Map.groupBy(values, (value) => value.analyte);
  const earlier = await earlierOf(
    db,
    [...byAnalyte.values()].flatMap(([last]) => last ?? []),
    sight,
  );
  const panels = new Map<string, Analyte[]>();
  for (const [key, held] of byAnalyte) {
    const last = held[0];
    if (!last) continue;
    const panel = panelOf(held);
    const list = panels.get(panel) ?? [];
    panels.set(panel, list);
    list.push({
      key,
      name: last.name,
      code: last.code,
      category: last.category,
      latest: latestOf(last, earlier),
      count: held.length,
      sources: [...new Set(held.map((value) => value.source_id))],
    });
  }
  // A panel of one analyte is a single test.
  for (const [panel, [only, ...others]] of [...panels]) {
    if (!only || others.length || placeOf(panel) > 0) continue;
    panels.delete(panel);
    panels.set(SINGLE, [...(panels.get(SINGLE) ?? []), only]);
  }
  const named = [...panels].map(([name, rows]) => ({
    name,
    rows: rows.sort((a, b) => a.name.localeCompare(b.name)),
  }));
  return {
    analytes: byAnalyte.size,
    results: values.length,
    panels: named.sort((a, b) => placeOf(a.name) - placeOf(b.name) || a.name.localeCompare(b.name)),
  };
}

/** Every value of one analyte, newest first. @throws `record.not_found` */
export async function readHistory(db: Db, personId: string, analyte: string, sight: Sight) {
  const values = await valuesOf(db, personId, sight, analyte);
  const last = values[0];
  if (!last) throw new ChartfoldError('record.not_found');
  const earlier = await earlierOf(db, values, sight);
  return {
    key: analyte,
    name: last.name,
    values: values.map((value) => ({ ...latestOf(value, earlier), source: value.source_id })),
  };
}

type Value = Awaited<ReturnType<typeof valuesOf>>[number];

/** Newest first; the undated last. */
function valuesOf(db: Db, personId: string, sight: Sight, analyte?: string) {
  const seen = kindsSeen(sight);
  return (
    db
      .selectFrom('chart_result as result')
      .innerJoin('chart_row as row', (join) =>
        join
          .onRef('row.person_id', '=', 'result.person_id')
          .onRef('row.resource_id', '=', 'result.resource_id'),
      )
      .leftJoin('chart_row as panel', (join) =>
        join
          .onRef('panel.person_id', '=', 'row.person_id')
          .onRef('panel.resource_id', '=', 'row.panel_id'),
      )
      .select([
        'result.resource_id',
        'result.analyte',
        'result.name',
        'result.code',
        'result.category',
        'result.value',
        'result.unit',
        'result.flag',
        'result.flag_by',
        'result.range',
        'row.day',
        'row.amended',
        'row.gone_at',
        'row.source_id',
        'panel.title as panel',
      ])
      .where('result.person_id', '=', personId)
      .$if(analyte !== undefined, (query) => query.where('result.analyte', '=', analyte ?? ''))
      .$if(seen !== null, (query) => query.where('row.kind', 'in', seen ?? []))
      // By the day as written, so that no later date stands below an earlier one; then by the instant.
      .orderBy('row.day', (order) => order.desc().nullsLast())
      .orderBy('row.instant', (order) => order.desc().nullsLast())
      .orderBy('result.resource_id')
      .execute()
  );
}

type Earlier = ReadonlyMap<string, EarlierValue>;

function earlierOf(db: Db, values: readonly Value[], sight: Sight): Promise<Earlier> {
  return earlierValues(db, new Map(values.map((value) => [value.resource_id, value])), sight);
}

function latestOf(value: Value, earlier: Earlier): Latest {
  return {
    recordId: value.resource_id,
    value: value.value,
    unit: value.unit,
    flag: value.flag,
    flagBy: value.flag_by,
    range: value.range,
    date: value.day,
    amended: value.amended === 1,
    goneAt: value.gone_at,
    earlier: earlier.get(value.resource_id) ?? null,
  };
}

function panelOf(held: readonly Value[]): string {
  const last = held[0];
  if (last?.category === 'vital-signs') return VITALS;
  const panel = held.find((value) => value.panel !== null)?.panel;
  if (panel) return panel;
  return last?.category === 'laboratory' ? SINGLE : OTHER;
}

function placeOf(panel: string): number {
  return [SINGLE, VITALS, OTHER].indexOf(panel) + 1;
}
