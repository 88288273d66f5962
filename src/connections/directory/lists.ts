// Owns the store of lists: an edition is written beside the one that counts, and takes its place at once when it is
// whole. Everything is done in pieces of some hundred clinics (law L9).

import type { Selectable } from 'kysely';
import { isoTime } from '../../platform/clock.ts';
import { among, bulkTransaction, insertRows } from '../../platform/db/bulk.ts';
import type { Db } from '../../platform/db/db.ts';
import type { ErrorCode } from '../../platform/errors.ts';
import { ownTurn } from '../../platform/own-turn.ts';
import type { DirectoryClinic, Environment } from '../../portals/portal.ts';
import type { ClinicListTable, ListedClinicTable } from './tables.ts';

export type ClinicList = Selectable<ClinicListTable>;
export type ClinicRow = Selectable<ListedClinicTable>;

/** Where a list comes from, and whose clinics it names. */
export type ListSource = {
  readonly source: string;
  readonly vendor: string;
  readonly environment: Environment;
};

/** What was read of a list beside its clinics: whose they are comes with it, as a file may be another vendor's now. */
export type Edition = Pick<ListSource, 'vendor' | 'environment'> & {
  readonly etag: string | null;
  readonly lastModified: string | null;
  readonly clinics: number;
  readonly unreadable: number;
  readonly bytes: number;
};

const AT_ONCE = 200;

export function allLists(db: Db): Promise<ClinicList[]> {
  return db.selectFrom('clinic_list').selectAll().orderBy('id').execute();
}

/** The list of a source as it counts, of whatever vendor; made, with nothing in it, where there is none. */
export async function listOf(db: Db, from: ListSource): Promise<ClinicList> {
  await db
    .insertInto('clinic_list')
    .values({ ...from, clinics: 0, unreadable: 0, bytes: 0 })
    .onConflict((c) => c.column('source').doNothing())
    .execute();
  return db
    .selectFrom('clinic_list')
    .selectAll()
    .where('source', '=', from.source)
    .executeTakeFirstOrThrow();
}

/**
 * Writes an edition and lets it count, with whose it is, by one statement.
 * @param take gives the clinics from a place on, so many at most
 */
export async function writeEdition(
  db: Db,
  list: ClinicList,
  edition: Edition,
  now: number,
  take: (from: number, count: number) => Promise<readonly DirectoryClinic[]>,
): Promise<void> {
  const number = (list.edition ?? 0) + 1;
  await dropOthers(db, list);
  for (let from = 0; from < edition.clinics; from += AT_ONCE) {
    const rows = (await take(from, AT_ONCE)).map((clinic) => rowOf(list.id, number, clinic));
    await ownTurn();
    await bulkTransaction(db, (trx) => insertRows(trx, 'listed_clinic', rows));
  }
  await db
    .updateTable('clinic_list')
    .set({
      edition: number,
      vendor: edition.vendor,
      environment: edition.environment,
      etag: edition.etag,
      last_modified: edition.lastModified,
      read_at: isoTime(now),
      checked_at: isoTime(now),
      tried_at: isoTime(now),
      clinics: edition.clinics,
      unreadable: edition.unreadable,
      bytes: edition.bytes,
      trouble: null,
    })
    .where('id', '=', list.id)
    .execute();
  await dropOthers(db, { id: list.id, edition: number });
}

/** Drops a list with its clinics. It counts no more before the first of them goes, and its number is free after the last. */
export async function dropList(db: Db, source: string): Promise<void> {
  const list = await db
    .updateTable('clinic_list')
    .set({ edition: null })
    .where('source', '=', source)
    .returning(['id', 'edition'])
    .executeTakeFirst();
  if (!list) return;
  await dropOthers(db, list);
  await db.deleteFrom('clinic_list').where('id', '=', list.id).execute();
}

/** Notes that the server of a list was asked, and what was wrong with what it said. */
export async function noteChecked(
  db: Db,
  list: ClinicList,
  now: number,
  trouble: ErrorCode | null,
): Promise<void> {
  await db
    .updateTable('clinic_list')
    .set({ trouble, tried_at: isoTime(now), ...(trouble ? {} : { checked_at: isoTime(now) }) })
    .where('id', '=', list.id)
    .execute();
}

/** The clinics of a list, some hundred at a time. */
export async function* clinicsOfList(
  db: Db,
  { id, edition }: Pick<ClinicList, 'id' | 'edition'>,
): AsyncGenerator<ClinicRow[]> {
  for (let last = 0; ; ) {
    await ownTurn();
    const rows = await db
      .selectFrom('listed_clinic')
      .selectAll()
      .where('list_id', '=', id)
      .where('edition', '=', edition ?? 0)
      .where('id', '>', last)
      .orderBy('id')
      .limit(AT_ONCE)
      .execute();
    if (rows.length === 0) return;
    yield rows;
    last = rows.at(-1)?.id ?? last;
  }
}

/** Rows by their numbers, in that order. */
export async function rowsNumbered(db: Db, numbers: readonly number[]): Promise<ClinicRow[]> {
  const rows = await db
    .selectFrom('listed_clinic')
    .selectAll()
    .where('id', 'in', among(numbers))
    .execute();
  const byNumber = new Map(rows.map((row) => [row.id, row]));
  return numbers.flatMap((number) => byNumber.get(number) ?? []);
}

/** A clinic of these lists, by its vendor's id. */
export async function clinicNumbered(
  db: Db,
  lists: readonly ClinicList[],
  clinicId: string,
): Promise<ClinicRow | undefined> {
  for (const { id, edition } of lists) {
    const row = await db
      .selectFrom('listed_clinic')
      .selectAll()
      .where('list_id', '=', id)
      .where('edition', '=', edition ?? 0)
      .where('clinic_id', '=', clinicId)
      .executeTakeFirst();
    if (row) return row;
  }
  return undefined;
}

export function clinicOfRow(row: ClinicRow): DirectoryClinic {
  return {
    id: row.clinic_id,
    fhirBaseUrl: row.fhir_base_url,
    name: row.name,
    aliases: JSON.parse(row.aliases) as string[],
    town: row.town,
    state: row.state,
    postalCode: row.postal_code,
  };
}

function rowOf(listId: number, edition: number, clinic: DirectoryClinic) {
  return {
    list_id: listId,
    edition,
    clinic_id: clinic.id,
    fhir_base_url: clinic.fhirBaseUrl,
    name: clinic.name,
    aliases: JSON.stringify(clinic.aliases),
    town: clinic.town,
    state: clinic.state,
    postal_code: clinic.postalCode,
  };
}

/** Removes the clinics that do not count: of the edition before, or of one that was cut off. */
async function dropOthers(db: Db, list: Pick<ClinicList, 'id' | 'edition'>): Promise<void> {
  for (;;) {
    await ownTurn();
    const some = db
      .selectFrom('listed_clinic')
      .select('id')
      .where('list_id', '=', list.id)
      .where('edition', '!=', list.edition ?? 0)
      .limit(AT_ONCE);
    const { numDeletedRows } = await bulkTransaction(db, (trx) =>
      trx.deleteFrom('listed_clinic').where('id', 'in', some).executeTakeFirst(),
    );
    if (numDeletedRows < BigInt(AT_ONCE)) return;
  }
}
