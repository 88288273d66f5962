// Owns the shapes and migration of sign-in: links printed by the program, and sessions of browsers.

import type { Migration } from 'kysely/migration';

declare module '../platform/db/db.ts' {
  interface Tables {
    sign_in_link: SignInLinkTable;
    session: SessionTable;
  }
}

export type SignInLinkTable = {
  /** SHA-256 of the secret in the link. */
  secret_hash: string;
  expires_at: string;
  used_at: string | null;
};

export type SessionTable = {
  /** SHA-256 of the cookie's value. */
  token_hash: string;
  created_at: string;
  last_seen_at: string;
  expires_at: string;
};

export const sessionMigrations: Record<string, Migration> = {
  '2026-11-21-sessions-1': {
    async up(db) {
      await db.schema
        .createTable('sign_in_link')
        .addColumn('secret_hash', 'text', (c) => c.primaryKey())
        .addColumn('expires_at', 'text', (c) => c.notNull())
        .addColumn('used_at', 'text')
        .execute();
      await db.schema
        .createTable('session')
        .addColumn('token_hash', 'text', (c) => c.primaryKey())
        .addColumn('created_at', 'text', (c) => c.notNull())
        .addColumn('last_seen_at', 'text', (c) => c.notNull())
        .addColumn('expires_at', 'text', (c) => c.notNull())
        .execute();
    },
  },
};
