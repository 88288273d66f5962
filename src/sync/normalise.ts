// Owns making of a page what the store takes: pure. Nothing is dropped: what is not stored is counted by kind, with
// its reason.

import { type BundlePage, nextLink } from '../fhir/bundle.ts';
import { countSetAside } from '../records/set-aside.ts';
import type { Incoming, PersonId, SetAside } from '../records/types.ts';
import { type AskedAbout, entriesOfOthers } from './others.ts';

export type NormalisedPage = {
  readonly resources: Incoming[];
  /** Entries that are no record, or another patient's. */
  readonly setAside: readonly SetAside[];
  /** The link to the next page, as the portal gave it. */
  readonly next: string | null;
  /** How many records the portal says that there are over all pages; null where it does not say. */
  readonly total: number | null;
};

/** A portal's page. What stays of it belongs to the connection's one person. */
export function normalisePage(
  page: BundlePage,
  asked: AskedAbout & { readonly person: PersonId },
): NormalisedPage {
  const others = entriesOfOthers(page.entries, asked);
  const resources: Incoming[] = [];
  const setAside = page.withoutResource.map(() => aside('sync.not_a_record', ''));
  for (const entry of page.entries) {
    const { resourceType: type, id, raw } = entry;
    if (!type || !id || type === 'OperationOutcome') {
      setAside.push(aside('sync.not_a_record', type ?? ''));
    } else if (others.has(entry)) setAside.push(aside('sync.other_patient', type));
    else resources.push({ type, id, raw, person: asked.person });
  }
  const { links, total = null } = page;
  return { resources, setAside: countSetAside(setAside), next: nextLink(links), total };
}

/** What stands in the place of a type is shown only where it can be one: it may be anything. */
function aside(code: SetAside['code'], type: string): SetAside {
  return { code, type: /^[A-Z][A-Za-z]{1,40}$/.test(type) ? type : '', count: 1 };
}
