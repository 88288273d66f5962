// Owns the shape and migration of what syncs remember from one to the next, beside the records.

import type { Migration } from 'kysely/migration';

declare module '../platform/db/db.ts' {
  interface Tables {
    sync_pass: PassTable;
  }
}

/** What the passes of one question at one connection have come to. */
export type PassTable = {
  connection_id: string;
  question_key: string;
  /** The request as a whole, and the scopes it was asked under: of another one this tells nothing. */
  asked_as: string;
  /** When the run began in which it was last answered; ISO time. */
  passed_at: string;
  /** The same of the last run in which everything was asked for. */
  full_at: string;
  /** In how many passes of everything all that had changed could have been asked for by time. */
  kept: number;
  /** When something had changed and its time did not say so. */
  broken_at: string | null;
};

export const syncMigrations: Record<string, Migration> = {
  '2026-11-26-sync-passes': {
    async up(db) {
      await db.schema
        .createTable('sync_pass')
        .addColumn('connection_id', 'text', (c) =>
          c.notNull().references('connection.id').onDelete('cascade'),
        )
        .addColumn('question_key', 'text', (c) => c.notNull())
        .addColumn('asked_as', 'text', (c) => c.notNull())
        .addColumn('passed_at', 'text', (c) => c.notNull())
        .addColumn('full_at', 'text', (c) => c.notNull())
        .addColumn('kept', 'integer', (c) => c.notNull())
        .addColumn('broken_at', 'text')
        .addPrimaryKeyConstraint('sync_pass_identity', ['connection_id', 'question_key'])
        .execute();
    },
  },
};
