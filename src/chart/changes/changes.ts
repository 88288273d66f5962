// Owns reading what changed in a person's chart: in sum, and record by record with old and new. Only as far as the chart
// has come, so that what is counted can be opened. What a change is, is records/changes.

import { sql } from 'kysely';
import type { Sight } from '../../access/policy.ts';
import type { Db, Tables } from '../../platform/db/db.ts';
import { ownTurn } from '../../platform/own-turn.ts';
import {
  type ChangeKind,
  isFirst,
  type JudgedSpan,
  judgeSpan,
  type Span,
  withChanged,
} from '../../records/changes.ts';
import type { Kind } from '../describe/described.ts';
import { kindsSeen } from '../sight.ts';
import { type LineRow, lineRow } from '../timeline/timeline.ts';
import type { FieldDifference } from './differences.ts';
import { differencesBetween } from './history.ts';

export type Tally = { readonly [change in ChangeKind]: number };

export type ChangeSums = {
  readonly sum: Tally;
  /** Of the kinds of which something changed; what was received first is not counted here. */
  readonly kinds: readonly (Tally & { readonly kind: Kind })[];
  /** What was received first: how much of it, from where, and when the last of it came. */
  readonly first: readonly {
    readonly source: string;
    readonly at: string;
    readonly records: number;
  }[];
  /** What has no place in the chart: people, places, bills. */
  readonly background: Tally;
};

/** A record that changed; what was received first is none. */
export type Change = LineRow & {
  readonly change: Exclude<ChangeKind, 'first'>;
  readonly day: string | null;
  readonly source: string;
  /** When it came, or was found to be gone. */
  readonly at: string;
  readonly differences: readonly FieldDifference[];
};

/** Names the last row of a page. */
export type Cursor = { readonly rank: number; readonly seq: number };

/** How far a person's chart has come in their feed, and whether that is all there is. */
export async function chartReach(
  db: Db,
  personId: string,
): Promise<{ position: number; isWhole: boolean }> {
  const state = await db
    .selectFrom('chart_state')
    .select('position')
    .where('person_id', '=', personId)
    .executeTakeFirst();
  const position = state?.position ?? 0;
  const ahead = await Promise.all(
    (['resource_version', 'resource_notice'] as const).map((table) =>
      db
        .selectFrom(table)
        .select('seq')
        .where('person_id', '=', personId)
        .where('seq', '>', position)
        .limit(1)
        .executeTakeFirst(),
    ),
  );
  return { position, isWhole: ahead.every((row) => row === undefined) };
}

/** How many records changed, and how. */
export async function sumChanges(db: Db, part: Span, sight: Sight): Promise<ChangeSums> {
  const span = await judgeSpan(db, part);
  const changed = await sql<Summed>`${withChanged(span)}
    select change, row.kind, row.source_id, max(came_at) as at, count(*) as n
    from changed left join chart_row as row
      on row.person_id = ${span.person} and row.resource_id = changed.resource_id
    group by change, row.kind, row.source_id`.execute(db);
  const rows = [...changed.rows, ...(await sumFirst(db, span))];
  const seen = kindsSeen(sight);
  const inChart = rows.flatMap(({ kind, ...row }) =>
    kind !== null && (seen === null || seen.includes(kind)) ? [{ ...row, kind }] : [],
  );
  const later = inChart.filter(({ change }) => change !== 'first');
  const first = inChart.filter(({ change }) => change === 'first');
  return {
    sum: tallyOf(inChart),
    kinds: [...Map.groupBy(later, ({ kind }) => kind)]
      .map(([kind, held]) => ({ kind, ...tallyOf(held) }))
      .sort((a, b) => all(b) - all(a) || (a.kind < b.kind ? -1 : 1)),
    first: [...Map.groupBy(first, ({ source_id }) => source_id ?? '')].map(([source, held]) => ({
      source,
      at: held.map(({ at }) => at).reduce((a, b) => (a > b ? a : b)),
      records: tallyOf(held).first,
    })),
    background: tallyOf(seen === null ? rows.filter(({ kind }) => kind === null) : []),
  };
}

type Summed = {
  change: ChangeKind;
  kind: Kind | null;
  source_id: string | null;
  at: string;
  n: number;
};

/** So much of the feed at once that the main loop does not stand still over a first sync of a hundred thousand. */
const seqsPerTurn = 10_000;

async function sumFirst(db: Db, span: JudgedSpan): Promise<Summed[]> {
  const found: Summed[] = [];
  for (let after = span.after; after < span.upTo; after += seqsPerTurn) {
    await ownTurn();
    const part = { ...span, after, upTo: Math.min(after + seqsPerTurn, span.upTo) };
    const { rows } = await sql<Summed>`
      select 'first' as change, row.kind, row.source_id, max(v.received_at) as at, count(*) as n
      from resource_version as v left join chart_row as row
        on row.person_id = v.person_id and row.resource_id = v.resource_id
      where v.person_id = ${span.person} and ${isFirst(part)}
      group by row.kind, row.source_id`.execute(db);
    found.push(...rows);
  }
  return found;
}

/**
 * A page of the records that changed: those that changed before those that are new, the latest first. A result that is
 * new with its panel is told by the panel.
 */
export async function readChanges(
  db: Db,
  part: Span,
  sight: Sight,
  page: { after: Cursor | null; limit: number },
): Promise<{ rows: Change[]; next: Cursor | null }> {
  const span = await judgeSpan(db, part);
  const { rank, seq } = page.after ?? { rank: -1, seq: 0 };
  const seen = kindsSeen(sight);
  const { rows } = await sql<ChangedChartRow>`${withChanged(span)},
    ranked as (
      select changed.*, case change
        when 'changed' then 0 when 'gone' then 1 when 'back' then 2 else 3 end as rank
      from changed)
    select row.*, ranked.* from ranked join chart_row as row
      on row.person_id = ${span.person} and row.resource_id = ranked.resource_id
    where (rank > ${rank} or rank = ${rank} and ranked.seq < ${seq})
      ${seen === null ? sql`` : sql`and row.kind in (${sql.join([...seen])})`}
      and (change <> 'new' or row.panel_id is null or not exists (
        select 1 from changed as panel
        where panel.resource_id = row.panel_id and panel.change = 'new'))
    order by rank, ranked.seq desc limit ${page.limit + 1}`.execute(db);
  const shown = rows.slice(0, page.limit);
  const last = rows.length > page.limit ? shown.at(-1) : undefined;
  const changes: Change[] = [];
  for (const row of shown) changes.push(await changeOf(db, row, sight));
  return { rows: changes, next: last ? { rank: last.rank, seq: last.seq } : null };
}

type ChangedChartRow = Tables['chart_row'] & {
  change: Change['change'];
  came_at: string;
  rank: number;
  seq: number;
  first_no: number | null;
  last_no: number | null;
};

async function changeOf(db: Db, row: ChangedChartRow, sight: Sight): Promise<Change> {
  return {
    ...lineRow(row),
    change: row.change,
    day: row.day,
    source: row.source_id,
    at: row.came_at,
    differences: row.change === 'new' ? [] : await differencesIn(db, row, sight),
  };
}

/** Between the version before the span and the last one in it. */
async function differencesIn(
  db: Db,
  { resource_id: id, type, first_no, last_no }: ChangedChartRow,
  sight: Sight,
): Promise<FieldDifference[]> {
  if (first_no === null || last_no === null || first_no === 1) return [];
  return differencesBetween(db, { id, type }, [first_no - 1, last_no], sight);
}

function tallyOf(rows: readonly { change: ChangeKind; n: number }[]): Tally {
  const of = (change: ChangeKind) =>
    rows.reduce((sum, row) => (row.change === change ? sum + Number(row.n) : sum), 0);
  return {
    first: of('first'),
    new: of('new'),
    changed: of('changed'),
    gone: of('gone'),
    back: of('back'),
  };
}

function all(tally: Tally): number {
  return tally.new + tally.changed + tally.gone + tally.back;
}
