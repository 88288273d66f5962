// Owns the shapes and the first migration of sign-in: links for one use, and sessions of browsers. Whose they are came
// with accounts: account-tables.ts.

import type { Migration } from 'kysely/migration';

declare module '../platform/db/db.ts' {
  interface Tables {
    sign_in_link: SignInLinkTable;
    session: SessionTable;
  }
}

/** How somebody signed in. */
export const signInWays = ['link', 'password', 'passkey', 'recovery-code'] as const;
export type SignInWay = (typeof signInWays)[number];

export type SignInLinkTable = {
  /** SHA-256 of the secret in the link. */
  secret_hash: string;
  account_id: string;
  expires_at: string;
  used_at: string | null;
};

export type SessionTable = {
  /** SHA-256 of the cookie's value. */
  token_hash: string;
  /** What the session is called in lists; no secret. */
  id: string;
  account_id: string;
  how: SignInWay;
  /** Browser and system in words. */
  device: string;
  address: string;
  created_at: string;
  /** When somebody last proved who they are; acts that change sign-in ask for a recent proof. */
  signed_in_at: string;
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
  '2026-11-23-sessions-2': {
    async up(db) {
      // Who is asked how they come back follows from what they have, not from how they came.
      await db.schema.alterTable('sign_in_link').dropColumn('purpose').execute();
    },
  },
};
