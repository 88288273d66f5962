// Owns reading the timeline: an index of the whole line, and the days of it that are looked at.

import type { ExpressionBuilder } from 'kysely';
import type { Sight } from '../../access/policy.ts';
import type { Db, Tables } from '../../platform/db/db.ts';
import type { Flag, Kind } from '../describe/described.ts';
import { isSeen, kindsSeen } from '../sight.ts';

export type TimelineFilter = {
  readonly kinds: readonly Kind[];
  readonly sources: readonly string[];
  readonly flagged: boolean;
};

export type IndexDay = {
  readonly day: string | null;
  readonly rows: number;
  readonly groups: number;
};

export type LineRow = {
  readonly id: string;
  readonly kind: Kind;
  readonly title: string;
  readonly note: string | null;
  readonly value: string | null;
  readonly unit: string | null;
  readonly flag: Flag | null;
  readonly enteredInError: boolean;
  readonly amended: boolean;
  /** Since when its portal reports it no longer. */
  readonly goneAt: string | null;
};

export type LineGroup = {
  readonly visit: {
    readonly id: string;
    readonly title: string;
    readonly note: string | null;
    readonly clinician: string | null;
  } | null;
  readonly source: string;
  readonly rows: LineRow[];
};

/** Days, newest first, the undated last; with the counts that the filters show. */
export async function timelineIndex(
  db: Db,
  personId: string,
  filter: TimelineFilter,
  sight: Sight,
) {
  const days = await db
    .selectFrom('chart_row as row')
    .select((eb) => [
      'row.day',
      eb.fn.sum<number>(eb.case().when('row.kind', '=', 'visit').then(0).else(1).end()).as('rows'),
      eb.fn.count<number>('row.group_key').distinct().as('groups'),
    ])
    .where((eb) => shown(eb, personId, filter, sight))
    .groupBy('row.day')
    .execute();
  const all = (eb: ExpressionBuilder<Tables & { row: Tables['chart_row'] }, 'row'>) =>
    shown(eb, personId, NO_FILTER, sight);
  const kinds = await db
    .selectFrom('chart_row as row')
    .select((eb) => ['row.kind', eb.fn.countAll<number>().as('count')])
    .where(all)
    .groupBy('row.kind')
    .execute();
  const sources = await db
    .selectFrom('chart_row as row')
    .select((eb) => ['row.source_id', eb.fn.countAll<number>().as('count')])
    .where(all)
    .groupBy('row.source_id')
    .execute();
  const flagged = await db
    .selectFrom('chart_row as row')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where(all)
    .where('row.flag', 'is not', null)
    .executeTakeFirstOrThrow();
  return {
    days: days
      .map((d) => ({ day: d.day, rows: Number(d.rows), groups: Number(d.groups) }))
      .sort(newestFirst),
    kinds: kinds
      .map((k) => ({ kind: k.kind, count: Number(k.count) }))
      .sort((a, b) => b.count - a.count),
    sources: sources.map((s) => ({ id: s.source_id, count: Number(s.count) })),
    flagged: Number(flagged.count),
  };
}

/** The groups of some days. A visit is the head of what belongs to it on its own day. */
export async function timelineDays(
  db: Db,
  personId: string,
  days: readonly (string | null)[],
  filter: TimelineFilter,
  sight: Sight,
) {
  const dated = days.filter((day) => day !== null);
  const rows = await db
    .selectFrom('chart_row as row')
    .selectAll()
    .where((eb) => shown(eb, personId, filter, sight))
    .where((eb) =>
      eb.or([
        ...(dated.length ? [eb('row.day', 'in', dated)] : []),
        ...(days.includes(null) ? [eb('row.day', 'is', null)] : []),
      ]),
    )
    .orderBy('row.instant')
    .orderBy('row.kind')
    .orderBy('row.title')
    .orderBy('row.resource_id')
    .execute();
  const heads = isSeen(sight, 'visit') ? rows.map((row) => row.group_key) : [];
  const visits = await visitsOf(db, personId, [...new Set(heads)]);
  const byDay = Map.groupBy(rows, (row) => row.day);
  return days.map((day) => {
    const byGroup = Map.groupBy(byDay.get(day) ?? [], (row) => row.group_key);
    return { day, groups: [...byGroup].map(([key, held]) => groupOf(visits.get(key), held)) };
  });
}

/** What is read first in a visit; what was entered in error comes last. */
const ORDER: readonly Kind[] = [
  'condition',
  'panel',
  'result',
  'vital',
  'medication',
  'immunization',
  'procedure',
  'allergy',
  'plan',
  'goal',
  'care-team',
  'device',
  'order',
  'document',
  'other',
];

/** For sorting rows into the order in which they are read. */
export function placeOf(row: Pick<ChartRow, 'kind' | 'entered_in_error'>): number {
  return ORDER.indexOf(row.kind) + row.entered_in_error * ORDER.length;
}

type ChartRow = Awaited<ReturnType<typeof visitRows>>[number];

function groupOf(visit: ChartRow | undefined, held: readonly ChartRow[]): LineGroup {
  return {
    visit: visit
      ? {
          id: visit.resource_id,
          title: visit.title,
          note: visit.note,
          clinician: visit.clinician,
        }
      : null,
    source: held[0]?.source_id ?? '',
    rows: held
      .filter((row) => row.kind !== 'visit')
      .sort((a, b) => placeOf(a) - placeOf(b))
      .map(lineRow),
  };
}

export function lineRow(row: Omit<ChartRow, 'person_id'>): LineRow {
  return {
    id: row.resource_id,
    kind: row.kind,
    title: row.title,
    note: row.note,
    value: row.value,
    unit: row.unit,
    flag: row.flag,
    enteredInError: row.entered_in_error === 1,
    amended: row.amended === 1,
    goneAt: row.gone_at,
  };
}

async function visitsOf(
  db: Db,
  personId: string,
  keys: readonly string[],
): Promise<Map<string, ChartRow>> {
  if (keys.length === 0) return new Map();
  const rows = await visitRows(db, personId, keys);
  return new Map(rows.map((row) => [row.resource_id, row]));
}

function visitRows(db: Db, personId: string, keys: readonly string[]) {
  return db
    .selectFrom('chart_row')
    .selectAll()
    .where('person_id', '=', personId)
    .where('resource_id', 'in', keys)
    .where('kind', '=', 'visit')
    .execute();
}

const NO_FILTER: TimelineFilter = { kinds: [], sources: [], flagged: false };

/** A person's rows that stand for themselves and pass the filter. Parts of a panel are shown by the panel. */
function shown(
  eb: ExpressionBuilder<Tables & { row: Tables['chart_row'] }, 'row'>,
  personId: string,
  filter: TimelineFilter,
  sight: Sight,
) {
  const seen = kindsSeen(sight);
  return eb.and([
    eb('row.person_id', '=', personId),
    eb('row.panel_id', 'is', null),
    ...(seen === null ? [] : [eb('row.kind', 'in', seen)]),
    ...(filter.kinds.length ? [eb('row.kind', 'in', filter.kinds)] : []),
    ...(filter.sources.length ? [eb('row.source_id', 'in', filter.sources)] : []),
    ...(filter.flagged ? [eb('row.flag', 'is not', null)] : []),
  ]);
}

/** `2026-10` (day not recorded) comes after the days of its month, as it is shorter. */
function newestFirst(a: IndexDay, b: IndexDay): number {
  if (a.day === b.day) return 0;
  if (a.day === null) return 1;
  if (b.day === null) return -1;
  return a.day < b.day ? 1 : -1;
}
