// Owns how an attachment leaves the server: which types a browser shows and which it only saves, under which name, and
// how one reads on the wire. Whatever a file says that it is, nothing of it runs as a page of ours.

import { endingOf } from '../../fhir/attachments.ts';
import type { StoredAttachment } from '../../records/types.ts';
import type { Attachment as Wire } from '../contract.ts';

/** What no script can be in. Everything else is saved, markup above all: HTML, SVG and XML. */
const SHOWN = new Set([
  'application/pdf',
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'text/plain',
]);

/** The headers of a file, from what it says of itself and how it begins. */
export function attachmentHeaders(file: {
  readonly title: string | null;
  readonly contentType: string | null;
  /** Its first bytes. */
  readonly beginning: Uint8Array;
}): Record<string, string> {
  const { essence, charset } = typeOf(file.contentType, file.beginning);
  const isShown = SHOWN.has(essence);
  const type = essence.startsWith('text/') ? `${essence}; charset=${charset}` : essence;
  return {
    'content-type': type,
    'content-disposition': disposition(isShown ? 'inline' : 'attachment', file.title, essence),
    'content-security-policy': policyFor(essence),
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store, private',
    'accept-ranges': 'bytes',
  };
}

export function presentAttachment(one: StoredAttachment): Wire {
  return {
    n: one.n,
    title: one.title,
    contentType: one.keptType ?? one.contentType,
    bytes: one.bytes,
    state: one.state,
    code: one.code,
    nextTryAt: one.state === 'kept' ? null : one.nextTryAt,
  };
}

/** A type and charset that are safe to send; a PDF is one that begins like one. */
function typeOf(said: string | null, beginning: Uint8Array): { essence: string; charset: string } {
  const isPdf = Buffer.from(beginning).toString('latin1').startsWith('%PDF-');
  if (isPdf) return { essence: 'application/pdf', charset: '' };
  const found = /^\s*([\w.+-]+\/[\w.+-]+)\s*(?:;|$)/.exec(said ?? '')?.[1]?.toLowerCase();
  const essence =
    found === undefined || found === 'application/pdf' ? 'application/octet-stream' : found;
  const charset = /;\s*charset\s*=\s*"?([\w.:+-]+)/i.exec(said ?? '')?.[1] ?? 'utf-8';
  return { essence, charset };
}

/**
 * In a sandbox, so that it is of no origin. A PDF is not: browsers do not start their viewer in one, and what runs in a
 * PDF runs in the viewer.
 */
function policyFor(essence: string): string {
  const own =
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; media-src 'self'";
  const never = "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  return essence === 'application/pdf'
    ? `${own}; object-src 'self'; ${never}`
    : `${own}; ${never}; sandbox`;
}

/** @see https://www.rfc-editor.org/rfc/rfc6266#section-4 */
function disposition(how: 'inline' | 'attachment', title: string | null, essence: string): string {
  const ending = endingOf(essence);
  const words = (title ?? 'document')
    .replace(/[\p{C}\s/\\:*?"<>|]+/gu, ' ')
    .trim()
    .slice(0, 100);
  const stem = words.toWellFormed().replace(/^\.+/, '') || 'document';
  const name = stem.toLowerCase().endsWith(ending) ? stem : `${stem}${ending}`;
  const plain = name.replace(/[^ -~]|[%;]/g, '_');
  const coded = encodeURIComponent(name).replace(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16)}`,
  );
  return `${how}; filename="${plain}"; filename*=UTF-8''${coded}`;
}
