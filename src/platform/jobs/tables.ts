// Owns the shape and migration of the job table: work to be done once, that a restart must not forget.

import type { Generated } from 'kysely';
import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

declare module '../db/db.ts' {
  interface Tables {
    job: JobTable;
  }
}

export type JobTable = {
  id: Generated<number>;
  queue: string;
  /** What the job is about; one live job for each queue and key. */
  key: string;
  payload: string;
  state: 'waiting' | 'running' | 'dead';
  /** Put again while it ran: it runs once more. */
  again: 0 | 1;
  attempts: number;
  run_at: string;
};

export const jobMigrations: Record<string, Migration> = {
  '2026-11-21-jobs-1': {
    async up(db) {
      await db.schema
        .createTable('job')
        .addColumn('id', 'integer', (c) => c.primaryKey().autoIncrement())
        .addColumn('queue', 'text', (c) => c.notNull())
        .addColumn('key', 'text', (c) => c.notNull())
        .addColumn('payload', 'text', (c) => c.notNull())
        .addColumn('state', 'text', (c) => c.notNull())
        .addColumn('again', 'integer', (c) => c.notNull().defaultTo(0))
        .addColumn('attempts', 'integer', (c) => c.notNull().defaultTo(0))
        .addColumn('run_at', 'text', (c) => c.notNull())
        .execute();
      await db.schema
        .createIndex('job_live')
        .on('job')
        .columns(['queue', 'key'])
        .unique()
        .where(sql.ref('state'), '!=', 'dead')
        .execute();
    },
  },
};
