// Owns finding the attachments of a resource: where each stands, how it comes, and the data of one that comes inside.
// Pure and lenient: what is of another shape is no attachment, never an error.

import { type Obj, obj, objs, text } from './text/codes.ts';

/** `inline`: its data stands in the resource; `reference`: at an address; `absent`: neither was given. */
export type AttachmentComes = 'inline' | 'reference' | 'absent';

export type Attachment = {
  /** Where in the resource it stands: `content[0].attachment`. */
  readonly place: string;
  readonly contentType: string | null;
  readonly title: string | null;
  readonly comes: AttachmentComes;
  /** Why there is none, as the source codes it: `unknown`, `masked`, … */
  readonly absentReason: string | null;
  readonly address: string | null;
  /** Of inline data counted; else what the resource says, which may be wrong. */
  readonly bytes: number | null;
};

/** Where the attachments of a type stand: a list or one, and below each entry. */
const PLACES: Readonly<Record<string, { readonly member: string; readonly below: string | null }>> =
  {
    DocumentReference: { member: 'content', below: 'attachment' },
    DiagnosticReport: { member: 'presentedForm', below: null },
    Media: { member: 'content', below: null },
  };

const ENDINGS: Readonly<Record<string, string>> = {
  'application/pdf': '.pdf',
  'image/png': '.png',
  'image/jpeg': '.jpg',
  'image/gif': '.gif',
  'image/webp': '.webp',
  'image/svg+xml': '.svg',
  'image/tiff': '.tiff',
  'text/plain': '.txt',
  'text/html': '.html',
  'text/rtf': '.rtf',
  'application/rtf': '.rtf',
  'text/xml': '.xml',
  'application/xml': '.xml',
  'application/json': '.json',
};

/** How the name of a file of a type ends. */
export function endingOf(contentType: string | null): string {
  const essence = contentType?.split(';')[0]?.trim().toLowerCase() ?? '';
  return (Object.hasOwn(ENDINGS, essence) ? ENDINGS[essence] : undefined) ?? '.bin';
}

/** Whether resources of a type may have attachments. */
export function hasAttachments(type: string): boolean {
  return Object.hasOwn(PLACES, type);
}

/**
 * The attachments of a parsed resource, in their order.
 * @see https://hl7.org/fhir/R4/datatypes.html#Attachment
 */
export function attachmentsIn(type: string, resource: unknown): Attachment[] {
  return found(type, resource).map(({ place, attachment }) => describeOne(place, attachment));
}

/** The base64 of an attachment by its number, from 0; null where it has none inside. */
export function inlineDataOf(type: string, resource: unknown, n: number): string | null {
  return text(found(type, resource)[n]?.attachment.data);
}

function found(type: string, resource: unknown): { place: string; attachment: Obj }[] {
  const at = hasAttachments(type) ? PLACES[type] : undefined;
  if (!at) return [];
  const { member, below } = at;
  const value = obj(resource)?.[member];
  const isList = Array.isArray(value);
  return objs(value).flatMap((entry, index) => {
    const attachment = below === null ? entry : obj(entry[below]);
    const place = `${member}${isList ? `[${index}]` : ''}${below === null ? '' : `.${below}`}`;
    return attachment ? [{ place, attachment }] : [];
  });
}

function describeOne(place: string, attachment: Obj): Attachment {
  const data = text(attachment.data);
  const address = text(attachment.url);
  const comes = data !== null ? 'inline' : address !== null ? 'reference' : 'absent';
  return {
    place,
    contentType: text(attachment.contentType),
    title: text(attachment.title),
    comes,
    absentReason: comes === 'absent' ? absentReasonOf(attachment) : null,
    address: comes === 'reference' ? address : null,
    bytes: data !== null ? decodedLength(data) : sizeOf(attachment.size),
  };
}

/** @see https://hl7.org/fhir/R4/extension-data-absent-reason.html */
function absentReasonOf(attachment: Obj): string | null {
  const extensions = [attachment._data, attachment._url, attachment].flatMap((holder) =>
    objs(obj(holder)?.extension),
  );
  const reason = extensions.find((one) => text(one.url)?.endsWith('/data-absent-reason'));
  return text(reason?.valueCode);
}

/** How many bytes base64 stands for, by its length alone: data may be megabytes. */
function decodedLength(data: string): number {
  const padding = data.endsWith('==') ? 2 : data.endsWith('=') ? 1 : 0;
  return Math.max(0, Math.floor((data.length * 3) / 4) - padding);
}

function sizeOf(value: unknown): number | null {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : null;
}
