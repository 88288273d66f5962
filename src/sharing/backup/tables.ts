// Owns the list of backups that were made: which, when, and when it was last proven that they give back what was put in.

import type { Migration } from 'kysely/migration';

declare module '../../platform/db/db.ts' {
  interface Tables {
    backup: BackupTable;
  }
}

export type BackupTable = {
  /** Name of the file, without its folder. */
  name: string;
  made_at: string;
  bytes: number;
  /** When it was last restored into a temporary place and compared; null where that has not succeeded. */
  proven_at: string | null;
  /** The code of what went wrong at the last proof; null where nothing did. */
  fault: string | null;
};

export const backupMigrations: Record<string, Migration> = {
  '2026-11-22-backup-1': {
    async up(db) {
      await db.schema
        .createTable('backup')
        .addColumn('name', 'text', (c) => c.primaryKey())
        .addColumn('made_at', 'text', (c) => c.notNull())
        .addColumn('bytes', 'integer', (c) => c.notNull())
        .addColumn('proven_at', 'text')
        .addColumn('fault', 'text')
        .execute();
    },
  },
};
