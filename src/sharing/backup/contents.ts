// Owns what a backup says of itself and holds: the manifest and the data's keys, then the database. Made and read in a
// worker; nothing here touches the store in use.

import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readSync } from 'node:fs';
import { sql } from 'kysely';
import { z } from 'zod';
import { writeWhole } from '../../platform/durable.ts';
import type { Db } from '../../platform/db/db.ts';
import { appliedMigrations } from '../../platform/db/migrate.ts';
import { asStoreError } from '../../platform/db/store-error.ts';
import { ChartfoldError } from '../../platform/errors.ts';
import { type Keychain, keychainText, parseKeychain } from '../../platform/keychain/keychain.ts';
import { readSealed, writeSealed } from './sealed-file.ts';

const manifestForm = z.strictObject({
  format: z.literal(1),
  /** Version of the program that made it. */
  program: z.string(),
  madeAt: z.string(),
  migrations: z.array(z.string()),
  /** Rows by table. */
  counts: z.record(z.string(), z.int()),
  /** SHA-256 over the hash of every version of every resource, in their order. */
  versions: z.string(),
  /** Where the audit chain stood. */
  audit: z.strictObject({ seq: z.int(), mac: z.string() }),
});

export type Manifest = z.infer<typeof manifestForm>;
/** What of a manifest follows from the database alone. */
export type Summary = Pick<Manifest, 'migrations' | 'counts' | 'versions' | 'audit'>;

const PIECE_BYTES = 1 << 20;
const BATCH = 5_000;
const MOST_HEAD_BYTES = 16 << 20;

/** Sums up a database, so that two can be compared. */
export async function summaryOf(db: Db): Promise<Summary> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  const counts: Record<string, number> = {};
  for (const { name } of tables.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const counted = sql<{ n: number }>`select count(*) as n from ${sql.table(name)}`;
    counts[name] = (await counted.execute(db)).rows[0]?.n ?? 0;
  }
  const head = await db.selectFrom('audit_head').select(['seq', 'mac']).executeTakeFirst();
  return {
    migrations: await appliedMigrations(db),
    counts,
    versions: await versionsDigest(db),
    audit: head ?? { seq: 0, mac: '' },
  };
}

/** Writes manifest, keys and database into one sealed file. */
export function writeBackup(
  file: string,
  contents: { manifest: Manifest; keychain: Keychain; databaseFile: string },
): void {
  const { manifest, keychain, databaseFile } = contents;
  const head = Buffer.from(JSON.stringify({ manifest, keychain: keychainText(keychain) }));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(head.length);
  function* pieces() {
    yield length;
    yield head;
    yield* piecesOf(databaseFile);
  }
  writeSealed(file, keychain.recovery, pieces());
}

/**
 * Opens a backup and writes its database to a file, which opens with the keys that come back.
 * @throws what `readSealed` throws; store.disk_full
 */
export function openBackup(
  file: string,
  recovery: Uint8Array,
  databaseFile: string,
): { manifest: Manifest; keychain: Keychain } {
  const handle = openSync(databaseFile, 'wx', 0o600);
  const write = (bytes: Buffer) => {
    try {
      writeWhole(handle, bytes);
    } catch (error) {
      throw asStoreError(error, databaseFile);
    }
  };
  try {
    let held: Buffer = Buffer.alloc(0);
    let head: Head | undefined;
    for (const piece of readSealed(file, recovery)) {
      if (head) {
        write(piece);
        continue;
      }
      held = Buffer.concat([held, piece]);
      const read = readHead(held);
      if (!read) continue;
      head = read.head;
      write(held.subarray(read.length));
    }
    if (!head) throw new ChartfoldError('backup.damaged', { detail: 'the manifest' });
    fsyncSync(handle);
    return { manifest: head.manifest, keychain: parseKeychain(head.keychain) };
  } finally {
    closeSync(handle);
  }
}

const headForm = z.strictObject({ manifest: manifestForm, keychain: z.string() });
type Head = z.infer<typeof headForm>;

/** @returns null where more is needed */
function readHead(bytes: Buffer): { head: Head; length: number } | null {
  if (bytes.length < 4) return null;
  const length = 4 + bytes.readUInt32BE(0);
  // Authentic, so it can only come of another form.
  if (length > MOST_HEAD_BYTES) throw new ChartfoldError('backup.newer');
  if (bytes.length < length) return null;
  const head = headForm.safeParse(JSON.parse(bytes.subarray(4, length).toString()));
  if (!head.success) throw new ChartfoldError('backup.newer', { cause: head.error });
  return { head: head.data, length };
}

async function versionsDigest(db: Db): Promise<string> {
  const digest = createHash('sha256');
  for (let after = 0; ; ) {
    const rows = await db
      .selectFrom('resource_version')
      .select(['seq', 'raw_hash'])
      .where('seq', '>', after)
      .orderBy('seq')
      .limit(BATCH)
      .execute();
    for (const { seq, raw_hash } of rows) digest.update(`${seq} ${raw_hash}\n`);
    const last = rows.at(-1);
    if (!last || rows.length < BATCH) return digest.digest('hex');
    after = last.seq;
  }
}

/** A file's bytes; each piece is good until the next is asked for. */
function* piecesOf(file: string): Generator<Buffer> {
  const handle = openSync(file, 'r');
  try {
    const piece = Buffer.alloc(PIECE_BYTES);
    for (;;) {
      const read = readSync(handle, piece);
      if (read === 0) return;
      yield piece.subarray(0, read);
    }
  } finally {
    closeSync(handle);
  }
}
