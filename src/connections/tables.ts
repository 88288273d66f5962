// Owns the shapes and migration of connections: what is connected, its sealed grant, the sign-ins under way.

import type { Generated, Selectable } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { AuthMethod } from '../platform/config/read.ts';
import type { Sealed } from '../platform/seal.ts';

declare module '../platform/db/db.ts' {
  interface Tables {
    connection: ConnectionTable;
    connection_grant: GrantTable;
    connect_attempt: AttemptTable;
    added_server: AddedServerTable;
  }
}

export type ConnectionStatus =
  | 'authorising'
  | 'confirm'
  | 'ready'
  | 'sign-in-again'
  | 'failed'
  | 'disconnected';

export type ConnectionTable = {
  /** Also the id of its source of records. */
  id: string;
  /** Key of the portal's entry. */
  portal: string;
  environment: 'production' | 'preview';
  clinic_id: string;
  clinic_name: string;
  town: string | null;
  /** Whose record it goes into; before the confirmation, whose it is meant to go into. */
  person_id: string | null;
  /** The patient's id in the portal. */
  patient_id: string | null;
  /** Name, birth date and gender read from the portal, sealed JSON, until they are confirmed. */
  candidate: Sealed | null;
  clinic_note: string | null;
  status: ConnectionStatus;
  status_code: string | null;
  status_since: string;
  /** Separated by spaces; null for a sign-in from before this was kept. */
  scopes_asked: string | null;
  scopes_granted: string;
  sample: 0 | 1;
  created_at: string;
  /** What its client called the request that began it, so that the same request makes no second one. */
  request_key: string | null;
  /** The account that began it; null for the terminal. Decides while it is nobody's record yet. */
  begun_by: string | null;
  /** How often the person wants it synced; null for the portal's own interval. */
  sync_every: 'day' | 'week' | 'month' | 'off' | null;
  /** JSON of the hours in which no sync begins by itself; null for none. */
  quiet_hours: string | null;
  /** ISO time at which a sync last ended, was cancelled or failed; null before the first. */
  sync_ended_at: string | null;
  /** How many in a row left something worth asking for again soon. */
  sync_troubles: Generated<number>;
};

export type GrantTable = {
  connection_id: string;
  access_token: Sealed;
  refresh_token: Sealed | null;
  /** ISO time; null where the portal did not say. */
  expires_at: string | null;
  /** ISO time at which the refresh token came; null for one from before this was kept. */
  refresh_since: string | null;
  /** Where it came from: a refresh token is sent nowhere else. Null where that was not kept. */
  token_origin: string | null;
  /** ISO time at which a renewal was sent of which nothing has been heard; null where there is none. */
  renewal_started: string | null;
};

export type AttemptTable = {
  /** SHA-256 of the id in the link. */
  id_hash: string;
  /** The connection begun; once signed in, the one where the sign-in landed. */
  connection_id: string;
  /**
   * `new`: nobody has followed the link; `sent`: a browser went to the portal; `parked`: it came back and nobody was
   * signed in; then `used`.
   */
  status: 'new' | 'sent' | 'parked' | 'used';
  /** SHA-256 of the attempt cookie and of `state`, once sent. */
  cookie_hash: string | null;
  state_hash: string | null;
  /** Sealed JSON: state, code verifier, nonce, the address sent to; once parked, what the portal answered. */
  secrets: Sealed | null;
  via: 'app' | 'command-line';
  /** The caller has said beforehand that the patient read is the right one. */
  confirms: 0 | 1;
  /** The account that alone goes on with it; null for the terminal, whose browser has only the attempt's cookie. */
  account_id: string | null;
  expires_at: string;
};

export type Attempt = Selectable<AttemptTable>;

/** A server that somebody added by its address. */
export type AddedServerTable = {
  id: string;
  name: string;
  /** Without a trailing slash. */
  fhir_base_url: string;
  client_id: string;
  client_secret: Sealed | null;
  auth: AuthMethod;
  /** Where it named the brands that use it; null for none. */
  brand_bundle: string | null;
  /** The account that added it; null for the terminal. */
  added_by: string | null;
  added_at: string;
};

export const connectionMigrations: Record<string, Migration> = {
  '2026-11-21-connections-1': {
    async up(db) {
      await db.schema
        .createTable('connection')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('portal', 'text', (c) => c.notNull())
        .addColumn('environment', 'text', (c) => c.notNull())
        .addColumn('clinic_id', 'text', (c) => c.notNull())
        .addColumn('clinic_name', 'text', (c) => c.notNull())
        .addColumn('town', 'text')
        .addColumn('person_id', 'text')
        .addColumn('patient_id', 'text')
        .addColumn('candidate', 'text')
        .addColumn('clinic_note', 'text')
        .addColumn('status', 'text', (c) => c.notNull())
        .addColumn('status_code', 'text')
        .addColumn('status_since', 'text', (c) => c.notNull())
        .addColumn('scopes_granted', 'text', (c) => c.notNull())
        .addColumn('sample', 'integer', (c) => c.notNull())
        .addColumn('created_at', 'text', (c) => c.notNull())
        .execute();
      await db.schema
        .createTable('connection_grant')
        .addColumn('connection_id', 'text', (c) =>
          c.primaryKey().references('connection.id').onDelete('cascade'),
        )
        .addColumn('access_token', 'text', (c) => c.notNull())
        .addColumn('refresh_token', 'text')
        .addColumn('expires_at', 'text')
        .execute();
      await db.schema
        .createTable('connect_attempt')
        .addColumn('id_hash', 'text', (c) => c.primaryKey())
        .addColumn('connection_id', 'text', (c) =>
          c.notNull().references('connection.id').onDelete('cascade'),
        )
        .addColumn('status', 'text', (c) => c.notNull())
        .addColumn('cookie_hash', 'text')
        .addColumn('state_hash', 'text')
        .addColumn('secrets', 'text')
        .addColumn('via', 'text', (c) => c.notNull())
        .addColumn('confirms', 'integer', (c) => c.notNull())
        .addColumn('expires_at', 'text', (c) => c.notNull())
        .execute();
      await db.schema
        .createIndex('connect_attempt_state')
        .on('connect_attempt')
        .column('state_hash')
        .execute();
    },
  },
  '2026-11-22-connections-2': {
    async up(db) {
      await db.schema.alterTable('connection').addColumn('request_key', 'text').execute();
      await db.schema
        .createIndex('connection_request_key')
        .unique()
        .on('connection')
        .column('request_key')
        .execute();
    },
  },
  '2026-11-22-connections-3': {
    async up(db) {
      await db.schema.alterTable('connection').addColumn('begun_by', 'text').execute();
    },
  },
  '2026-11-22-connections-4': {
    async up(db) {
      await db.schema.alterTable('connect_attempt').addColumn('account_id', 'text').execute();
    },
  },
  '2026-11-24-connections-5': {
    async up(db) {
      for (const column of ['refresh_since', 'renewal_started'])
        await db.schema.alterTable('connection_grant').addColumn(column, 'text').execute();
    },
  },
  '2026-11-25-connections-6': {
    async up(db) {
      for (const column of ['sync_every', 'quiet_hours', 'sync_ended_at'])
        await db.schema.alterTable('connection').addColumn(column, 'text').execute();
      await db.schema
        .alterTable('connection')
        .addColumn('sync_troubles', 'integer', (c) => c.notNull().defaultTo(0))
        .execute();
    },
  },
  '2026-11-27-connections-7': {
    async up(db) {
      await db.schema.alterTable('connection').addColumn('scopes_asked', 'text').execute();
    },
  },
  '2026-11-27-connections-8': {
    async up(db) {
      await db.schema
        .createTable('added_server')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('name', 'text', (c) => c.notNull().unique())
        .addColumn('fhir_base_url', 'text', (c) => c.notNull())
        .addColumn('client_id', 'text', (c) => c.notNull())
        .addColumn('client_secret', 'text')
        .addColumn('auth', 'text', (c) => c.notNull())
        .addColumn('added_by', 'text')
        .addColumn('added_at', 'text', (c) => c.notNull())
        .execute();
    },
  },
  '2026-11-28-connections-9': {
    async up(db) {
      await db.schema.alterTable('connection_grant').addColumn('token_origin', 'text').execute();
    },
  },
  '2026-11-29-connections-10': {
    async up(db) {
      await db.schema.alterTable('added_server').addColumn('brand_bundle', 'text').execute();
    },
  },
};
