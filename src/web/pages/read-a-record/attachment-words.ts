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

/** Why a file is not here; null where it is. */
export function absenceWords(
  { state, reason, nextTryAt }: Pick<Attachment, 'state' | 'reason' | 'nextTryAt'>,
  isImported: boolean,
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
    case 'refused':
      return ['The portal refused this file.', reason].filter(Boolean).join(' ');
    case 'too-large':
      return reason ?? 'It is too large to be kept here.';
    case 'failed':
      return [
        'It could not be fetched.',
        reason,
        nextTryAt === null && 'Chartfold no longer asks for it.',
      ]
        .filter(Boolean)
        .join(' ');
  }
}
