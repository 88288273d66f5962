// Owns bringing the tables up to date. Each folder brings its own migrations; this runs them in
// the order of their names, all or none.

import type { Kysely } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { ChartfoldError } from '../errors.ts';
import type { Db } from './db.ts';

/** Migrations by name. Names sort by time, then folder: `2026-11-21-records-1`. */
export type Migrations = Readonly<Record<string, Migration>>;

/** What a migration works on: its tables are those of its time, not of today's types. */
export type MigrationDb = Kysely<unknown>;

/**
 * One set out of every folder's.
 *
 * @throws Error when two folders use one name
 */
export function mergeMigrations(...sets: readonly Migrations[]): Migrations {
  const merged: Record<string, Migration> = {};
  for (const [name, migration] of sets.flatMap((set) => Object.entries(set))) {
    if (merged[name]) throw new Error(`Two migrations are named ${name}`);
    merged[name] = migration;
  }
  return merged;
}

/**
 * Runs what has not been run yet, in one transaction: when one fails, the store is as it was.
 *
 * @throws store.newer when the store holds a migration that this program does not know
 */
export async function migrateToLatest(db: Db, migrations: Migrations): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => ({ ...migrations }) },
    // Two folders may bring migrations whose names interleave with those already run.
    allowUnorderedMigrations: true,
  });
  await refuseNewer(db, migrations);
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}

async function refuseNewer(db: Db, migrations: Migrations): Promise<void> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some((table) => table.name === 'kysely_migration')) return;
  const ledger = db as unknown as Kysely<{ kysely_migration: { name: string } }>;
  const applied = await ledger.selectFrom('kysely_migration').select('name').execute();
  const unknown = applied.map((row) => row.name).filter((name) => !(name in migrations));
  if (unknown.length > 0) throw new ChartfoldError('store.newer', { detail: unknown.join(', ') });
}
