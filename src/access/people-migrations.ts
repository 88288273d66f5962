// Owns the making of the person table. A migration that has been released is never edited.

import type { MigrationDb, Migrations } from '../platform/db/migrate.ts';

export const peopleMigrations: Migrations = {
  '2026-11-21-access-people-1': { up },
};

async function up(db: MigrationDb): Promise<void> {
  await db.schema
    .createTable('person')
    .addColumn('id', 'text', (col) => col.primaryKey())
    .addColumn('name', 'text', (col) => col.notNull())
    .addColumn('birth_date', 'text')
    .addColumn('sample', 'integer', (col) => col.notNull())
    .addColumn('created_at', 'text', (col) => col.notNull())
    .execute();
}
