// Owns which records changed between two places of the feed, and how: received first, new, changed, no longer reported,
// back. One row a record, within one statement, so that sums are exact however long the list is. It writes nothing.

import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../platform/db/db.ts';
import { latestRuns } from './run-history.ts';
import type { PersonId, RunId, SourceId } from './types.ts';

/** What became of a record. `first`: it came with a file, or before its question had ever been answered in full. */
export type ChangeKind = 'first' | 'new' | 'changed' | 'gone' | 'back';

/** A part of a person's feed: above `after` and up to `upTo`; of some runs alone where they are given. */
export type Span = {
  readonly person: PersonId;
  readonly after: number;
  readonly upTo: number;
  readonly runs?: readonly RunId[];
};

/** A question of a run. */
type Asked = { readonly run_id: string; readonly question_key: string };

/** A part of a feed, with the questions in it that had never been answered in full before: what they bring is no news. */
export type JudgedSpan = Span & { readonly firstAsked: readonly Asked[] };

/** Finds the questions that brought something in a span and had not been answered in full by an earlier sync. */
export async function judgeSpan(db: Db, span: Span): Promise<JudgedSpan> {
  const { person, after, upTo, runs } = span;
  const { rows } = await sql<Asked>`
    select brought.run_id, brought.question_key
    from (
      select distinct run_id, question_key from resource_version
      where person_id = ${person} and seq > ${after} and seq <= ${upTo} and version_no = 1
        ${ofRuns('run_id', runs)}) as brought
    join sync_run as run on run.id = brought.run_id
    where not exists (
      select 1 from sync_run as earlier
      join sync_question as answered
        on answered.run_id = earlier.id and answered.key = brought.question_key
      where earlier.source_id = run.source_id and earlier.started_at < run.started_at
        and answered.outcome = 'full')`.execute(db);
  return { ...span, firstAsked: rows };
}

/**
 * The beginning of a statement, up to the table `changed` that it reads from: a row for each record that changed. What
 * was received first is not among them, whatever became of it since: there may be very many, see `isFirst`.
 *
 * `resource_id`; `change`, a ChangeKind; `seq` and `came_at`, place and time of its latest version or notice; `first_no`
 * and `last_no`, the first and the last of its versions that came, null where only a notice did.
 */
export function withChanged(span: JudgedSpan): RawBuilder<unknown> {
  return sql`with event as (
      ${ownVersions(span)} union all ${notices(span)} union all ${sharedVersions(span)}),
    by_record as (
      select resource_id, max(seq) as seq, max(came_at) as came_at,
        min(version_no) as first_no, max(version_no) as last_no,
        max(seq) filter (where notice = 'gone') as gone_seq,
        max(seq) filter (where notice = 'back') as back_seq
      from event group by resource_id),
    changed as (
      select record.resource_id, record.seq, record.came_at, record.first_no, record.last_no,
        case when coalesce(gone_seq, 0) > coalesce(back_seq, 0) then 'gone'
          when first_no = 1 then 'new'
          when back_seq is not null then 'back'
          else 'changed' end as change
      from by_record as record
      where first_no = 1 or not exists (
        select 1 from resource_version as v
        where v.resource_id = record.resource_id and ${isFirst(span)}))`;
}

/** Whether a version, as `v`, is one by which its record was received first in a span. */
export function isFirst({ after, upTo, runs, firstAsked }: JudgedSpan): RawBuilder<boolean> {
  return sql<boolean>`v.version_no = 1 and v.seq > ${after} and v.seq <= ${upTo}
    and ${cameFirst(firstAsked)} ${ofRuns('v.run_id', runs)}`;
}

/** The last run that ended of each source of a person. */
export async function lastRunsOf(
  db: Db,
  person: PersonId,
): Promise<{ id: RunId; source: SourceId; endedAt: string }[]> {
  const sources = await db.selectFrom('source').select('id').execute();
  const latest = await latestRuns(
    db,
    sources.map(({ id }) => id),
  );
  const rows = await db
    .selectFrom('sync_run')
    .select(['id', 'source_id', 'ended_at'])
    .where(
      'id',
      'in',
      [...latest.values()].flatMap(({ ended }) => ended ?? []),
    )
    .where('person_id', '=', person)
    .execute();
  return rows.map((row) => ({ id: row.id, source: row.source_id, endedAt: row.ended_at ?? '' }));
}

/** The part of a person's feed that some runs wrote, up to `upTo` at most. */
export async function spanOfRuns(
  db: Db,
  { person, runs, upTo }: { person: PersonId; runs: readonly RunId[]; upTo: number },
): Promise<Span> {
  const rows = await db
    .selectFrom('sync_run')
    .select(['since_seq', 'until_seq'])
    .where('id', 'in', [...runs])
    .execute();
  const after = Math.min(upTo, ...rows.map((row) => row.since_seq ?? 0));
  const until = Math.max(after, ...rows.map((row) => row.until_seq ?? upTo));
  return { person, after, upTo: Math.min(until, upTo), runs };
}

function ownVersions({ person, after, upTo, runs, firstAsked }: JudgedSpan): RawBuilder<unknown> {
  return sql`select v.resource_id, v.seq, v.received_at as came_at, v.version_no, null as notice
    from resource_version as v
    where v.person_id = ${person} and v.seq > ${after} and v.seq <= ${upTo}
      and (v.version_no > 1 or not ${cameFirst(firstAsked)}) ${ofRuns('v.run_id', runs)}`;
}

function notices({ person, after, upTo, runs }: Span): RawBuilder<unknown> {
  return sql`select resource_id, seq, at, null, kind
    from resource_notice
    where person_id = ${person} and seq > ${after} and seq <= ${upTo} ${ofRuns('run_id', runs)}`;
}

/** Of what a person reads because theirs refers to it, what changed. That it is there is no news of its own. */
function sharedVersions({ person, after, upTo, runs }: Span): RawBuilder<unknown> {
  return sql`select v.resource_id, v.seq, v.received_at, v.version_no, null
    from shared_reader as reader
    join resource as r on r.source_id = reader.source_id and r.type = reader.type
      and r.fhir_id = reader.fhir_id and coalesce(r.person_id, '') = ''
    join resource_version as v on v.resource_id = r.id
    where reader.person_id = ${person} and v.seq > reader.since_seq and v.version_no > 1
      and v.seq > ${after} and v.seq <= ${upTo} ${ofRuns('v.run_id', runs)}`;
}

/** Whether a version, as `v`, came with a file or by one of these questions. */
function cameFirst(asked: readonly Asked[]): RawBuilder<unknown> {
  if (asked.length === 0) return sql`(v.question_key is null)`;
  const pairs = asked.map(({ run_id, question_key }) => sql`(${run_id}, ${question_key})`);
  return sql`(v.question_key is null or (v.run_id, v.question_key) in (values ${sql.join(pairs)}))`;
}

function ofRuns(column: string, runs: Span['runs']): RawBuilder<unknown> {
  if (runs === undefined) return sql``;
  return runs.length === 0 ? sql`and 1 = 0` : sql`and ${sql.ref(column)} in (${sql.join(runs)})`;
}
