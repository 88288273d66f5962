// Owns cutting an attachment that comes inside a record out of the record's own text, where it is kept and nowhere
// else. Pure, and done in a thread of its own: a file is megabytes of base64.

import { type Attachment, attachmentsIn, inlineDataOf } from '../fhir/attachments.ts';
import { offThread, serveTasks } from '../platform/off-thread.ts';
import { unpackTexts } from '../records/body.ts';
import type { Packed } from '../records/types.ts';
import { describe } from './describe/describe.ts';
import type { Kind } from './describe/described.ts';

/** A record's text, in its pack, and which of its attachments is meant. */
type Where = {
  readonly type: string;
  readonly pack: Packed;
  /** Its place in the pack, from 0. */
  readonly at: number;
  readonly n: number;
};

/** An attachment as its record has it. */
export type CutAttachment = {
  /** Of the record; undefined where it has no place in the chart. */
  readonly kind: Kind | undefined;
  /** Undefined where the record has none of that number. */
  readonly attachment: Attachment | undefined;
  /** Its bytes, where they come inside. */
  readonly data: Uint8Array | null;
};

function cut({ type, pack, at, n }: Where) {
  const raw = unpackTexts(pack)[at]?.toString('utf8') ?? '';
  const resource = parsed(raw);
  const base64 = inlineDataOf(type, resource, n);
  // An array of its own: a small buffer is part of one that others use, which can't be moved.
  const data = base64 === null ? null : new Uint8Array(Buffer.from(base64, 'base64'));
  const value: CutAttachment = {
    kind: describe(type, raw)?.kind,
    attachment: attachmentsIn(type, resource)[n],
    data,
  };
  return { value, moves: data === null ? [] : [data.buffer] };
}

const tasks = { cut };
const thread = offThread<typeof tasks>(import.meta.url);
serveTasks(import.meta.url, tasks);

/** Cuts an attachment, by its number from 0, out of the packed text of its record. */
export function cutAttachment(of: Where): Promise<CutAttachment> {
  return thread.run('cut', of);
}

function parsed(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    return undefined; // It is stored as it came, whatever it is.
  }
}
