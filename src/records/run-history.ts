// Owns looking back over runs: the open and the latest ended one of each source, sums of many at once, and a run's
// neighbours. It writes nothing.

import type { Db } from '../platform/db/db.ts';
import type { Run, RunId, RunSummary, SourceId } from './types.ts';

/** The open and the latest ended run of each source that has one; whatever lies before is not read. */
export async function latestRuns(
  db: Db,
  sources: readonly SourceId[],
): Promise<Map<SourceId, { open: RunId | null; ended: RunId | null }>> {
  const rows = await db
    .selectFrom('source')
    .select((eb) => {
      const latest = eb
        .selectFrom('sync_run as run')
        .select('run.id')
        .whereRef('run.source_id', '=', 'source.id')
        .orderBy('run.started_at', 'desc')
        .limit(1);
      return [
        'source.id',
        latest.where('run.ended_at', 'is', null).as('open'),
        latest.where('run.ended_at', 'is not', null).as('ended'),
      ];
    })
    .where('source.id', 'in', [...sources])
    .execute();
  return new Map(rows.map(({ id, open, ended }) => [id, { open, ended }]));
}

/** What the question of files asks for: they are of records, and no records. */
const FILES = 'Binary';

/** What some runs, or all of a source, came to; the latest first. */
export async function summariesOf(
  db: Db,
  of: { runs: readonly RunId[] } | { source: SourceId },
): Promise<RunSummary[]> {
  const rows = await db
    .selectFrom('sync_run as run')
    .leftJoin('sync_question as q', 'q.run_id', 'run.id')
    .select((eb) => [
      'run.id',
      'run.ended_at',
      eb.fn.count<number>('q.key').as('asked'),
      eb.fn.count<number>('q.key').filterWhere('q.outcome', '=', 'full').as('full'),
      eb.fn.sum<number | null>('q.new_count').filterWhere('q.type', '!=', FILES).as('fresh'),
      eb.fn.sum<number | null>('q.new_count').filterWhere('q.type', '=', FILES).as('files'),
      eb.fn.sum<number | null>('q.changed').as('changed'),
      eb.fn.sum<number | null>('q.gone').as('gone'),
    ])
    .where((eb) =>
      'runs' in of ? eb('run.id', 'in', [...of.runs]) : eb('run.source_id', '=', of.source),
    )
    .groupBy('run.id')
    .orderBy('run.started_at', 'desc')
    .orderBy('run.id', 'desc')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    endedAt: row.ended_at,
    asked: row.asked,
    answeredInFull: row.full,
    new: row.fresh ?? 0,
    newFiles: row.files ?? 0,
    changed: row.changed ?? 0,
    gone: row.gone ?? 0,
  }));
}

/** The runs of the same source before and after one, in the order in which they were started. */
export async function neighboursOf(
  db: Db,
  run: Pick<Run, 'id' | 'source' | 'startedAt'>,
): Promise<{ previous: RunId | null; next: RunId | null }> {
  const nearest = (than: '<' | '>') =>
    db
      .selectFrom('sync_run')
      .select('id')
      .where('source_id', '=', run.source)
      .where((eb) => eb(eb.refTuple('started_at', 'id'), than, eb.tuple(run.startedAt, run.id)))
      .orderBy('started_at', than === '<' ? 'desc' : 'asc')
      .orderBy('id', than === '<' ? 'desc' : 'asc')
      .limit(1)
      .executeTakeFirst();
  const [previous, next] = await Promise.all([nearest('<'), nearest('>')]);
  return { previous: previous?.id ?? null, next: next?.id ?? null };
}
