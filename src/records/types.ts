// Owns the words of the records folder: sources, runs, questions, resources and their versions.
// Types only. `now` is milliseconds since the epoch; a time read back is ISO 8601 UTC text.

import type { Attachment } from '../fhir/attachments.ts';
import type { Transaction } from '../platform/db/db.ts';
import type { ErrorCode } from '../platform/errors.ts';

export type PersonId = string;
export type SourceId = string;
export type RunId = string;
/** Opaque: what the app and its addresses call a resource. */
export type ResourceId = string;

/** Where records come from: a connected portal, or files of one origin. */
export type Source = {
  readonly id: SourceId;
  readonly kind: 'portal' | 'import';
  readonly label: string;
  /** Import sources: the server base or `urn:uuid` that ids belong to; null where it does not apply. */
  readonly origin: string | null;
  /** Synthetic records, which go with one click. */
  readonly sample: boolean;
  readonly createdAt: string;
};

export type RunTrigger = 'first' | 'manual' | 'scheduled';

/** A question that a sync is going to ask. */
export type PlannedQuestion = {
  /** Unique in its run and the same in every run of this source. */
  readonly key: string;
  readonly label: string;
  /** FHIR resource type asked for. */
  readonly type: string;
  /** Path and query below the FHIR base. */
  readonly request: string;
  readonly why: string;
  /** ISO day. Of a search: only what changed from then on is asked for; by id: all was read then, only new ones are. */
  readonly since?: string | null;
  /** Queries that are added to the request one after the other, where it is not asked as a whole. */
  readonly parts?: readonly string[] | null;
  /** What keeps it from being answered in full, where that is known before it is asked. */
  readonly code?: ErrorCode | null;
  /** Where it is not asked at all, and `code` says why. */
  readonly outcome?: 'refused' | 'failed';
};

/** `pending`, `asking` are open; the rest are final. `part`: some pages came, then it stopped. */
export type QuestionOutcome =
  | 'pending'
  | 'asking'
  | 'full'
  | 'part'
  | 'refused'
  | 'failed'
  | 'not-asked';

/** received = new + changed + unchanged, always. setAside is apart: entries that were not stored. */
export type Counts = {
  readonly received: number;
  readonly new: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly setAside: number;
};

/** Entries of one kind that were not stored, and why. */
export type SetAside = {
  /** Of the error catalogue. */
  readonly code: ErrorCode;
  /** FHIR type; empty where the entry says none. */
  readonly type: string;
  readonly count: number;
};

export type Question = Omit<PlannedQuestion, 'code' | 'outcome'> &
  Counts & {
    readonly since: string | null;
    readonly parts: readonly string[] | null;
    readonly runId: RunId;
    /** From 0, in the order planned. */
    readonly position: number;
    readonly outcome: QuestionOutcome;
    /** Pages committed. */
    readonly pages: number;
    /** What `setAside` counts, by reason and kind. */
    readonly setAsideWhy: readonly SetAside[];
    /** An error code of the catalogue, where there is one. */
    readonly code: string | null;
    readonly detail: string | null;
    /** The cursor: the page to ask for next, and in which part; null before the first page and after the last. */
    readonly next: string | null;
    /** What it reported before and reports no longer; known when the run has ended. */
    readonly gone: number;
    readonly httpStatus: number | null;
    readonly retries: number;
    readonly startedAt: string | null;
    readonly endedAt: string | null;
  };

/** One sync of one source. */
export type Run = {
  readonly id: RunId;
  readonly source: SourceId;
  readonly person: PersonId;
  readonly trigger: RunTrigger;
  readonly scopesAsked: readonly string[];
  readonly scopesGranted: readonly string[];
  readonly startedAt: string;
  /** Null while the run is open: a restart resumes it. */
  readonly endedAt: string | null;
  /** Sums over the questions; zero until the run has ended. */
  readonly sums: Counts;
  /** Over the questions: what is reported no longer. */
  readonly gone: number;
  /** SHA-256, hex, over the receipt's content; null until the run has ended. */
  readonly receiptHash: string | null;
};

/** What a run came to, without its questions. */
export type RunSummary = {
  readonly id: RunId;
  readonly endedAt: string | null;
  readonly asked: number;
  readonly answeredInFull: number;
  /** Records; files are counted apart. */
  readonly new: number;
  readonly newFiles: number;
  readonly changed: number;
  readonly gone: number;
};

/** A run with its questions, in the order planned: what the person is shown. */
export type Receipt = { readonly run: Run; readonly questions: readonly Question[] };

/** A resource as it came, before hashing and compression. */
export type Incoming = {
  readonly type: string;
  /** The id within its source. */
  readonly id: string;
  /** The exact source text. */
  readonly raw: string;
  /** Whose it is; null: shared by the source, read by everyone who refers to it. */
  readonly person: PersonId | null;
  /** Shared resources that it refers to. They need not have arrived yet. */
  readonly readsShared?: readonly SharedKey[];
};

/** A shared resource, by its FHIR type and id; of the referring resource's source unless said. */
export type SharedKey = { readonly type: string; readonly id: string; readonly source?: SourceId };

/** A resource ready to be written; its text is in its pack. */
export type Prepared = Omit<Incoming, 'raw'> & {
  /** SHA-256 of the raw text's UTF-8, hex. */
  readonly rawHash: string;
  readonly attachments?: readonly Attachment[];
};

/** Some texts as the store keeps them. */
export type Packed = {
  /** Of texts. */
  readonly count: number;
  readonly encoding: BodyEncoding;
  readonly bytes: Uint8Array;
};

/** Some resources with their texts, in the same order. */
export type PreparedPack = Packed & { readonly resources: readonly Prepared[] };

export type BodyEncoding = 'raw' | 'zstd';

/**
 * `waiting`: not asked for yet; `kept`: it is here, inside its resource or by itself; `absent`: the source gave none.
 * The others say why it is not here.
 */
export type AttachmentState = 'waiting' | 'kept' | 'absent' | 'refused' | 'failed' | 'too-large';

/** Names an attachment of a version. */
export type AttachmentKey = { readonly seq: number; readonly n: number };

/** An attachment as the store knows it, without its content. */
export type StoredAttachment = Attachment & {
  readonly n: number;
  readonly state: AttachmentState;
  /** Of the error catalogue; null where nothing went wrong. */
  readonly code: string | null;
  readonly tries: number;
  readonly nextTryAt: string | null;
  readonly contentId: string | null;
  /** What the content is by its answer; null where that said nothing. */
  readonly keptType: string | null;
  readonly fetchedAt: string | null;
};

/** An attachment that is to be asked for. */
export type DueAttachment = AttachmentKey & {
  readonly address: string;
  readonly contentType: string | null;
  readonly bytes: number | null;
  readonly tries: number;
};

export type StartRun = {
  readonly source: SourceId;
  readonly person: PersonId;
  readonly trigger: RunTrigger;
  readonly scopesAsked: readonly string[];
  readonly scopesGranted: readonly string[];
  readonly questions: readonly PlannedQuestion[];
  readonly now: number;
};

export type CommitPage = {
  readonly run: RunId;
  /** The question's key. */
  readonly question: string;
  /** Number of the page in its question, growing from page to page; the same when fetched again. */
  readonly page: number;
  readonly source: SourceId;
  readonly packs: readonly PreparedPack[];
  /** Entries of the page that are not stored. */
  readonly setAside: readonly SetAside[];
  /** Dotted paths from the resource's root that do not count as a change, such as `meta.lastUpdated`. */
  readonly volatilePaths: readonly string[];
  readonly finish: {
    /** The cursor at the next page; null when this was the last. */
    readonly next: string | null;
    /** Given with the last page: the question is closed with it. */
    readonly outcome?: 'full' | 'part';
    readonly code?: string;
    readonly detail?: string;
  };
  readonly now: number;
  /** Runs inside the transaction of the last chunk, e.g. to queue a job. */
  readonly afterwards?: (trx: Transaction) => Promise<void>;
};

export type CloseQuestion = {
  readonly run: RunId;
  readonly question: string;
  readonly outcome: QuestionOutcome;
  readonly code?: string;
  readonly detail?: string;
  readonly httpStatus?: number;
  readonly retries?: number;
  /** Changes the cursor when given; left out, it stays. */
  readonly next?: string | null;
  readonly now: number;
};

/** A question that the portal does not answer as a whole: before its first page it becomes one in parts. */
export type PartQuestion = {
  readonly run: RunId;
  readonly question: string;
  /** Its key from now on: what it brings counts as seen by another question. */
  readonly key: string;
  readonly parts: readonly string[];
  /** The cursor at its first part. */
  readonly next: string;
};

export type CommitImport = {
  /** Names this import among the versions it writes. */
  readonly importId: string;
  readonly source: SourceId;
  readonly packs: readonly PreparedPack[];
  readonly volatilePaths: readonly string[];
  readonly now: number;
  /** Runs inside the transaction of the last chunk. */
  readonly afterwards?: (trx: Transaction) => Promise<void>;
};

/** A resource as the store keeps it, without its text. */
export type StoredResource = {
  readonly id: ResourceId;
  readonly source: Source;
  /** Null: shared by its source. */
  readonly person: PersonId | null;
  readonly type: string;
  readonly fhirId: string;
  readonly versionCount: number;
  readonly currentSeq: number;
  readonly rawHash: string;
  readonly firstReceivedAt: string;
  /** When the current version came. */
  readonly changedAt: string;
  /** Since when its portal reports it no longer; null where it does. */
  readonly goneAt: string | null;
};

/** One version of a resource, without its text; `rawOf(db, seq)` gives that. */
export type StoredVersion = {
  readonly seq: number;
  readonly resource: ResourceId;
  readonly versionNo: number;
  readonly rawHash: string;
  readonly run: RunId | null;
  readonly question: string | null;
  readonly page: number | null;
  readonly receivedAt: string;
};

/** A version as the chart reads it; once more, with another position, where its portal reports it no longer or again. */
export type VersionRow = {
  /** Where this row stands in the person's feed: pass the last one's as `afterSeq` to go on. */
  readonly position: number;
  readonly seq: number;
  readonly resource: ResourceId;
  readonly versionNo: number;
  readonly source: SourceId;
  readonly sample: boolean;
  readonly shared: boolean;
  readonly type: string;
  readonly fhirId: string;
  readonly receivedAt: string;
  readonly goneAt: string | null;
};

/** A current resource with its exact text, as export reads it. */
export type CurrentRow = {
  readonly resource: ResourceId;
  readonly source: SourceId;
  readonly type: string;
  readonly fhirId: string;
  /** Null: shared by its source. */
  readonly person: PersonId | null;
  readonly shared: boolean;
  readonly seq: number;
  readonly raw: string;
};
