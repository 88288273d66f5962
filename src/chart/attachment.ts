// Owns opening an attachment of a record: whether it may be seen, what it is, and its bytes from one place to another,
// out of the record's text or out of what was kept by itself.

import type { Sight } from '../access/policy.ts';
import { attachmentsIn, hasAttachments } from '../fhir/attachments.ts';
import type { Db } from '../platform/db/db.ts';
import { ChartfoldError } from '../platform/errors.ts';
import { readContent } from '../records/attachment-content.ts';
import { attachmentsOf, foundAttachment } from '../records/attachments.ts';
import { readResource } from '../records/read.ts';
import { packsOf } from '../records/texts.ts';
import type { StoredAttachment, StoredResource } from '../records/types.ts';
import { cutAttachment } from './cut-attachment.ts';
import type { Kind } from './describe/described.ts';
import { isSeen } from './sight.ts';

export type OpenAttachment = {
  /** Of the record that it belongs to. */
  readonly kind: Kind;
  readonly title: string | null;
  /** What it is, as its answer or its record says; nobody has looked whether it is true. */
  readonly contentType: string | null;
  readonly bytes: number;
  /** Another where the bytes are others. */
  readonly tag: string;
  read(range: { from: number; to: number }): AsyncIterable<Uint8Array>;
};

/**
 * An attachment of a record's current version, by its number from 0.
 * @throws `record.not_found` where there is none, or none that may be seen; `record.attachment_not_here`
 */
export async function openAttachment(
  db: Db,
  personId: string,
  of: { readonly record: string; readonly n: number },
  sight: Sight,
): Promise<OpenAttachment> {
  const resource = await readResource(db, of.record, personId);
  const seq = resource.currentSeq;
  const [pack] = await packsOf(db, [seq]);
  if (!pack || !hasAttachments(resource.type)) throw new ChartfoldError('record.not_found');
  const cut = await cutAttachment({ type: resource.type, pack, at: seq - pack.seq, n: of.n });
  const isHidden = sight !== 'all' && (cut.kind === undefined || !isSeen(sight, cut.kind));
  if (isHidden || !cut.attachment) throw new ChartfoldError('record.not_found');
  const noted = (await attachmentsOf(db, seq)).find(({ n }) => n === of.n);
  const stored = noted ?? foundAttachment(cut.attachment, of.n);
  const { contentId } = stored;
  const about = {
    kind: cut.kind ?? 'other',
    title: stored.title,
    contentType: stored.keptType ?? stored.contentType,
  };
  const { data } = cut;
  if (data !== null)
    return {
      ...about,
      bytes: data.length,
      tag: `${resource.rawHash}-${of.n}`,
      async *read({ from, to }) {
        yield data.subarray(from, to);
      },
    };
  if (contentId === null) throw new ChartfoldError('record.attachment_not_here');
  const read = (range: { from: number; to: number }) => readContent(db, contentId, range);
  return { ...about, bytes: stored.bytes ?? 0, tag: contentId, read };
}

/** The files of a record that are here, with their bytes in pieces: as they came. */
export async function* filesOfRecord(
  db: Db,
  resource: Pick<StoredResource, 'type' | 'currentSeq'>,
  raw: string,
): AsyncGenerator<{
  readonly n: number;
  readonly contentType: string | null;
  readonly pieces: AsyncIterable<Uint8Array>;
}> {
  for (const one of await attachmentsOfRecord(db, resource, raw)) {
    const { n, contentId } = one;
    const about = { n, contentType: one.keptType ?? one.contentType };
    if (contentId !== null)
      yield { ...about, pieces: readContent(db, contentId, { from: 0, to: one.bytes ?? 0 }) };
    else if (one.comes === 'inline')
      yield { ...about, pieces: piecesInside(resource.type, raw, n) };
  }
}

async function* piecesInside(type: string, raw: string, n: number): AsyncGenerator<Uint8Array> {
  const pack = { count: 1, encoding: 'raw', bytes: Buffer.from(raw) } as const;
  const { data } = await cutAttachment({ type, pack, at: 0, n });
  if (data !== null) yield data;
}

/** The attachments of a record, as they are known; of one stored before attachments were, as its text has them. */
export async function attachmentsOfRecord(
  db: Db,
  resource: Pick<StoredResource, 'type' | 'currentSeq'>,
  raw: string,
): Promise<StoredAttachment[]> {
  if (!hasAttachments(resource.type)) return [];
  const noted = await attachmentsOf(db, resource.currentSeq);
  if (noted.length > 0) return noted;
  try {
    return attachmentsIn(resource.type, JSON.parse(raw)).map(foundAttachment);
  } catch {
    return []; // It is stored as it came, whatever it is.
  }
}
