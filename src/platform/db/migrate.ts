// Owns bringing the tables up to date. Each folder brings its own migrations; this runs them in
// the order of their names, all or none.

import type { Kysely } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { ChartfoldError, isChartfoldError } from '../errors.ts';
import type { Db } from './db.ts';
import { asStoreError } from './store-error.ts';

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
 * @param beforeUpgrade called before a store that has been migrated before is changed, with its last migration; what it
 *   returns is where the store was kept
 * @throws store.newer when the store holds a migration that this program does not know, store.upgrade_failed
 */
export async function migrateToLatest(
  db: Db,
  migrations: Migrations,
  beforeUpgrade: (lastMigration: string) => string | null = () => null,
): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => ({ ...migrations }) },
    // Two folders may bring migrations whose names interleave with those already run.
    allowUnorderedMigrations: true,
  });
  const applied = await appliedMigrations(db);
  const unknown = applied.filter((name) => !(name in migrations));
  if (unknown.length > 0) throw new ChartfoldError('store.newer', { detail: unknown.join(', ') });
  const isPending = Object.keys(migrations).length > applied.length;
  const last = applied.at(-1);
  const copy = isPending && last !== undefined ? beforeUpgrade(last) : null;
  const { error, results } = await migrator.migrateToLatest();
  if (error === undefined) return;
  // A full disk and the like have their own sentences.
  if (last === undefined || isChartfoldError(asStoreError(error))) throw error;
  const failed = results?.find((result) => result.status === 'Error')?.migrationName ?? 'unknown';
  const detail = copy === null ? failed : `${failed}; a copy is kept at ${copy}`;
  throw new ChartfoldError('store.upgrade_failed', { detail, cause: error });
}

/** The names of the migrations that a store has seen, in their order; none of a new store. */
export async function appliedMigrations(db: Db): Promise<string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some((table) => table.name === 'kysely_migration')) return [];
  const ledger = db as unknown as Kysely<{ kysely_migration: { name: string } }>;
  const rows = await ledger.selectFrom('kysely_migration').select('name').orderBy('name').execute();
  return rows.map((row) => row.name);
}
