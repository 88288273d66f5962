// Owns the shapes and migration of the clinic directory: the lists that were read, and the clinics in them. No health
// data: which clinics there are, not who goes there.

import { type Generated, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { Environment } from '../../portals/portal.ts';

declare module '../../platform/db/db.ts' {
  interface Tables {
    clinic_list: ClinicListTable;
    listed_clinic: ListedClinicTable;
  }
}

export type ClinicListTable = {
  id: Generated<number>;
  /** Its address, or `file:` and the name of the file that it was imported from. */
  source: string;
  vendor: string;
  environment: Environment;
  /** Which of its clinics count: those of the last edition that was read whole. Null before the first. */
  edition: number | null;
  etag: string | null;
  last_modified: string | null;
  /** ISO times: when this edition was read, when it was last known to be the newest, and when that was last tried. */
  read_at: string | null;
  checked_at: string | null;
  tried_at: string | null;
  clinics: number;
  unreadable: number;
  /** Of its text. */
  bytes: number;
  /** Error code of the last reading where it failed: the edition is an older one. */
  trouble: string | null;
};

export type ListedClinicTable = {
  id: Generated<number>;
  list_id: number;
  edition: number;
  clinic_id: string;
  fhir_base_url: string | null;
  name: string;
  /** JSON array. */
  aliases: string;
  town: string | null;
  state: string | null;
  postal_code: string | null;
};

export const directoryMigrations: Record<string, Migration> = {
  '2026-11-27-directory-1': {
    async up(db) {
      await db.schema
        .createTable('clinic_list')
        .addColumn('id', 'integer', (c) => c.primaryKey())
        .addColumn('source', 'text', (c) => c.notNull().unique())
        .addColumn('vendor', 'text', (c) => c.notNull())
        .addColumn('environment', 'text', (c) => c.notNull())
        .addColumn('edition', 'integer')
        .addColumn('etag', 'text')
        .addColumn('last_modified', 'text')
        .addColumn('read_at', 'text')
        .addColumn('checked_at', 'text')
        .addColumn('clinics', 'integer', (c) => c.notNull().defaultTo(0))
        .addColumn('unreadable', 'integer', (c) => c.notNull().defaultTo(0))
        .addColumn('bytes', 'integer', (c) => c.notNull().defaultTo(0))
        .addColumn('trouble', 'text')
        .execute();
      await db.schema
        .createTable('listed_clinic')
        .addColumn('id', 'integer', (c) => c.primaryKey())
        .addColumn('list_id', 'integer', (c) => c.notNull())
        .addColumn('edition', 'integer', (c) => c.notNull())
        .addColumn('clinic_id', 'text', (c) => c.notNull())
        .addColumn('fhir_base_url', 'text')
        .addColumn('name', 'text', (c) => c.notNull())
        .addColumn('aliases', 'text', (c) => c.notNull())
        .addColumn('town', 'text')
        .addColumn('state', 'text')
        .addColumn('postal_code', 'text')
        .execute();
      await db.schema
        .createIndex('listed_clinic_of')
        .on('listed_clinic')
        .columns(['list_id', 'edition', 'clinic_id'])
        .execute();
    },
  },
  '2026-11-29-directory-2': {
    async up(db) {
      await db.schema.alterTable('clinic_list').addColumn('tried_at', 'text').execute();
      await sql`update clinic_list set tried_at = checked_at`.execute(db);
    },
  },
};
