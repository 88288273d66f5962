// Owns where records come from: making, finding and deleting sources.

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Selectable } from 'kysely';
import { isoTime } from '../platform/clock.ts';
import type { Db, Tables, Transaction } from '../platform/db/db.ts';
import { newId } from '../platform/ids.ts';
import { sweepContents } from './attachment-content.ts';
import { packsOf } from './texts.ts';
import type { Source, SourceId } from './types.ts';

const deletedPerTransaction = 200;

/**
 * Makes a source; with an id of its own unless one is given (a connection and its source share one).
 * An import source's origin is unique: look it up first with `importSourceOf`.
 */
export async function createSource(
  db: Db,
  source: {
    id?: SourceId;
    kind: Source['kind'];
    label: string;
    origin?: string;
    sample: boolean;
    now: number;
  },
): Promise<Source> {
  const row = {
    id: source.id ?? newId(),
    kind: source.kind,
    label: source.label,
    origin: source.origin ?? null,
    sample: source.sample ? 1 : 0,
    created_at: isoTime(source.now),
  };
  await db.insertInto('source').values(row).execute();
  return readSource(row);
}

export async function getSource(db: Db, id: SourceId): Promise<Source | undefined> {
  const row = await db.selectFrom('source').selectAll().where('id', '=', id).executeTakeFirst();
  return row && readSource(row);
}

export async function listSources(db: Db): Promise<Source[]> {
  const rows = await db
    .selectFrom('source')
    .selectAll()
    .orderBy('created_at')
    .orderBy('id')
    .execute();
  return rows.map(readSource);
}

/** The import source whose ids belong to an origin: a server base, `urn:uuid`, … */
export async function importSourceOf(db: Db, origin: string): Promise<Source | undefined> {
  const row = await db
    .selectFrom('source')
    .selectAll()
    .where('kind', '=', 'import')
    .where('origin', '=', origin)
    .executeTakeFirst();
  return row && readSource(row);
}

/**
 * Deletes a source and everything that came from it, of everyone, with its runs and shared readers.
 * In steps of 200 resources; when interrupted, calling it again deletes the rest. The source itself
 * goes last.
 */
export async function deleteSource(db: Db, source: SourceId): Promise<void> {
  while ((await db.transaction().execute((trx) => deleteSome(trx, source))) > 0) await nextTurn();
  while (await db.transaction().execute(sweepContents)) await nextTurn();
  await db.transaction().execute(async (trx) => {
    await trx.deleteFrom('shared_reader').where('source_id', '=', source).execute();
    await trx
      .deleteFrom('shared_reference')
      .where((eb) => eb.or([eb('source_id', '=', source), eb('to_source_id', '=', source)]))
      .execute();
    const runs = trx.selectFrom('sync_run').select('id').where('source_id', '=', source);
    await trx.deleteFrom('sync_question').where('run_id', 'in', runs).execute();
    await trx.deleteFrom('sync_seen').where('run_id', 'in', runs).execute();
    await trx.deleteFrom('sync_run').where('source_id', '=', source).execute();
    await trx.deleteFrom('source').where('id', '=', source).execute();
  });
}

/** A source row as the program's value. */
export function readSource(row: Selectable<Tables['source']>): Source {
  return {
    id: row.id,
    kind: row.kind,
    label: row.label,
    origin: row.origin,
    sample: row.sample === 1,
    createdAt: row.created_at,
  };
}

async function deleteSome(trx: Transaction, source: SourceId): Promise<number> {
  const rows = await trx
    .selectFrom('resource')
    .select('id')
    .where('source_id', '=', source)
    .limit(deletedPerTransaction)
    .execute();
  const ids = rows.map((row) => row.id);
  if (ids.length === 0) return 0;
  const versions = await trx
    .selectFrom('resource_version')
    .select('seq')
    .where('resource_id', 'in', ids)
    .execute();
  const packs = await packsOf(
    trx,
    versions.map(({ seq }) => seq),
  );
  await trx.deleteFrom('attachment').where('resource_id', 'in', ids).execute();
  await trx.deleteFrom('resource_version').where('resource_id', 'in', ids).execute();
  await deleteEmpty(trx, packs);
  await trx.deleteFrom('resource_notice').where('resource_id', 'in', ids).execute();
  await trx.deleteFrom('resource').where('id', 'in', ids).execute();
  return ids.length;
}

/** Deletes those packs of which no version is left. */
async function deleteEmpty(trx: Transaction, packs: readonly { seq: number }[]): Promise<void> {
  await trx
    .deleteFrom('body')
    .where(
      'seq',
      'in',
      packs.map(({ seq }) => seq),
    )
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('resource_version as v')
            .select('v.seq')
            .whereRef('v.seq', '>=', 'body.seq')
            .where('v.seq', '<', (of) => of(of.ref('body.seq'), '+', of.ref('body.count'))),
        ),
      ),
    )
    .execute();
}
