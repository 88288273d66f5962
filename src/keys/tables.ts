// Owns the shape and migration of the signing keys.

import type { Migration } from 'kysely/migration';
import type { Sealed } from '../platform/seal.ts';

declare module '../platform/db/db.ts' {
  interface Tables {
    signing_key: SigningKeyTable;
  }
}

export type SigningKeyTable = {
  /** RFC 7638 thumbprint of the public key. */
  kid: string;
  ring: 'production' | 'preview';
  state: 'next' | 'active' | 'retiring';
  public_jwk: string;
  private_key: Sealed;
  created_at: string;
};

export const keyMigrations: Record<string, Migration> = {
  '2026-11-21-keys-1': {
    async up(db) {
      await db.schema
        .createTable('signing_key')
        .addColumn('kid', 'text', (c) => c.primaryKey())
        .addColumn('ring', 'text', (c) => c.notNull())
        .addColumn('state', 'text', (c) => c.notNull())
        .addColumn('public_jwk', 'text', (c) => c.notNull())
        .addColumn('private_key', 'text', (c) => c.notNull())
        .addColumn('created_at', 'text', (c) => c.notNull())
        .execute();
    },
  },
};
