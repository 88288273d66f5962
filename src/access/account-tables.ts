// Owns the shapes and migration of accounts, their rights on records, and the ways they sign in.

import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { MigrationDb } from '../platform/db/migrate.ts';

declare module '../platform/db/db.ts' {
  interface Tables {
    account: AccountTable;
    record_right: RecordRightTable;
    passkey: PasskeyTable;
    recovery_code: RecoveryCodeTable;
    sign_in_challenge: SignInChallengeTable;
    attempt_limit: AttemptLimitTable;
    known_device: KnownDeviceTable;
  }
}

export type AccountTable = {
  id: string;
  /** What the account signs in with and is called. */
  name: string;
  /** The name as it is compared: NFKC, lower case, single spaces. */
  name_key: string;
  /** Roles beside that of a reader, separated by spaces. */
  roles: string;
  /** Argon2id, PHC string format; null where there is no password. */
  password: string | null;
  created_at: string;
  /** An account that was closed signs in no more; what it did stays in the audit. */
  closed_at: string | null;
};

export type Level = 'read' | 'manage';

export type RecordRightTable = {
  id: string;
  account_id: string;
  person_id: string;
  level: Level;
  /** Kinds of record, separated by spaces; null for all. */
  kinds: string | null;
  /** The account that gave it; null for the terminal. */
  given_by: string | null;
  created_at: string;
  expires_at: string | null;
  revoked_at: string | null;
};

export type PasskeyTable = {
  /** Base64url, as WebAuthn gives it. */
  credential_id: string;
  account_id: string;
  /** COSE key, base64url. */
  public_key: string;
  counter: number;
  /** JSON list of transports. */
  transports: string;
  label: string;
  created_at: string;
  last_used_at: string | null;
};

export type RecoveryCodeTable = {
  /** SHA-256 of account and code; a code has 80 random bits. */
  code_hash: string;
  account_id: string;
  used_at: string | null;
};

export type SignInChallengeTable = {
  /** SHA-256 of the secret in the browser's cookie. */
  id_hash: string;
  challenge: string;
  /** The account that adds a passkey; null for a sign-in. */
  account_id: string | null;
  expires_at: string;
};

/** A browser that has signed in to an account before: its tries are counted apart from a stranger's. */
export type KnownDeviceTable = {
  /** SHA-256 of the browser's own cookie and the account. */
  device_hash: string;
  account_id: string;
  last_used_at: string;
};

export type AttemptLimitTable = {
  /** Hash of what is limited. */
  key: string;
  /** Tries that still count, as of `at`. */
  tries: number;
  at: string;
};

export const accountMigrations: Record<string, Migration> = {
  '2026-11-22-accounts-1': {
    async up(db) {
      await makeAccounts(db);
      await makeWaysToSignIn(db);
      await giveSessionsAnAccount(db);
    },
  },
};

async function makeAccounts(db: MigrationDb): Promise<void> {
  await db.schema
    .createTable('account')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('name_key', 'text', (c) => c.notNull().unique())
    .addColumn('roles', 'text', (c) => c.notNull())
    .addColumn('password', 'text')
    .addColumn('created_at', 'text', (c) => c.notNull())
    .addColumn('closed_at', 'text')
    .execute();
  await db.schema
    .createTable('record_right')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('account_id', 'text', (c) =>
      c.notNull().references('account.id').onDelete('cascade'),
    )
    .addColumn('person_id', 'text', (c) => c.notNull().references('person.id').onDelete('cascade'))
    .addColumn('level', 'text', (c) => c.notNull())
    .addColumn('kinds', 'text')
    .addColumn('given_by', 'text')
    .addColumn('created_at', 'text', (c) => c.notNull())
    .addColumn('expires_at', 'text')
    .addColumn('revoked_at', 'text')
    .execute();
  await db.schema
    .createIndex('record_right_account')
    .on('record_right')
    .columns(['account_id', 'person_id'])
    .execute();
  await db.schema
    .createIndex('record_right_person')
    .on('record_right')
    .column('person_id')
    .execute();
}

/** Passkeys, recovery codes, and what limits tries. */
async function makeWaysToSignIn(db: MigrationDb): Promise<void> {
  await db.schema
    .createTable('passkey')
    .addColumn('credential_id', 'text', (c) => c.primaryKey())
    .addColumn('account_id', 'text', (c) =>
      c.notNull().references('account.id').onDelete('cascade'),
    )
    .addColumn('public_key', 'text', (c) => c.notNull())
    .addColumn('counter', 'integer', (c) => c.notNull())
    .addColumn('transports', 'text', (c) => c.notNull())
    .addColumn('label', 'text', (c) => c.notNull())
    .addColumn('created_at', 'text', (c) => c.notNull())
    .addColumn('last_used_at', 'text')
    .execute();
  await db.schema
    .createTable('recovery_code')
    .addColumn('code_hash', 'text', (c) => c.primaryKey())
    .addColumn('account_id', 'text', (c) =>
      c.notNull().references('account.id').onDelete('cascade'),
    )
    .addColumn('used_at', 'text')
    .execute();
  await db.schema
    .createTable('sign_in_challenge')
    .addColumn('id_hash', 'text', (c) => c.primaryKey())
    .addColumn('challenge', 'text', (c) => c.notNull())
    .addColumn('account_id', 'text')
    .addColumn('expires_at', 'text', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('attempt_limit')
    .addColumn('key', 'text', (c) => c.primaryKey())
    .addColumn('tries', 'real', (c) => c.notNull())
    .addColumn('at', 'text', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('known_device')
    .addColumn('device_hash', 'text', (c) => c.primaryKey())
    .addColumn('account_id', 'text', (c) =>
      c.notNull().references('account.id').onDelete('cascade'),
    )
    .addColumn('last_used_at', 'text', (c) => c.notNull())
    .execute();
}

async function giveSessionsAnAccount(db: MigrationDb): Promise<void> {
  // Sessions and links from before there were accounts belonged to nobody in particular: they end here.
  await sql`delete from session`.execute(db);
  await sql`delete from sign_in_link`.execute(db);
  for (const [table, column] of [
    ['session', 'id'],
    ['session', 'account_id'],
    ['session', 'signed_in_at'],
    ['session', 'how'],
    ['session', 'device'],
    ['session', 'address'],
    ['sign_in_link', 'account_id'],
    ['sign_in_link', 'purpose'],
  ] as const) {
    await db.schema.alterTable(table).addColumn(column, 'text').execute();
  }
  await db.schema.createIndex('session_account').on('session').column('account_id').execute();
}
