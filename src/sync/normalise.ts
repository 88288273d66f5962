// Owns making of a page what the store takes: pure. Nothing is dropped: what is no record is counted as set aside.

import type { BundlePage } from '../fhir/bundle.ts';
import type { Incoming, PersonId } from '../records/types.ts';

export type NormalisedPage = {
  readonly resources: Incoming[];
  /** Entries that are no record: an OperationOutcome, or one without type or id. */
  readonly setAside: number;
  /** The link to the next page, as the portal gave it. */
  readonly next: string | null;
};

/** A portal's page. Everything in it belongs to the connection's one person. */
export function normalisePage(page: BundlePage, person: PersonId): NormalisedPage {
  const resources: Incoming[] = [];
  let setAside = page.entriesWithoutResource;
  for (const entry of page.entries) {
    const { resourceType: type, id, raw } = entry;
    if (!type || !id || type === 'OperationOutcome') setAside += 1;
    else resources.push({ type, id, raw, person });
  }
  const next = page.links.find((link) => link.relation === 'next')?.url ?? null;
  return { resources, setAside, next };
}
