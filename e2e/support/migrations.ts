// Owns the migrations of the whole program, as main.ts puts them together, for tests that need a store and nothing else.

import { accessMigrations } from '../../src/access/migrations.ts';
import { chartMigrations } from '../../src/chart/tables.ts';
import { directoryMigrations } from '../../src/connections/directory/tables.ts';
import { connectionMigrations } from '../../src/connections/tables.ts';
import { keyMigrations } from '../../src/keys/tables.ts';
import { mergeMigrations } from '../../src/platform/db/migrate.ts';
import { jobMigrations } from '../../src/platform/jobs/tables.ts';
import { recordsMigrations } from '../../src/records/migrations.ts';
import { backupMigrations } from '../../src/sharing/backup/tables.ts';
import { syncMigrations } from '../../src/sync/tables.ts';

export const migrations = mergeMigrations(
  accessMigrations,
  chartMigrations,
  connectionMigrations,
  directoryMigrations,
  keyMigrations,
  jobMigrations,
  recordsMigrations,
  backupMigrations,
  syncMigrations,
);
