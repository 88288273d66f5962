// Owns telling what a portal reports no longer: after a run that asked everything and was answered in full, for each
// type by itself. It is marked with the date and stays; if it comes again, the mark goes. Each is a notice in the feed.

import type { Selectable } from 'kysely';
import { isoTime } from '../platform/clock.ts';
import type { Db, Tables, Transaction } from '../platform/db/db.ts';
import { ownTurn } from '../platform/own-turn.ts';
import { drawNumbers } from './counter.ts';
import { type NumberSet, seenBy } from './seen.ts';
import type { ResourceId, Run } from './types.ts';

const rowsPerTurn = 1_000;

/**
 * Marks what is stored of a run's source and was not seen in it, of the types given: those whose every question was
 * answered in full. What came by a question that was not asked this time may be there still and is left. To be done
 * before the run is finished; done again after a cut, it goes on.
 * @param questions the keys of the questions that were asked
 */
export async function markGone(
  db: Db,
  mark: {
    run: Pick<Run, 'id' | 'source'>;
    types: readonly string[];
    questions: ReadonlySet<string>;
    now: number;
  },
): Promise<void> {
  const seen = await seenBy(db, mark.run.id);
  for (const type of mark.types) {
    let after = { fhirId: '', id: '' };
    for (;;) {
      await ownTurn();
      const rows = await rowsAfter(db, mark.run.source, type, after);
      const last = rows.at(-1);
      if (!last) break;
      after = { fhirId: last.fhir_id, id: last.id };
      const gone = rows.filter((row) => isGone(row, seen, mark.questions));
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

function isGone(row: Row, seen: NumberSet, questions: ReadonlySet<string>): boolean {
  if (row.gone_at !== null || row.seen_by === null) return false;
  return questions.has(row.seen_by) && !seen.has(row.number);
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
  gone: readonly Row[],
  mark: { run: Pick<Run, 'id'>; now: number },
): Promise<void> {
  const resources = gone.map((row) => row.id);
  const at = isoTime(mark.now);
  await trx.updateTable('resource').set({ gone_at: at }).where('id', 'in', resources).execute();
  await notify(trx, 'gone', { resources, run: mark.run.id, at });
  for (const [key, rows] of Map.groupBy(gone, (row) => row.seen_by ?? '')) {
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
