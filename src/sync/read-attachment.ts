// Owns making of an answer's bytes the file that was asked for: the bytes themselves, or the data of a Binary in JSON,
// whatever the answer says of itself. Pure, and done in a thread of its own: files are megabytes.

import { obj, text } from '../fhir/text/codes.ts';
import { unpackBody } from '../platform/content-coding.ts';
import { ChartfoldError } from '../platform/errors.ts';
import { offThread, serveTasks } from '../platform/off-thread.ts';
import { nameOfContent, type PreparedContent } from '../records/attachment-content.ts';
import { decodeBody } from './decode.ts';

/** Of one file; its answer may be longer by what base64 adds. */
export const mostAttachmentBytes = 64 * 1024 * 1024;
export const mostAnswerBytes = Math.ceil(mostAttachmentBytes / 3) * 4 + 64 * 1024;

/** An answer as it came. */
type AttachmentBytes = {
  /** Each in a buffer of its own. */
  readonly pieces: readonly Uint8Array<ArrayBuffer>[];
  /** What it is packed with, by its Content-Encoding. */
  readonly coding: string | null;
  /** By the answer, and by the resource that refers to it. */
  readonly answerType: string | null;
  readonly declaredType: string | null;
  /** By `contentKey`. */
  readonly key: Uint8Array;
};

type File = { readonly bytes: Uint8Array; readonly type: string | null };

function read({ pieces, coding, answerType, declaredType, key }: AttachmentBytes) {
  const whole = { mustBeWhole: true };
  const body = unpackBody(Buffer.concat(pieces), coding, mostAnswerBytes, whole);
  const { bytes, type } = fileIn(body, answerType, declaredType);
  if (bytes.length === 0) throw new ChartfoldError('sync.attachment_unreadable');
  if (bytes.length > mostAttachmentBytes) throw new ChartfoldError('sync.attachment_too_large');
  // A small buffer is part of one that others use, which can't be moved.
  const own = bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);
  const value: PreparedContent = { id: nameOfContent(key, own), bytes: own, type };
  return { value, moves: [own.buffer as ArrayBuffer] };
}

const tasks = { read };
const thread = offThread<typeof tasks>(import.meta.url);
serveTasks(import.meta.url, tasks);

/**
 * Reads the file in an answer. The answer's bytes are moved to the thread and empty afterwards.
 * @throws `net.too_large`, `net.unreachable`, `sync.attachment_unreadable`, `sync.attachment_too_large`
 */
export function readAttachment(answer: AttachmentBytes): Promise<PreparedContent> {
  return thread.run(
    'read',
    answer,
    answer.pieces.map(({ buffer }) => buffer),
  );
}

/**
 * The file in an answer. Some servers send the file where JSON was due, some JSON where the file was, so that what
 * the bytes are counts for more than what is said of them.
 * @see https://hl7.org/fhir/R4/binary.html#rest
 */
function fileIn(bytes: Uint8Array, answerType: string | null, declaredType: string | null): File {
  if (startsWith(bytes, '%PDF-')) return { bytes, type: 'application/pdf' };
  const isJson = /^[\w.+-]+\/([\w.-]+\+)?json\b/i.test(answerType ?? '');
  if (isJson || /^\s*\{/.test(beginning(bytes))) {
    const binary = binaryIn(bytes, isJson ? answerType : null);
    if (binary) return binary;
    const isDue = /json/i.test(declaredType ?? '');
    if (!isDue && /^\s*[{[<]/.test(beginning(bytes)))
      throw new ChartfoldError('sync.attachment_unreadable');
    return { bytes, type: isDue ? answerType : null };
  }
  const isPage = /^text\/html\b/i.test(answerType ?? '');
  if (isPage && declaredType !== null && !/html/i.test(declaredType))
    throw new ChartfoldError('sync.attachment_unreadable');
  const saysNothing = answerType === null || /^application\/octet-stream\b/i.test(answerType);
  return { bytes, type: saysNothing ? null : answerType };
}

/** The file of a Binary in JSON; null where the bytes are none. */
function binaryIn(bytes: Uint8Array, contentType: string | null): File | null {
  const resource = parsed(bytes, contentType);
  if (resource?.resourceType !== 'Binary') return null;
  const data = text(resource.data);
  if (data === null || /[^A-Za-z0-9+/=\s]/.test(data))
    throw new ChartfoldError('sync.attachment_unreadable');
  return { bytes: Buffer.from(data, 'base64'), type: text(resource.contentType) };
}

function parsed(bytes: Uint8Array, contentType: string | null) {
  try {
    return obj(JSON.parse(decodeBody(bytes, contentType)));
  } catch {
    return null; // It is no JSON, whatever it says.
  }
}

function startsWith(bytes: Uint8Array, word: string): boolean {
  return beginning(bytes).startsWith(word);
}

function beginning(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(64, bytes.length)).toString('latin1');
}
