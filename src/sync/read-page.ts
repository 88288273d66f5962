// Owns making of a page's bytes what the store takes: text, entries, whose they are, packed texts, what they refer to.
// Pure, and done in a thread of its own: a page of thousands of entries takes long.

import { scanBundle } from '../fhir/bundle.ts';
import { unpackBody } from '../platform/content-coding.ts';
import { offThread, serveTasks } from '../platform/off-thread.ts';
import { prepareNow } from '../records/body.ts';
import type { PersonId, PreparedPack } from '../records/types.ts';
import { decodeBody } from './decode.ts';
import { type NormalisedPage, normalisePage } from './normalise.ts';
import type { AskedAbout } from './others.ts';
import { referencesIn } from './references.ts';
import { type Refusal, refusalIn } from './refused-page.ts';

/** Of a page, unpacked. */
const MOST_BYTES = 64 * 1024 * 1024;

/** A page as it came. */
export type PageBytes = {
  /** Each in a buffer of its own. */
  readonly pieces: readonly Uint8Array<ArrayBuffer>[];
  readonly contentType: string | null;
  /** What it is packed with, by its Content-Encoding. */
  readonly coding: string | null;
  readonly about: AskedAbout & { readonly person: PersonId };
  /** Types of which references are gathered. */
  readonly referenced: readonly string[];
};

/** A page ready to be committed. */
export type ReadPage = Omit<NormalisedPage, 'resources'> & {
  readonly packs: readonly PreparedPack[];
  /** Of resources. */
  readonly count: number;
  /** What its resources refer to, of the types asked for. */
  readonly refersTo: readonly { readonly type: string; readonly id: string }[];
  /** Where it is no answer. */
  readonly refusal: Refusal | null;
};

function read({ pieces, contentType, coding, about, referenced }: PageBytes) {
  const body = unpackBody(Buffer.concat(pieces), coding, MOST_BYTES);
  const page = scanBundle(decodeBody(body, contentType));
  const { resources, ...rest } = normalisePage(page, about);
  const refersTo = referencesIn(
    resources.map(({ raw }) => raw),
    { types: referenced, base: about.fhirBaseUrl, links: about.links },
  );
  // Each in a buffer of its own, which can be moved: the packer's are part of larger ones.
  const packs = prepareNow(resources).map((pack) => ({
    ...pack,
    bytes: new Uint8Array(pack.bytes),
  }));
  const value: ReadPage = {
    ...rest,
    packs,
    count: resources.length,
    refersTo,
    refusal: refusalIn(page),
  };
  return { value, moves: packs.map(({ bytes }) => bytes.buffer) };
}

const tasks = { read };
const thread = offThread<typeof tasks>(import.meta.url, { isNeeded: true });
serveTasks(import.meta.url, tasks);

/**
 * Reads a page. Its bytes are moved to the thread and empty afterwards.
 * @throws `net.too_large`, `net.unreachable`, `fhir.undecodable`, `fhir.not_json`, `fhir.truncated`, `fhir.not_a_bundle`
 */
export function readPage(page: PageBytes): Promise<ReadPage> {
  return thread.run(
    'read',
    page,
    page.pieces.map(({ buffer }) => buffer),
  );
}
