// Owns the shapes and migration of the audit: lines in a hash chain, and its head.

import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { Door } from './policy.ts';

declare module '../platform/db/db.ts' {
  interface Tables {
    audit_line: AuditLineTable;
    audit_head: AuditHeadTable;
  }
}

export type AuditLineTable = {
  /** 1, 2, 3 … without a gap. */
  seq: number;
  at: string;
  door: Door;
  /** Null for the terminal, or for somebody not signed in. */
  account_id: string | null;
  act: string;
  person_id: string | null;
  /** Browser, system and address, or the terminal. */
  origin: string;
  /** JSON: counts by kind, an outcome, which connection. Never what a record says. */
  detail: string;
  /** HMAC-SHA-256 over the mac before and every other field. */
  mac: string;
};

/** The one row that says where the chain ends. */
export type AuditHeadTable = {
  id: 1;
  seq: number;
  mac: string;
  /** HMAC over seq and mac, so that a shortened chain needs the key too; empty until the audit is first opened. */
  head_mac: string;
};

export const auditMigrations: Record<string, Migration> = {
  '2026-11-22-audit-1': {
    async up(db) {
      await db.schema
        .createTable('audit_line')
        .addColumn('seq', 'integer', (c) => c.primaryKey())
        .addColumn('at', 'text', (c) => c.notNull())
        .addColumn('door', 'text', (c) => c.notNull())
        .addColumn('account_id', 'text')
        .addColumn('act', 'text', (c) => c.notNull())
        .addColumn('person_id', 'text')
        .addColumn('origin', 'text', (c) => c.notNull())
        .addColumn('detail', 'text', (c) => c.notNull())
        .addColumn('mac', 'text', (c) => c.notNull())
        .execute();
      await db.schema
        .createIndex('audit_line_person')
        .on('audit_line')
        .columns(['person_id', 'seq'])
        .execute();
      await db.schema
        .createIndex('audit_line_account')
        .on('audit_line')
        .columns(['account_id', 'seq'])
        .execute();
      await db.schema
        .createTable('audit_head')
        .addColumn('id', 'integer', (c) => c.primaryKey())
        .addColumn('seq', 'integer', (c) => c.notNull())
        .addColumn('mac', 'text', (c) => c.notNull())
        .addColumn('head_mac', 'text', (c) => c.notNull())
        .execute();
    },
  },
  '2026-11-23-audit-2': {
    async up(db) {
      // From its making on a chain has an end, so that one without is known to have been taken away. The key that signs
      // it is not at hand here.
      await sql`insert into audit_head (id, seq, mac, head_mac)
        select 1, 0, '', ''
        where not exists (select 1 from audit_head) and not exists (select 1 from audit_line)`.execute(
        db,
      );
    },
  },
};
