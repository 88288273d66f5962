// Owns the people whose records are kept here. Who may read whose is policy; what is recorded of a
// person is records/ and goes by its own door.

import type { Selectable } from 'kysely';
import { parseFhirDate } from '../fhir/dates.ts';
import { isoTime } from '../platform/clock.ts';
import type { Db, Tables } from '../platform/db/db.ts';
import { ChartfoldError } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import { giveFirstRight } from './rights.ts';
import type {} from './people-tables.ts';

/** A person whose record is kept. */
export type Person = {
  readonly id: string;
  readonly name: string;
  /** FHIR date, as precise as it is known; null when it is not. */
  readonly birthDate: string | null;
  /** A synthetic person, who goes with one click. */
  readonly sample: boolean;
  readonly createdAt: string;
};

/**
 * Adds a person, with an id of its own unless one is given. Whoever brings a record manages it: the account `by`,
 * or with null, at the terminal, every owner.
 * @throws `http.invalid_request` for a name of nothing, or a birth date that is none
 */
export async function createPerson(
  db: Db,
  person: {
    id?: string;
    name: string;
    birthDate?: string | null;
    sample?: boolean;
    by: string | null;
    now: number;
  },
): Promise<Person> {
  const name = person.name.trim();
  if (!name)
    throw new ChartfoldError('http.invalid_request', { detail: 'say the name of the person' });
  const row = {
    id: person.id ?? newId(),
    name,
    birth_date: readBirthDate(person.birthDate ?? null),
    sample: person.sample ? 1 : 0,
    created_at: isoTime(person.now),
  };
  // A record that nobody manages could be given to nobody: both or neither.
  await inTransaction(db, async (trx) => {
    await trx.insertInto('person').values(row).execute();
    for (const accountId of await managersFor(trx, person.by))
      await giveFirstRight(trx, person.now, { accountId, personId: row.id, givenBy: person.by });
  });
  return readPerson(row);
}

/** Everyone, in the order in which they were added. */
export async function listPeople(db: Db): Promise<Person[]> {
  const rows = await db
    .selectFrom('person')
    .selectAll()
    .orderBy('created_at')
    .orderBy('name')
    .orderBy('id')
    .execute();
  return rows.map(readPerson);
}

/** @throws person.not_found */
export async function getPerson(db: Db, id: string): Promise<Person> {
  const row = await db.selectFrom('person').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw new ChartfoldError('person.not_found');
  return readPerson(row);
}

/**
 * Removes a person from the list. What is recorded of them is not touched: delete its sources first.
 *
 * @throws person.not_found
 */
export async function removePerson(db: Db, id: string): Promise<void> {
  const { numDeletedRows } = await db
    .deleteFrom('person')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  if (numDeletedRows === 0n) throw new ChartfoldError('person.not_found');
}

function readBirthDate(text: string | null): string | null {
  if (text === null) return null;
  const date = parseFhirDate(text);
  if (!date || date.time !== undefined)
    throw new ChartfoldError('http.invalid_request', {
      detail: 'the birth date is YYYY-MM-DD, or as much of it as is known',
    });
  return date.day;
}

/** Within the transaction that is there, or in one of its own. */
async function inTransaction(db: Db, work: (trx: Db) => Promise<void>): Promise<void> {
  return db.isTransaction ? work(db) : db.transaction().execute(work);
}

async function managersFor(db: Db, by: string | null): Promise<string[]> {
  if (by !== null) return [by];
  const accounts = await db
    .selectFrom('account')
    .select(['id', 'roles'])
    .where('closed_at', 'is', null)
    .execute();
  return accounts.filter((one) => one.roles.split(' ').includes('owner')).map((one) => one.id);
}

function readPerson(row: Selectable<Tables['person']>): Person {
  return {
    id: row.id,
    name: row.name,
    birthDate: row.birth_date,
    sample: row.sample === 1,
    createdAt: row.created_at,
  };
}
