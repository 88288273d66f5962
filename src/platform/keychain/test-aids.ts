// Owns what the tests of the keychain share: a table of notes.

import type { Kysely } from 'kysely';
import type { Db } from '../db/db.ts';
import type { Migrations } from '../db/migrate.ts';

export const noteMigrations: Migrations = {
  '2000-01-01-note-1': {
    up: (db) => db.schema.createTable('note').addColumn('text', 'text').execute(),
  },
};

export async function addNotes(db: Db, texts: readonly string[]): Promise<void> {
  await notes(db)
    .insertInto('note')
    .values(texts.map((text) => ({ text })))
    .execute();
}

export async function notesIn(db: Db): Promise<string[]> {
  return (await notes(db).selectFrom('note').select('text').execute()).map(({ text }) => text);
}

function notes(db: Db): Kysely<{ note: { text: string } }> {
  return db as unknown as Kysely<{ note: { text: string } }>;
}
