// Owns telling which entries of a page are another patient's than the one asked about: pure. A server that mixes
// patients up must not mix their records here.

import type { BundleEntry } from '../fhir/bundle.ts';
import { type ParsedReference, readReference } from '../fhir/reference.ts';
import { isResource, type Resource } from '../fhir/types.ts';
import { patientReferences } from '../fhir/whose.ts';
import type { Portal } from '../portals/portal.ts';

/** Whom a page was asked about. */
export type AskedAbout = {
  /** The patient's id in the portal. */
  readonly patientId: string;
  readonly fhirBaseUrl: string;
  /** Whether an address on another host may mean this server. */
  readonly links: Portal['links'];
};

/**
 * The entries that name a patient, and not the one asked about: by id, by address, or by a urn that is neither the
 * patient's id nor an entry of the page; and the Provenance of such entries alone. An identifier without an address
 * can't be compared here: it names nobody else, and the question was about this patient.
 */
export function entriesOfOthers(
  entries: readonly BundleEntry[],
  asked: AskedAbout,
): ReadonlySet<BundleEntry> {
  const page = pageOf(entries, asked);
  const others = new Set<BundleEntry>();
  const provenance: { entry: BundleEntry; targets: string[] }[] = [];
  for (const entry of entries) {
    if (namesNobodyElse(entry, asked.patientId)) continue;
    const resource: unknown = JSON.parse(entry.raw);
    if (!isResource(resource)) continue;
    if (isOfAnother(resource, entry, page)) others.add(entry);
    else if (resource.resourceType === 'Provenance') {
      provenance.push({ entry, targets: targetsOf(resource) });
    }
  }
  // A Provenance says of no patient whose it is; it comes beside what it is about.
  const names = new Set([...others].map(({ resourceType, id }) => `${resourceType}/${id}`));
  for (const { entry, targets } of provenance) {
    if (targets.length > 0 && targets.every((target) => names.has(target))) others.add(entry);
  }
  return others;
}

/**
 * Whether a record's text alone shows that it is no other patient's: every Patient in it is the one asked about, by a
 * relative reference. Of most records that is so, and they need not be parsed for it. Pure.
 */
export function namesNobodyElse(
  { resourceType, raw }: Pick<BundleEntry, 'resourceType' | 'raw'>,
  patientId: string,
): boolean {
  if (resourceType === 'Patient' || resourceType === 'Provenance') return false;
  if (HIDING.test(raw)) return false;
  for (const [, before, id] of raw.matchAll(PATIENT))
    if (before !== '"' || id !== patientId) return false;
  return true;
}

/** A urn may mean a patient, and an escape may hide a letter or a slash. */
const HIDING = /urn:|\\\/|\\u00[2-7]/i;
const PATIENT = /(.?)Patient\/([^"?#/]*)/gs;

type Page = {
  readonly patientId: string;
  readonly base: string;
  readonly links: Portal['links'];
  readonly byUrn: ReadonlyMap<string, BundleEntry>;
};

function pageOf(
  entries: readonly BundleEntry[],
  { patientId, fhirBaseUrl, links }: AskedAbout,
): Page {
  const byUrn = new Map<string, BundleEntry>();
  for (const entry of entries) {
    if (entry.fullUrl?.startsWith('urn:')) byUrn.set(entry.fullUrl.toLowerCase(), entry);
  }
  return { patientId, base: sameForm(fhirBaseUrl, links), links, byUrn };
}

function isOfAnother(resource: Resource, entry: BundleEntry, page: Page): boolean {
  if (resource.resourceType === 'Patient') return entry.id !== page.patientId;
  const named = patientReferences(resource).map((reference) => whom(reference, page));
  return named.includes('another') && !named.includes('asked');
}

/** Whom a reference in an element for the patient names; null where that can't be told, or it is no patient. */
function whom(reference: ParsedReference, page: Page): 'asked' | 'another' | null {
  const is = (asked: boolean) => (asked ? 'asked' : 'another');
  switch (reference.kind) {
    case 'relative':
      return is(reference.id === page.patientId);
    case 'absolute':
      return is(
        reference.id === page.patientId && sameForm(reference.base, page.links) === page.base,
      );
    case 'urn': {
      // Within a Bundle a urn means the entry of that fullUrl (R4 section 2.36.4.1).
      const entry = page.byUrn.get(reference.urn);
      if (entry) return entry.resourceType === 'Patient' ? is(entry.id === page.patientId) : null;
      return is(reference.urn === `urn:uuid:${page.patientId.toLowerCase()}`);
    }
    case 'contained':
    case 'conditional':
    case 'other':
      return null;
  }
}

/** What a Provenance is about, as `Type/id`. */
export function targetsOf(resource: Resource): string[] {
  const targets = Array.isArray(resource.target) ? resource.target : [];
  return targets.flatMap(readReference).map((target) => {
    const isNamed = target.kind === 'relative' || target.kind === 'absolute';
    return isNamed ? `${target.type}/${target.id}` : target.kind;
  });
}

/**
 * An address with its host in lower case, without its port where that is the usual one, without a slash at the end; its
 * path alone where a portal's links name another host than its own.
 */
export function sameForm(base: string, links: Portal['links']): string {
  const url = URL.canParse(base) ? new URL(base) : null;
  return ((links === 'rebased' ? url?.pathname : url?.href) ?? base).replace(/\/+$/, '');
}
