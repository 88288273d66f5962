// Owns the making of the records tables. A migration that has been released is never edited.

import { randomBytes } from 'node:crypto';
import { type CreateTableBuilder, sql } from 'kysely';
import type { MigrationDb, Migrations } from '../platform/db/migrate.ts';

export const recordsMigrations: Migrations = {
  '2026-11-21-records-1': { up },
  '2026-11-23-records-2': { up: sayWhySetAside },
  '2026-11-23-records-3': { up: findOpenRuns },
  '2026-11-24-records-4': { up: tellWhatIsGone },
  '2026-11-25-records-attachments': { up: keepAttachments },
  '2026-11-26-records-how-asked': { up: sayHowAsked },
  '2026-11-26-records-packs': { up: packTexts },
  '2026-11-26-records-visits': { up: rememberVisits },
};

/** A text of its own is a pack of one. Its version may go before others of its pack, so nothing refers to that. */
async function packTexts(db: MigrationDb): Promise<void> {
  await db.schema.alterTable('body').renameTo('body_alone').execute();
  await db.schema
    .createTable('body')
    .addColumn('seq', 'integer', (col) => col.primaryKey())
    .addColumn('count', 'integer', (col) => col.notNull())
    .addColumn('encoding', 'text', (col) => col.notNull())
    .addColumn('bytes', 'blob', (col) => col.notNull())
    .execute();
  await sql`insert into body
    select seq, 1, encoding, cast(bytes as blob) from body_alone order by seq`.execute(db);
  await db.schema.dropTable('body_alone').execute();
}

async function sayHowAsked(db: MigrationDb): Promise<void> {
  for (const column of ['since', 'parts'])
    await db.schema.alterTable('sync_question').addColumn(column, 'text').execute();
}

async function rememberVisits(db: MigrationDb): Promise<void> {
  await db.schema
    .createTable('record_visit')
    .addColumn('account_id', 'text', (col) => col.notNull())
    .addColumn('person_id', 'text', (col) => col.notNull())
    .addColumn('began_at', 'text', (col) => col.notNull())
    .addColumn('last_at', 'text', (col) => col.notNull())
    .addColumn('began_position', 'integer', (col) => col.notNull())
    .addColumn('position', 'integer', (col) => col.notNull())
    .addPrimaryKeyConstraint('record_visit_identity', ['account_id', 'person_id', 'began_at'])
    .execute();
  for (const column of ['since_seq', 'until_seq'])
    await db.schema.alterTable('sync_run').addColumn(column, 'integer').execute();
}

async function keepAttachments(db: MigrationDb): Promise<void> {
  await db.schema
    .createTable('attachment')
    .addColumn('version_seq', 'integer', (col) => col.notNull().references('resource_version.seq'))
    .addColumn('n', 'integer', (col) => col.notNull())
    .addColumn('resource_id', 'text', (col) => col.notNull().references('resource.id'))
    .addColumn('place', 'text', (col) => col.notNull())
    .addColumn('content_type', 'text')
    .addColumn('title', 'text')
    .addColumn('comes', 'text', (col) => col.notNull())
    .addColumn('absent_reason', 'text')
    .addColumn('address', 'text')
    .addColumn('state', 'text', (col) => col.notNull())
    .addColumn('code', 'text')
    .addColumn('http_status', 'integer')
    .addColumn('tries', 'integer', (col) => col.notNull().defaultTo(0))
    .addColumn('next_try_at', 'text')
    .addColumn('bytes', 'integer')
    .addColumn('content_id', 'text')
    .addColumn('kept_type', 'text')
    .addColumn('fetched_at', 'text')
    .addPrimaryKeyConstraint('attachment_identity', ['version_seq', 'n'])
    .execute();
  await index('attachment_by_resource', 'attachment', 'resource_id');
  await index('attachment_by_content', 'attachment', 'content_id');
  await db.schema
    .createIndex('attachment_due')
    .on('attachment')
    .columns(['version_seq', 'n'])
    .where(sql.ref('next_try_at'), 'is not', null)
    .execute();
  await db.schema
    .createTable('attachment_content')
    .addColumn('id', 'text', (col) => col.primaryKey())
    .addColumn('bytes', 'integer', (col) => col.notNull())
    .addColumn('is_whole', 'integer', (col) => col.notNull())
    .execute();
  await db.schema
    .createTable('attachment_chunk')
    .addColumn('content_id', 'text', (col) => col.notNull().references('attachment_content.id'))
    .addColumn('n', 'integer', (col) => col.notNull())
    .addColumn('bytes', 'blob', (col) => col.notNull())
    .addPrimaryKeyConstraint('attachment_chunk_identity', ['content_id', 'n'])
    .execute();
  await db.schema
    .createTable('attachment_key')
    .addColumn('id', 'integer', (col) => col.primaryKey())
    .addColumn('key', 'blob', (col) => col.notNull())
    .execute();
  await sql`insert into attachment_key (id, key) values (1, ${randomBytes(32)})`.execute(db);

  function index(name: string, table: string, column: string): Promise<void> {
    return db.schema.createIndex(name).on(table).column(column).execute();
  }
}

/** Open runs are few, and asked for again and again beside a long past. */
async function findOpenRuns(db: MigrationDb): Promise<void> {
  await db.schema
    .createIndex('sync_run_open')
    .on('sync_run')
    .columns(['source_id', 'started_at'])
    .where(sql.ref('ended_at'), 'is', null)
    .execute();
}

async function sayWhySetAside(db: MigrationDb): Promise<void> {
  await db.schema
    .alterTable('sync_question')
    .addColumn('set_aside_why', 'text', (col) => col.notNull().defaultTo('[]'))
    .execute();
}

async function tellWhatIsGone(db: MigrationDb): Promise<void> {
  await db.schema.alterTable('resource').addColumn('number', 'integer').execute();
  await sql`update resource set number = (
    select min(seq) from resource_version as v where v.resource_id = resource.id)`.execute(db);
  await db.schema.alterTable('resource').addColumn('seen_by', 'text').execute();
  await sql`update resource set seen_by = (
    select question_key from resource_version as v where v.seq = resource.current_seq)`.execute(db);
  await db.schema.alterTable('resource').addColumn('gone_at', 'text').execute();
  for (const table of ['sync_run', 'sync_question'])
    await db.schema
      .alterTable(table)
      .addColumn('gone', 'integer', (col) => col.notNull().defaultTo(0))
      .execute();
  await db.schema
    .createTable('resource_notice')
    .addColumn('seq', 'integer', (col) => col.primaryKey())
    .addColumn('resource_id', 'text', (col) => col.notNull().references('resource.id'))
    .addColumn('person_id', 'text')
    .addColumn('kind', 'text', (col) => col.notNull())
    .addColumn('run_id', 'text', (col) => col.notNull())
    .addColumn('at', 'text', (col) => col.notNull())
    .execute();
  await db.schema
    .createIndex('resource_notice_by_person')
    .on('resource_notice')
    .columns(['person_id', 'seq'])
    .execute();
  await db.schema
    .createIndex('resource_notice_by_resource')
    .on('resource_notice')
    .column('resource_id')
    .execute();
  await db.schema
    .createTable('sync_seen')
    .addColumn('run_id', 'text', (col) => col.notNull().references('sync_run.id'))
    .addColumn('numbers', 'blob', (col) => col.notNull())
    .execute();
  await db.schema.createIndex('sync_seen_by_run').on('sync_seen').column('run_id').execute();
}

async function up(db: MigrationDb): Promise<void> {
  await makeSources(db);
  await makeResources(db);
  await makeShared(db);
  await makeRuns(db);
}

async function makeSources(db: MigrationDb): Promise<void> {
  await db.schema
    .createTable('source')
    .addColumn('id', 'text', (col) => col.primaryKey())
    .addColumn('kind', 'text', (col) => col.notNull())
    .addColumn('label', 'text', (col) => col.notNull())
    .addColumn('origin', 'text')
    .addColumn('sample', 'integer', (col) => col.notNull())
    .addColumn('created_at', 'text', (col) => col.notNull())
    .execute();
  await db.schema
    .createIndex('source_by_origin')
    .on('source')
    .columns(['kind', 'origin'])
    .unique()
    .where('origin', 'is not', null)
    .execute();
}

async function makeResources(db: MigrationDb): Promise<void> {
  await db.schema
    .createTable('resource')
    .addColumn('id', 'text', (col) => col.primaryKey())
    .addColumn('source_id', 'text', (col) => col.notNull().references('source.id'))
    .addColumn('person_id', 'text')
    .addColumn('type', 'text', (col) => col.notNull())
    .addColumn('fhir_id', 'text', (col) => col.notNull())
    .addColumn('version_count', 'integer', (col) => col.notNull())
    .addColumn('current_seq', 'integer', (col) => col.notNull())
    .addColumn('raw_hash', 'text', (col) => col.notNull())
    .addColumn('first_received_at', 'text', (col) => col.notNull())
    .addColumn('changed_at', 'text', (col) => col.notNull())
    .execute();
  // Nulls differ from each other in a unique index, so shared resources are told apart by ''.
  await sql`create unique index resource_identity
    on resource (source_id, type, fhir_id, coalesce(person_id, ''))`.execute(db);
  await db.schema.createIndex('resource_by_person').on('resource').column('person_id').execute();
  await db.schema
    .createTable('resource_version')
    .addColumn('seq', 'integer', (col) => col.primaryKey())
    .addColumn('resource_id', 'text', (col) => col.notNull().references('resource.id'))
    .addColumn('person_id', 'text')
    .addColumn('version_no', 'integer', (col) => col.notNull())
    .addColumn('raw_hash', 'text', (col) => col.notNull())
    .addColumn('run_id', 'text')
    .addColumn('question_key', 'text')
    .addColumn('page_no', 'integer')
    .addColumn('received_at', 'text', (col) => col.notNull())
    .addUniqueConstraint('version_identity', ['resource_id', 'version_no'])
    .execute();
  await db.schema
    .createIndex('version_by_person')
    .on('resource_version')
    .columns(['person_id', 'seq'])
    .execute();
  await db.schema
    .createTable('body')
    .addColumn('seq', 'integer', (col) => col.primaryKey().references('resource_version.seq'))
    .addColumn('encoding', 'text', (col) => col.notNull())
    .addColumn('bytes', 'blob', (col) => col.notNull())
    .execute();
}

async function makeShared(db: MigrationDb): Promise<void> {
  await db.schema
    .createTable('shared_reader')
    .addColumn('source_id', 'text', (col) => col.notNull().references('source.id'))
    .addColumn('type', 'text', (col) => col.notNull())
    .addColumn('fhir_id', 'text', (col) => col.notNull())
    .addColumn('person_id', 'text', (col) => col.notNull())
    .addColumn('since_seq', 'integer', (col) => col.notNull())
    .addPrimaryKeyConstraint('shared_reader_identity', [
      'person_id',
      'source_id',
      'type',
      'fhir_id',
    ])
    .execute();
  await db.schema
    .createIndex('shared_reader_by_resource')
    .on('shared_reader')
    .columns(['source_id', 'type', 'fhir_id'])
    .execute();
  await db.schema
    .createTable('shared_reference')
    .addColumn('source_id', 'text', (col) => col.notNull().references('source.id'))
    .addColumn('from_type', 'text', (col) => col.notNull())
    .addColumn('from_id', 'text', (col) => col.notNull())
    .addColumn('to_source_id', 'text', (col) => col.notNull().references('source.id'))
    .addColumn('to_type', 'text', (col) => col.notNull())
    .addColumn('to_id', 'text', (col) => col.notNull())
    .addPrimaryKeyConstraint('shared_reference_identity', [
      'source_id',
      'from_type',
      'from_id',
      'to_source_id',
      'to_type',
      'to_id',
    ])
    .execute();
  await db.schema
    .createIndex('shared_reference_by_target')
    .on('shared_reference')
    .column('to_source_id')
    .execute();
  await db.schema
    .createTable('record_counter')
    .addColumn('id', 'integer', (col) => col.primaryKey())
    .addColumn('last_seq', 'integer', (col) => col.notNull())
    .execute();
  await sql`insert into record_counter (id, last_seq) values (1, 0)`.execute(db);
}

async function makeRuns(db: MigrationDb): Promise<void> {
  const run = db.schema
    .createTable('sync_run')
    .addColumn('id', 'text', (col) => col.primaryKey())
    .addColumn('source_id', 'text', (col) => col.notNull().references('source.id'))
    .addColumn('person_id', 'text', (col) => col.notNull())
    .addColumn('trigger', 'text', (col) => col.notNull())
    .addColumn('scopes_asked', 'text', (col) => col.notNull())
    .addColumn('scopes_granted', 'text', (col) => col.notNull())
    .addColumn('started_at', 'text', (col) => col.notNull())
    .addColumn('ended_at', 'text')
    .addColumn('receipt_hash', 'text');
  await withTallies(run).execute();
  await db.schema
    .createIndex('sync_run_by_source')
    .on('sync_run')
    .columns(['source_id', 'started_at'])
    .execute();
  const question = db.schema
    .createTable('sync_question')
    .addColumn('run_id', 'text', (col) => col.notNull().references('sync_run.id'))
    .addColumn('position', 'integer', (col) => col.notNull())
    .addColumn('key', 'text', (col) => col.notNull())
    .addColumn('label', 'text', (col) => col.notNull())
    .addColumn('type', 'text', (col) => col.notNull())
    .addColumn('request', 'text', (col) => col.notNull())
    .addColumn('why', 'text', (col) => col.notNull())
    .addColumn('outcome', 'text', (col) => col.notNull().defaultTo('pending'))
    .addColumn('pages', 'integer', (col) => col.notNull().defaultTo(0))
    .addColumn('last_page', 'integer')
    .addColumn('partial_page', 'integer')
    .addColumn('code', 'text')
    .addColumn('detail', 'text')
    .addColumn('next', 'text')
    .addColumn('http_status', 'integer')
    .addColumn('retries', 'integer', (col) => col.notNull().defaultTo(0))
    .addColumn('started_at', 'text')
    .addColumn('ended_at', 'text')
    .addPrimaryKeyConstraint('sync_question_identity', ['run_id', 'key']);
  await withTallies(question).execute();
}

/** The five counts of a question or a run. `new` is a reserved word in SQL, hence new_count. */
function withTallies<T extends string, C extends string>(
  table: CreateTableBuilder<T, C>,
): CreateTableBuilder<T, C> {
  const names = ['received', 'new_count', 'changed', 'unchanged', 'set_aside'] as const;
  let made: CreateTableBuilder<T, string> = table;
  for (const name of names) {
    made = made.addColumn(name, 'integer', (col) => col.notNull().defaultTo(0));
  }
  return made as CreateTableBuilder<T, C>;
}
