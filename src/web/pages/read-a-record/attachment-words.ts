// Owns the words for a record's files: what each is, how large, and why one is not here.

import type { Attachment } from '../../../http/contract.ts';

const KINDS: Readonly<Record<string, string>> = {
  'application/pdf': 'PDF',
  'text/html': 'Web page',
  'text/plain': 'Text',
  'text/rtf': 'Text with formatting',
  'application/rtf': 'Text with formatting',
  'text/xml': 'XML document',
  'application/xml': 'XML document',
};

/** `PDF`, `Picture`, `File`; how large, where it is known. */
export function fileWords({
  contentType,
  bytes,
}: Pick<Attachment, 'contentType' | 'bytes'>): string {
  const type = contentType?.split(';')[0]?.trim().toLowerCase() ?? '';
  const kind = KINDS[type] ?? (type.startsWith('image/') ? 'Picture' : 'File');
  return bytes === null ? kind : `${kind}, ${sizeWords(bytes)}`;
}

/** `640 bytes`, `12 kB`, `3.4 MB`. */
export function sizeWords(bytes: number): string {
  if (bytes < 1_000) return `${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`;
  if (bytes < 999_500) return `${Math.round(bytes / 1_000)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** Why a file is not here; null where it is. `again` is when it is asked for again, in words. */
export function absenceWords(
  { state, code }: Pick<Attachment, 'state' | 'code'>,
  { isImported, again }: { isImported: boolean; again: string | null },
): string | null {
  switch (state) {
    case 'kept':
      return null;
    case 'absent':
      return 'Not published by the clinic.';
    case 'waiting':
      return isImported
        ? 'The imported file only refers to it.'
        : 'Not fetched yet. It is asked for with the next sync.';
    case 'too-large':
      return 'Larger than the 64 MB that Chartfold keeps of one file. The portal itself may show it.';
    case 'refused':
      return [
        refusals[code ?? ''] ?? 'The portal refused this file. Your clinic can say why.',
        next(),
      ]
        .filter(Boolean)
        .join(' ');
    case 'failed':
      return `It could not be fetched: ${causes[code ?? ''] ?? 'the portal’s answer could not be used'}. ${next() ?? 'Chartfold no longer asks for it.'}`;
  }

  function next(): string | null {
    return again === null ? null : `It is asked for again by a sync after ${again}.`;
  }
}

const refusals: Readonly<Record<string, string>> = {
  'fhir.not_found': 'The portal does not have this file any more, or does not show it.',
  'sync.attachment_foreign':
    'This file lies on another server than the portal’s records, so it was not asked for.',
};

const causes: Readonly<Record<string, string>> = {
  'fhir.server_error': 'the portal had a fault of its own',
  'fhir.rate_limited': 'the portal asked for a pause',
  'net.timeout': 'the portal did not answer in time',
  'net.unreachable': 'the portal could not be reached',
  'net.untrusted': 'the portal’s certificate is not trusted here',
  'sync.attachment_unreadable': 'the portal sent something else in its place',
};
