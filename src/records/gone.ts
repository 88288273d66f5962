// Owns telling what a portal reports no longer: after a run that asked for everything and was answered in full, for each
// type by itself. It is marked with the date and stays; if it comes again, the mark goes. Each is a notice in the feed.

import type { Selectable } from 'kysely';
import { isoTime } from '../platform/clock.ts';
import type { Db, Tables, Transaction } from '../platform/db/db.ts';
import { ownTurn } from '../platform/own-turn.ts';
import { drawNumbers } from './counter.ts';
import { seenBy } from './seen.ts';
import type { Question, ResourceId, Run } from './types.ts';

const rowsPerTurn = 1_000;

/** A type of which a run has seen everything. */
export type SeenWhole = {
  readonly type: string;
  /** Those of the run that bring it: they asked for it, or it comes along with what they asked for. */
  readonly questions: readonly Pick<Question, 'key' | 'type'>[];
};

/**
 * Marks what is stored of a run's source and was not seen in it, of the types given. What came along with a type that
 * was not asked for this time may be there still and is left. To be done before the run is finished; done again after
 * a cut, it goes on.
 */
export async function markGone(
  db: Db,
  mark: { run: Pick<Run, 'id' | 'source'>; types: readonly SeenWhole[]; now: number },
): Promise<void> {
  const seen = await seenBy(db, mark.run.id);
  const typeAsked = typesAsked(db, mark.run.source);
  for (const whole of mark.types) {
    let after = { fhirId: '', id: '' };
    for (;;) {
      await ownTurn();
      const rows = await rowsAfter(db, mark.run.source, whole.type, after);
      const last = rows.at(-1);
      if (!last) break;
      after = { fhirId: last.fhir_id, id: last.id };
      const gone = await goneOf(
        rows.filter((row) => row.gone_at === null && !seen.has(row.number)),
        whole,
        typeAsked,
      );
      if (gone.length > 0) await db.transaction().execute((trx) => markSome(trx, gone, mark));
    }
  }
}

/** Takes the mark from what has come again, in the transaction of its chunk. */
export async function markBack(
  trx: Transaction,
  back: { resources: readonly ResourceId[]; run: string; at: string },
): Promise<void> {
  if (back.resources.length === 0) return;
  await trx
    .updateTable('resource')
    .set({ gone_at: null })
    .where('id', 'in', [...back.resources])
    .execute();
  const { resources, run, at } = back;
  await notify(trx, 'back', { resources, run, at });
}

type Row = Pick<
  Selectable<Tables['resource']>,
  'id' | 'fhir_id' | 'number' | 'gone_at' | 'seen_by'
>;

/** A row that is gone, with the question of the run that would have shown it. */
type Gone = Row & { readonly question: string };

/** Of what was not seen, what a question of the run would have shown: the one that brought it last, or its like. */
async function goneOf(
  unseen: readonly Row[],
  { type, questions }: SeenWhole,
  typeAsked: (key: string) => Promise<string | undefined>,
): Promise<Gone[]> {
  const of = (asked: string | undefined) => questions.find((one) => one.type === asked);
  const gone: Gone[] = [];
  for (const row of unseen) {
    if (row.seen_by === null) continue;
    const question =
      questions.find(({ key }) => key === row.seen_by) ??
      of(type) ??
      of(await typeAsked(row.seen_by));
    if (question) gone.push({ ...row, question: question.key });
  }
  return gone;
}

/** What a question of a source asked for when it was last asked, by its key; looked up once for each. */
function typesAsked(db: Db, source: string): (key: string) => Promise<string | undefined> {
  const known = new Map<string, string | undefined>();
  return async (key) => {
    if (!known.has(key)) {
      const row = await db
        .selectFrom('sync_question as question')
        .innerJoin('sync_run as run', 'run.id', 'question.run_id')
        .select('question.type')
        .where('run.source_id', '=', source)
        .where('question.key', '=', key)
        .orderBy('run.started_at', 'desc')
        .limit(1)
        .executeTakeFirst();
      known.set(key, row?.type);
    }
    return known.get(key);
  };
}

async function rowsAfter(
  db: Db,
  source: string,
  type: string,
  after: { fhirId: string; id: string },
): Promise<Row[]> {
  return db
    .selectFrom('resource')
    .select(['id', 'fhir_id', 'number', 'gone_at', 'seen_by'])
    .where('source_id', '=', source)
    .where('type', '=', type)
    .where((eb) => eb(eb.refTuple('fhir_id', 'id'), '>', eb.tuple(after.fhirId, after.id)))
    .orderBy('fhir_id')
    .orderBy('id')
    .limit(rowsPerTurn)
    .execute();
}

async function markSome(
  trx: Transaction,
  gone: readonly Gone[],
  mark: { run: Pick<Run, 'id'>; now: number },
): Promise<void> {
  const resources = gone.map((row) => row.id);
  const at = isoTime(mark.now);
  await trx.updateTable('resource').set({ gone_at: at }).where('id', 'in', resources).execute();
  await notify(trx, 'gone', { resources, run: mark.run.id, at });
  for (const [key, rows] of Map.groupBy(gone, (row) => row.question)) {
    await trx
      .updateTable('sync_question')
      .set((eb) => ({ gone: eb('gone', '+', rows.length) }))
      .where('run_id', '=', mark.run.id)
      .where('key', '=', key)
      .execute();
  }
}

async function notify(
  trx: Transaction,
  kind: 'gone' | 'back',
  { resources, run, at }: { resources: readonly ResourceId[]; run: string; at: string },
): Promise<void> {
  const first = await drawNumbers(trx, resources.length);
  // With the person of each, so that a person's notices are found in order.
  const people = await trx
    .selectFrom('resource')
    .select(['id', 'person_id'])
    .where('id', 'in', [...resources])
    .execute();
  await trx
    .insertInto('resource_notice')
    .values(
      people.map(({ id, person_id }, index) => ({
        seq: first + index,
        resource_id: id,
        person_id,
        kind,
        run_id: run,
        at,
      })),
    )
    .execute();
}
