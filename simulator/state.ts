// What outlives a restart: one SQLite file in the state directory, opened by one process. It keeps values by key,
// the authorization server's records, and edits to resources; it knows nothing of their meaning.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** One record of the authorization server, as its library stores it. */
export type OidcRecord = {
  readonly payload: Record<string, unknown>;
  readonly consumed: number | null;
};

/** An edit that was made to a resource: the whole new text, or null when it was deleted. */
export type ResourceEdit = {
  readonly environment: string;
  readonly type: string;
  readonly id: string;
  readonly text: string | null;
};

export type SimulatorState = ReturnType<typeof openState>;

/**
 * Opens, and on first use creates, the state in a directory.
 *
 * @param directory made with mode 700 when it does not exist; `undefined` keeps everything in memory
 */
export function openState(directory: string | undefined) {
  if (directory !== undefined) mkdirSync(directory, { recursive: true, mode: 0o700 });
  const db = new DatabaseSync(
    directory === undefined ? ':memory:' : join(directory, 'simulator.sqlite'),
  );
  db.exec(schema);
  const sql = prepareStatements(db);
  sql.sweep.run(seconds());
  return {
    /** Whether it is still there after the process. */
    isKept: directory !== undefined,
    /** A stored value, or the one that `make` gives, stored from then on. */
    async value<T>(key: string, make: () => T | Promise<T>): Promise<T> {
      const row = sql.readValue.get(key);
      if (row !== undefined) return JSON.parse(String(row.value)) as T;
      const made = await make();
      sql.writeValue.run(key, JSON.stringify(made));
      return made;
    },
    setValue(key: string, value: unknown): void {
      sql.writeValue.run(key, JSON.stringify(value));
    },
    ...oidcRecords(sql),
    ...resourceEdits(sql),
    close(): void {
      db.close();
    },
  };
}

const schema = `
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS setting (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS oidc (
  scope TEXT NOT NULL, model TEXT NOT NULL, id TEXT NOT NULL, payload TEXT NOT NULL,
  grant_id TEXT, uid TEXT, consumed INTEGER, expires INTEGER, PRIMARY KEY (scope, model, id));
CREATE INDEX IF NOT EXISTS oidc_grant ON oidc (scope, model, grant_id);
CREATE INDEX IF NOT EXISTS oidc_uid ON oidc (scope, model, uid);
CREATE TABLE IF NOT EXISTS edit (
  environment TEXT NOT NULL, type TEXT NOT NULL, id TEXT NOT NULL, text TEXT, PRIMARY KEY (environment, type, id));
`;

type Statements = ReturnType<typeof prepareStatements>;

function oidcRecords(sql: Statements) {
  return {
    findOidc(scope: string, model: string, id: string): OidcRecord | undefined {
      return readRecord(sql.find.get(scope, model, id, seconds()));
    },
    findOidcByUid(scope: string, model: string, uid: string): OidcRecord | undefined {
      return readRecord(sql.findByUid.get(scope, model, uid));
    },
    /** @param expiresIn seconds from now after which the record is gone; `undefined` keeps it */
    upsertOidc(
      scope: string,
      model: string,
      id: string,
      payload: Record<string, unknown>,
      expiresIn: number | undefined,
    ): void {
      const expires = expiresIn === undefined ? null : seconds() + expiresIn + graceSeconds;
      sql.upsert.run(
        scope,
        model,
        id,
        JSON.stringify(payload),
        typeof payload.grantId === 'string' ? payload.grantId : null,
        typeof payload.uid === 'string' ? payload.uid : null,
        expires,
      );
    },
    consumeOidc(scope: string, model: string, id: string): void {
      sql.consume.run(seconds(), scope, model, id);
    },
    destroyOidc(scope: string, model: string, id: string): void {
      sql.destroy.run(scope, model, id);
    },
    destroyOidcGrant(scope: string, model: string, grantId: string): void {
      sql.destroyGrant.run(scope, model, grantId);
    },
  };
}

function resourceEdits(sql: Statements) {
  return {
    edits(): ResourceEdit[] {
      return sql.edits.all().map((row) => ({
        environment: String(row.environment),
        type: String(row.type),
        id: String(row.id),
        text: row.text === null ? null : String(row.text),
      }));
    },
    saveEdit(edit: ResourceEdit): void {
      sql.edit.run(edit.environment, edit.type, edit.id, edit.text);
    },
  };
}

function prepareStatements(db: DatabaseSync) {
  return {
    readValue: db.prepare('SELECT value FROM setting WHERE key = ?'),
    writeValue: db.prepare(
      'INSERT INTO setting (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
    ),
    find: db.prepare(
      'SELECT payload, consumed FROM oidc WHERE scope = ? AND model = ? AND id = ? AND (expires IS NULL OR expires > ?)',
    ),
    findByUid: db.prepare(
      'SELECT payload, consumed FROM oidc WHERE scope = ? AND model = ? AND uid = ?',
    ),
    upsert: db.prepare(
      `INSERT INTO oidc (scope, model, id, payload, grant_id, uid, expires) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (scope, model, id) DO UPDATE SET payload = excluded.payload, grant_id = excluded.grant_id,
       uid = excluded.uid, expires = excluded.expires`,
    ),
    consume: db.prepare('UPDATE oidc SET consumed = ? WHERE scope = ? AND model = ? AND id = ?'),
    destroy: db.prepare('DELETE FROM oidc WHERE scope = ? AND model = ? AND id = ?'),
    destroyGrant: db.prepare('DELETE FROM oidc WHERE scope = ? AND model = ? AND grant_id = ?'),
    sweep: db.prepare('DELETE FROM oidc WHERE expires IS NOT NULL AND expires <= ?'),
    edits: db.prepare('SELECT environment, type, id, text FROM edit ORDER BY rowid'),
    edit: db.prepare(
      `INSERT INTO edit (environment, type, id, text) VALUES (?, ?, ?, ?)
       ON CONFLICT (environment, type, id) DO UPDATE SET text = excluded.text`,
    ),
  };
}

// An expired record is kept a while so that "expired" can be told from "never existed".
const graceSeconds = 120;

function seconds(): number {
  return Math.floor(Date.now() / 1000);
}

function readRecord(row: Record<string, unknown> | undefined): OidcRecord | undefined {
  if (row === undefined) return undefined;
  return {
    payload: JSON.parse(String(row.payload)) as Record<string, unknown>,
    consumed: typeof row.consumed === 'number' ? row.consumed : null,
  };
}
