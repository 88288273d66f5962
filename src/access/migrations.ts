// Owns every migration of this folder, in one set.

import { mergeMigrations } from '../platform/db/migrate.ts';
import { accountMigrations } from './account-tables.ts';
import { auditMigrations } from './audit-tables.ts';
import { peopleMigrations } from './people-migrations.ts';
import { sessionMigrations } from './session-tables.ts';

export const accessMigrations = mergeMigrations(
  peopleMigrations,
  sessionMigrations,
  accountMigrations,
  auditMigrations,
);
