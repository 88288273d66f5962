// Owns what the readers of lists share: the resources of a Bundle one after the other, the shapes in which others publish
// the vendors' lists, and the parts of a FHIR address. Pure; it knows no vendor.

import { z } from 'zod';
import { type BundleEntry, scanBundle } from '../fhir/bundle.ts';
import {
  isObjectAt,
  JsonScanError,
  skipValue,
  startOfText,
  walkObject,
} from '../fhir/json-scan.ts';
import { ChartfoldError, isChartfoldError } from '../platform/errors.ts';
import type { DirectoryClinic } from './portal.ts';

/** An Organization as far as lists use it. */
export const organization = z.object({
  resourceType: z.literal('Organization'),
  id: z.string().optional(),
  // Longer than any that can be read in a line.
  name: z.string().trim().min(1).max(500),
  alias: z.array(z.string()).default([]),
  identifier: z
    .array(z.object({ system: z.string().default(''), value: z.string().default('') }))
    .default([]),
  partOf: z.object({ reference: z.string() }).optional(),
  endpoint: z.array(z.object({ reference: z.string().default('') })).default([]),
  extension: z.array(z.unknown()).default([]),
  address: z
    .array(
      z.object({
        city: z.string().optional(),
        state: z.string().optional(),
        postalCode: z.string().optional(),
      }),
    )
    .default([]),
});
export type Organization = z.infer<typeof organization>;

/** An Endpoint as far as lists use it. */
export const endpoint = z.object({
  resourceType: z.literal('Endpoint'),
  id: z.string().optional(),
  name: z.string().optional(),
  address: z.url({ protocol: /^https?$/ }),
  contained: z.array(z.unknown()).default([]),
  extension: z.array(z.unknown()).default([]),
});
export type Endpoint = z.infer<typeof endpoint>;

/**
 * The resources of a Bundle, each read when its turn comes, with what its entry calls it; and how many entries have none.
 * @throws `directory.cut_off`, `directory.not_a_list`
 */
export function resourcesOf(text: string): {
  readonly resources: Iterable<{ readonly fullUrl: string; readonly resource: object }>;
  readonly entriesWithoutResource: number;
} {
  try {
    const { entries, entriesWithoutResource } = scanBundle(text);
    return { resources: parsedInTurn(entries), entriesWithoutResource };
  } catch (cause) {
    const isCutOff = isChartfoldError(cause, 'fhir.truncated');
    throw new ChartfoldError(isCutOff ? 'directory.cut_off' : 'directory.not_a_list', { cause });
  }
}

function* parsedInTurn(entries: readonly BundleEntry[]) {
  for (const { raw, fullUrl = '' } of entries)
    yield { fullUrl, resource: JSON.parse(raw) as object };
}

/**
 * Whether a text is a FHIR resource: then it is to be a Bundle. Its keys come in any order, so that all entries may stand
 * before what it is; what is no JSON as far as it was looked at is none.
 */
export function isResource(text: string): boolean {
  const start = startOfText(text);
  if (!isObjectAt(text, start)) return false;
  let isFound = false;
  try {
    walkObject(text, start, (key, at) => {
      isFound ||= key === 'resourceType';
      // The rest needs no look: whoever reads it says what is wrong there.
      return isFound ? text.length : skipValue(text, at);
    });
  } catch (error) {
    if (!(error instanceof JsonScanError)) throw error;
  }
  return isFound;
}

/** A line of a list that is no Bundle. */
export type PlainEntry = {
  readonly id: string;
  readonly name: string;
  readonly url: string | null;
  readonly postalCode: string | null;
};

const endpointSources = z.object({ Endpoints: z.array(z.unknown()) });
const endpointSource = z.object({
  URL: z.url({ protocol: /^https?$/ }),
  OrganizationName: z.string().trim().min(1),
  OrganizationZipCode: z.string().default(''),
});
const listed = z.object({
  id: z.string().default(''),
  name: z.string().trim().min(1),
  url: z.url({ protocol: /^https?$/ }),
});
/** An address, whoever's. drchrono's list in Lantern is 213 of these (2026-08). */
const addressed = z.union([z.object({ URL: z.url() }), z.object({ url: z.url() })]);
const names = z.record(z.string(), z.string().trim().min(1));

/**
 * Reads the shapes that are no Bundle: ONC Lantern's `*_EndpointSources.json`, an array of `id`, `name` and `url`, an
 * object of names by id. Entries without a name or address are counted as unreadable.
 * @throws `directory.not_a_list`; `directory.no_names` where there are addresses, and no name for any
 */
export function readPlainList(text: string): { entries: PlainEntry[]; unreadable: number } {
  const value = parsed(text);
  const sources = endpointSources.safeParse(value);
  if (sources.success)
    return gathered(sources.data.Endpoints, (one) => {
      const { data } = endpointSource.safeParse(one);
      return data
        ? {
            id: '',
            name: data.OrganizationName,
            url: data.URL,
            postalCode: data.OrganizationZipCode || null,
          }
        : null;
    });
  if (Array.isArray(value))
    return gathered(value, (one) => {
      const { data } = listed.safeParse(one);
      return data ? { ...data, postalCode: null } : null;
    });
  const byId = names.safeParse(value);
  if (!byId.success || Object.keys(byId.data).length === 0)
    throw new ChartfoldError('directory.not_a_list');
  const entries = Object.entries(byId.data).map(([id, name]) => ({
    id,
    name,
    url: null,
    postalCode: null,
  }));
  return { entries, unreadable: 0 };
}

/** Town, state and postal code of an organization, from the first of its addresses. */
export function placeIn({
  address: [first],
}: Pick<Organization, 'address'>): Pick<DirectoryClinic, 'town' | 'state' | 'postalCode'> {
  return {
    town: first?.city?.trim() || null,
    state: first?.state?.trim() || null,
    postalCode: first?.postalCode?.trim() || null,
  };
}

function gathered(
  list: readonly unknown[],
  read: (one: unknown) => PlainEntry | null,
): { entries: PlainEntry[]; unreadable: number } {
  if (list.length === 0) throw new ChartfoldError('directory.not_a_list');
  const entries = list.map(read).filter((entry) => entry !== null);
  if (entries.length === 0 && list.some((one) => addressed.safeParse(one).success))
    throw new ChartfoldError('directory.no_names');
  return { entries, unreadable: list.length - entries.length };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw new ChartfoldError('directory.not_a_list', { cause });
  }
}
