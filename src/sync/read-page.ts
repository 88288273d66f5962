// Owns making of a page's bytes what the store takes: text, entries, whose they are, packed texts, what they refer to.
// Pure, and done in a thread of its own: a page of thousands of entries takes long.

import { scanBundle } from '../fhir/bundle.ts';
import { offThread, serveTasks } from '../platform/off-thread.ts';
import { prepareOne } from '../records/body.ts';
import { type Parcel, parcelOf, unparcel } from '../records/packed.ts';
import type { PersonId, Prepared } from '../records/types.ts';
import { decodeBody } from './decode.ts';
import { type NormalisedPage, normalisePage } from './normalise.ts';
import type { AskedAbout } from './others.ts';
import { referencesIn } from './references.ts';

/** A page as it came. */
export type PageBytes = {
  readonly body: ArrayBuffer;
  readonly contentType: string | null;
  readonly about: AskedAbout & { readonly person: PersonId };
  /** Types of which references are gathered. */
  readonly referenced: readonly string[];
};

/** A page ready to be committed. */
export type ReadPage = Omit<NormalisedPage, 'resources'> & {
  readonly resources: readonly Prepared[];
  /** What its resources refer to, of the types asked for. */
  readonly refersTo: readonly { readonly type: string; readonly id: string }[];
};

type Answer = Omit<ReadPage, 'resources'> & { readonly parcel: Parcel<Prepared> };

function read({ body, contentType, about, referenced }: PageBytes) {
  const page = scanBundle(decodeBody(body, contentType));
  const { resources, ...rest } = normalisePage(page, about);
  const parcel = parcelOf(resources.map(prepareOne));
  const refersTo = referencesIn(
    resources.map(({ raw }) => raw),
    referenced,
  );
  return { value: { ...rest, parcel, refersTo } satisfies Answer, moves: [parcel.bytes] };
}

const tasks = { read };
const thread = offThread<typeof tasks>(import.meta.url);
serveTasks(import.meta.url, tasks);

/**
 * Reads a page. Its bytes are moved to the thread and empty afterwards.
 * @throws `fhir.undecodable`, `fhir.not_json`, `fhir.truncated`, `fhir.not_a_bundle`
 */
export async function readPage(page: PageBytes): Promise<ReadPage> {
  const { parcel, ...rest } = await thread.run('read', page, [page.body]);
  return { ...rest, resources: unparcel(parcel) };
}
