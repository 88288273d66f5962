// Owns the shape of the records tables for the query builder. Migrations make them: migrations.ts.
// Narrow typed columns stand apart from the bodies, which only exact text and export need.

import type { Generated } from 'kysely';
import type { AttachmentComes } from '../fhir/attachments.ts';
import type { AttachmentState, BodyEncoding, QuestionOutcome, RunTrigger } from './types.ts';

type SourceTable = {
  id: string;
  kind: 'portal' | 'import';
  label: string;
  origin: string | null;
  sample: number;
  created_at: string;
};

type ResourceTable = {
  id: string;
  source_id: string;
  /** Null: shared by the source. */
  person_id: string | null;
  type: string;
  fhir_id: string;
  version_count: number;
  current_seq: number;
  raw_hash: string;
  first_received_at: string;
  changed_at: string;
  /** That of its first version: stands for it in sets of many. */
  number: number;
  /** Key of the question that reported it last; null for what came from files. */
  seen_by: string | null;
  /** Since when its portal reports it no longer. */
  gone_at: string | null;
};

type ResourceVersionTable = {
  /** Drawn from record_counter, so that the order of numbers is the order of commits. */
  seq: number;
  resource_id: string;
  /** The resource's, so that a person's versions are found in order. */
  person_id: string | null;
  version_no: number;
  raw_hash: string;
  run_id: string | null;
  question_key: string | null;
  page_no: number | null;
  received_at: string;
};

/** That a portal reports a resource no longer, or again: for the feed, numbered like versions. */
type ResourceNoticeTable = {
  seq: number;
  resource_id: string;
  person_id: string | null;
  kind: 'gone' | 'back';
  run_id: string;
  at: string;
};

/** What a run that has not ended has seen, chunk by chunk; seen.ts packs it. */
type SyncSeenTable = { run_id: string; numbers: Uint8Array };

/** The texts of versions `seq` to `seq + count - 1`, in one piece: body.ts packs them. */
type BodyTable = { seq: number; count: number; encoding: BodyEncoding; bytes: Uint8Array };

/** An attachment of one version of a resource; of the current version it is shown and fetched. */
type AttachmentTable = {
  version_seq: number;
  /** Its number in that version, from 0. */
  n: number;
  resource_id: string;
  /** Where in the resource it stands: `content[0].attachment`. */
  place: string;
  content_type: string | null;
  title: string | null;
  comes: AttachmentComes;
  absent_reason: string | null;
  /** As the portal gave it last: a signed one moves without being another. */
  address: string | null;
  state: AttachmentState;
  code: string | null;
  http_status: number | null;
  tries: number;
  /** When it is asked for, at the earliest; null where nothing is to be asked any more. */
  next_try_at: string | null;
  /** Once kept, counted; before, what the resource says. */
  bytes: number | null;
  /** Set before its chunks are written, so that nobody sweeps them away meanwhile. */
  content_id: string | null;
  /** What the content is by its answer, where that says more than the resource. */
  kept_type: string | null;
  fetched_at: string | null;
};

/** Content by its keyed hash, so that one file under many documents is kept once. */
type AttachmentContentTable = {
  id: string;
  bytes: number;
  /** 0 while its chunks are being written. */
  is_whole: number;
};

type AttachmentChunkTable = { content_id: string; n: number; bytes: Uint8Array };

/** One row: the key of the names of contents, so that a name tells nobody which known file it is. */
type AttachmentKeyTable = { id: number; key: Uint8Array };

/** Who refers to which shared resource, by name: it may arrive after the reference to it. */
type SharedReaderTable = {
  source_id: string;
  type: string;
  fhir_id: string;
  person_id: string;
  /** Where the reader's feed gets what the resource held before. */
  since_seq: number;
};

/** A shared resource that refers to another, so that its readers become the other's too. */
type SharedReferenceTable = {
  source_id: string;
  from_type: string;
  from_id: string;
  to_source_id: string;
  to_type: string;
  to_id: string;
};

/** One row: the last number given to a version or a reader. */
type RecordCounterTable = { id: number; last_seq: number };

type SyncRunTable = {
  id: string;
  source_id: string;
  person_id: string;
  trigger: RunTrigger;
  scopes_asked: string;
  scopes_granted: string;
  started_at: string;
  ended_at: string | null;
  received: number;
  new_count: number;
  changed: number;
  unchanged: number;
  set_aside: number;
  gone: Generated<number>;
  receipt_hash: string | null;
  /** What it wrote is numbered above this; null for a run from before this was kept. */
  since_seq: Generated<number | null>;
  /** And up to this; null while it is open. */
  until_seq: Generated<number | null>;
};

/** One look of an account at a person's record, as long as it lasted: visits.ts. */
type RecordVisitTable = {
  account_id: string;
  person_id: string;
  began_at: string;
  last_at: string;
  /** How far the chart had come when it was looked at first, and last. */
  began_position: number;
  position: number;
};

type SyncQuestionTable = {
  run_id: string;
  position: number;
  key: string;
  label: string;
  type: string;
  request: string;
  why: string;
  /** ISO day: only what changed from then on was asked for, or, by id, only what was not here. */
  since: string | null;
  /** JSON: the queries that it is asked in, one after the other; null where it is asked as a whole. */
  parts: string | null;
  outcome: Generated<QuestionOutcome>;
  pages: Generated<number>;
  /** Number of the last page wholly committed. */
  last_page: number | null;
  /** Number of a page of which some chunks are committed and some are not. */
  partial_page: number | null;
  received: Generated<number>;
  new_count: Generated<number>;
  changed: Generated<number>;
  unchanged: Generated<number>;
  set_aside: Generated<number>;
  /** Of what this question reported before: reported no longer. */
  gone: Generated<number>;
  /** JSON: what was set aside, by reason and kind. */
  set_aside_why: Generated<string>;
  code: string | null;
  detail: string | null;
  next: string | null;
  http_status: number | null;
  retries: Generated<number>;
  started_at: string | null;
  ended_at: string | null;
};

declare module '../platform/db/db.ts' {
  interface Tables {
    source: SourceTable;
    resource: ResourceTable;
    resource_version: ResourceVersionTable;
    resource_notice: ResourceNoticeTable;
    body: BodyTable;
    attachment: AttachmentTable;
    attachment_content: AttachmentContentTable;
    attachment_chunk: AttachmentChunkTable;
    attachment_key: AttachmentKeyTable;
    shared_reader: SharedReaderTable;
    shared_reference: SharedReferenceTable;
    record_counter: RecordCounterTable;
    record_visit: RecordVisitTable;
    sync_run: SyncRunTable;
    sync_question: SyncQuestionTable;
    sync_seen: SyncSeenTable;
  }
}
