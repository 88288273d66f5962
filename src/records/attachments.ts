// Owns what is known of attachments: noted with the chunk that brings their resource, found when they are to be asked
// for, and what came of asking. The content itself is attachment-content.ts. The counts of what was asked move with it.

import { type Insertable, type Selectable, sql } from 'kysely';
import type { Attachment } from '../fhir/attachments.ts';
import { isoTime } from '../platform/clock.ts';
import { bulkTransaction, insertRows } from '../platform/db/bulk.ts';
import type { Db, Tables, Transaction } from '../platform/db/db.ts';
import type { ErrorCode } from '../platform/errors.ts';
import { questionRow, setAsideOf } from './runs.ts';
import { countSetAside } from './set-aside.ts';
import type {
  AttachmentKey,
  AttachmentState,
  DueAttachment,
  PlannedQuestion,
  Prepared,
  ResourceId,
  RunId,
  SourceId,
  StoredAttachment,
} from './types.ts';

/**
 * Notes the attachments of versions, in the transaction of their chunk. Of one that is known already only the address
 * is taken: a signed one moves from answer to answer, and the last one is the one that works.
 */
export async function noteAttachments(
  trx: Transaction,
  versions: readonly {
    readonly seq: number;
    readonly slot: { readonly id: ResourceId };
    readonly resource: Pick<Prepared, 'attachments'>;
  }[],
  at: string,
): Promise<void> {
  const rows = versions.flatMap(({ seq, slot, resource }) =>
    (resource.attachments ?? []).map((one, n) => rowOf(one, { seq, n }, slot.id, at)),
  );
  await insertRows(trx, 'attachment', rows, (insert) =>
    insert.onConflict((conflict) =>
      conflict
        .columns(['version_seq', 'n'])
        .doUpdateSet((eb) => ({ address: eb.ref('excluded.address') }))
        .whereRef('attachment.address', 'is not', 'excluded.address'),
    ),
  );
}

/** The attachments of a version, in their order; none where it was stored before attachments were known. */
export async function attachmentsOf(db: Db, seq: number): Promise<StoredAttachment[]> {
  const rows = await db
    .selectFrom('attachment')
    .selectAll()
    .where('version_seq', '=', seq)
    .orderBy('n')
    .execute();
  return rows.map(readAttachment);
}

/** What an attachment is that has just been found in its resource. */
export function foundAttachment(attachment: Attachment, n: number): StoredAttachment {
  return {
    ...attachment,
    n,
    state: stateOf(attachment),
    code: null,
    tries: 0,
    nextTryAt: null,
    contentId: null,
    keptType: null,
    fetchedAt: null,
  };
}

/** Some attachments of a source that are to be asked for now, of current versions alone, after one that was looked at. */
export async function dueAttachments(
  db: Db,
  due: { source: SourceId; now: number; after: AttachmentKey; most: number },
): Promise<DueAttachment[]> {
  const rows = await db
    .selectFrom('attachment as a')
    .innerJoin('resource as r', (join) =>
      join.onRef('r.id', '=', 'a.resource_id').onRef('r.current_seq', '=', 'a.version_seq'),
    )
    .select(['a.version_seq', 'a.n', 'a.address', 'a.content_type', 'a.bytes', 'a.tries'])
    // Not found by the source's index: its records are many, those with a file that is due are few.
    .where(sql`r.source_id || ''`, '=', due.source)
    .where('r.gone_at', 'is', null)
    .where('a.next_try_at', '<=', isoTime(due.now))
    .where((eb) =>
      eb(eb.refTuple('a.version_seq', 'a.n'), '>', eb.tuple(due.after.seq, due.after.n)),
    )
    .orderBy('a.version_seq')
    .orderBy('a.n')
    .limit(due.most)
    .execute();
  return rows.map((row) => ({
    seq: row.version_seq,
    n: row.n,
    address: row.address ?? '',
    contentType: row.content_type,
    bytes: row.bytes,
    tries: row.tries,
  }));
}

/** Adds a question to a run that is known to be needed only while it goes on. Added once, however often it is said. */
export async function addQuestion(db: Db, run: RunId, question: PlannedQuestion): Promise<void> {
  await db
    .insertInto('sync_question')
    .columns(['run_id', 'position', 'key', 'label', 'type', 'request', 'why'])
    .expression((eb) =>
      eb
        .selectFrom('sync_question')
        .select((row) => [
          row.val(run).as('run_id'),
          row(row.fn.max('position'), '+', 1).as('position'),
          row.val(question.key).as('key'),
          row.val(question.label).as('label'),
          row.val(question.type).as('type'),
          row.val(question.request).as('request'),
          row.val(question.why).as('why'),
        ])
        .where('run_id', '=', run),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** What came of attachments that are not here, and when they are asked for again; null: no more. */
export type NotKept = {
  readonly run: RunId;
  readonly question: string;
  readonly at: readonly AttachmentKey[];
  readonly state: Exclude<AttachmentState, 'waiting' | 'kept' | 'absent'>;
  readonly code: ErrorCode;
  readonly httpStatus: number | null;
  readonly nextTryAt: number | null;
};

/** Notes why attachments are not here, at most some hundred at once, and counts them in their question. */
export async function setAttachmentsAside(db: Db, not: NotKept): Promise<void> {
  await bulkTransaction(db, async (trx) => {
    for (const { seq, n } of not.at)
      await trx
        .updateTable('attachment')
        .set((eb) => ({
          state: not.state,
          code: not.code,
          http_status: not.httpStatus,
          tries: eb('tries', '+', 1),
          next_try_at: not.nextTryAt === null ? null : isoTime(not.nextTryAt),
        }))
        .where('version_seq', '=', seq)
        .where('n', '=', n)
        .execute();
    const row = await questionRow(trx, not.run, not.question);
    const count = not.at.length;
    const why = countSetAside([...setAsideOf(row), { code: not.code, type: 'Binary', count }]);
    await trx
      .updateTable('sync_question')
      .set({ set_aside: row.set_aside + count, set_aside_why: JSON.stringify(why) })
      .where('run_id', '=', not.run)
      .where('key', '=', not.question)
      .execute();
  });
}

function rowOf(
  one: Attachment,
  { seq, n }: AttachmentKey,
  resource: ResourceId,
  at: string,
): Insertable<Tables['attachment']> {
  return {
    version_seq: seq,
    n,
    resource_id: resource,
    place: one.place,
    content_type: one.contentType,
    title: one.title,
    comes: one.comes,
    absent_reason: one.absentReason,
    address: one.address,
    state: stateOf(one),
    code: null,
    http_status: null,
    tries: 0,
    next_try_at: one.comes === 'reference' ? at : null,
    bytes: one.bytes,
    content_id: null,
    kept_type: null,
    fetched_at: null,
  };
}

function stateOf({ comes }: Attachment): AttachmentState {
  if (comes === 'reference') return 'waiting';
  return comes === 'inline' ? 'kept' : 'absent';
}

function readAttachment(row: Selectable<Tables['attachment']>): StoredAttachment {
  return {
    n: row.n,
    place: row.place,
    contentType: row.content_type,
    title: row.title,
    comes: row.comes,
    absentReason: row.absent_reason,
    address: row.address,
    bytes: row.bytes,
    state: row.state,
    code: row.code,
    tries: row.tries,
    nextTryAt: row.next_try_at,
    contentId: row.state === 'kept' ? row.content_id : null,
    keptType: row.kept_type,
    fetchedAt: row.fetched_at,
  };
}
