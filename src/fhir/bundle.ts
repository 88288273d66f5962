// Owns cutting the resources out of a Bundle's text (law L3): each resource's own source text, never
// parsed and printed again, so that 565.60 stays 565.60. Reads what a page says of itself beside.

import { ChartfoldError } from '../platform/errors.ts';
import {
  isArrayAt,
  isObjectAt,
  isStringAt,
  JsonScanError,
  readString,
  skipSpace,
  skipValue,
  startOfText,
  walkArray,
  walkObject,
} from './json-scan.ts';
import { isTypeName } from './types.ts';

/** A resource cut out of a text. */
export type RawResource = {
  /** The exact text, from `{` to `}`. */
  readonly raw: string;
  /** As the resource says; undefined when it does not, or not as text. */
  readonly resourceType: string | undefined;
  readonly id: string | undefined;
};

/** An entry of a Bundle that holds a resource. */
export type BundleEntry = RawResource & {
  /** Its place among all entries of the Bundle, from 1. */
  readonly position: number;
  readonly fullUrl?: string;
  /** `match`, `include` or `outcome`. */
  readonly searchMode?: string;
  readonly request?: BundleRequest;
};

/** What a transaction or batch asks to be done with an entry. */
export type BundleRequest = {
  readonly method?: string;
  readonly url?: string;
  readonly ifNoneExist?: string;
};

export type Links = readonly { readonly relation: string; readonly url: string }[];

/** A Bundle as a page of an answer, or as a file. */
export type BundlePage = {
  /** `searchset`, `transaction`, `batch`, `collection`, `document`, …; empty when not said. */
  readonly type: string;
  readonly total?: number;
  readonly links: Links;
  readonly entries: readonly BundleEntry[];
  /** Entries without a resource, such as those of a transaction's answer: how many, and which. */
  readonly entriesWithoutResource: number;
  readonly withoutResource: readonly number[];
};

/**
 * Cuts the resources out of a Bundle. Of duplicate keys the last counts, as in JSON.parse.
 * @see https://hl7.org/fhir/R4/bundle.html
 *
 * @throws fhir.not_json when the text is no JSON (a web page, nothing), fhir.truncated when it is
 * JSON that ends inside, fhir.not_a_bundle when it is another resource or value
 */
export function scanBundle(text: string): BundlePage {
  return told(() => {
    const start = startOfText(text);
    if (!isObjectAt(text, start)) refuseOther(text, start);
    const parts: Parts = {
      resourceType: undefined,
      type: '',
      total: undefined,
      links: [],
      entry: noEntries,
    };
    const end = walkObject(text, start, (key, at) => readBundleMember(text, key, at, parts));
    endOfText(text, end);
    if (parts.resourceType !== 'Bundle') {
      throw new ChartfoldError('fhir.not_a_bundle', safeDetail(parts.resourceType));
    }
    return {
      type: parts.type,
      ...(parts.total === undefined ? {} : { total: parts.total }),
      links: parts.links,
      entries: parts.entry.entries,
      entriesWithoutResource: parts.entry.without.length,
      withoutResource: parts.entry.without,
    };
  });
}

/**
 * The links of a Bundle that stand before its entries, as those do that servers write. The text may end inside; what
 * follows in the rest of it may say otherwise.
 */
export function linksBeforeEntries(beginning: string): Links {
  let links: Links = [];
  const start = startOfText(beginning);
  if (!isObjectAt(beginning, start)) return links;
  try {
    walkObject(beginning, start, (key, at) => {
      // Nothing behind is looked at: it counts as if the text ended here.
      if (key === 'entry') throw new JsonScanError('truncated', at);
      const end = skipValue(beginning, at);
      if (key === 'link') links = readLinks(beginning.slice(at, end));
      return end;
    });
  } catch (error) {
    if (!(error instanceof JsonScanError)) throw error;
  }
  return links;
}

/** The link to the next page among some, as its server gave it; null where there is none. */
export function nextLink(links: Links): string | null {
  return links.find(({ relation }) => relation === 'next')?.url ?? null;
}

/**
 * Reads a text that is one resource.
 *
 * @throws fhir.not_json, fhir.truncated; fhir.not_a_bundle when it is JSON but no object
 */
export function scanResource(text: string): RawResource {
  return told(() => {
    const start = startOfText(text);
    if (!isObjectAt(text, start)) refuseOther(text, start);
    const found = cutResource(text, start);
    endOfText(text, found.end);
    return found.resource;
  });
}

type Entries = { readonly entries: readonly BundleEntry[]; readonly without: readonly number[] };
const noEntries: Entries = { entries: [], without: [] };

type Parts = {
  resourceType: string | undefined;
  type: string;
  total: number | undefined;
  links: { relation: string; url: string }[];
  entry: Entries;
};

function readBundleMember(text: string, key: string, at: number, parts: Parts): number {
  if (key === 'entry' && isArrayAt(text, at)) {
    const { end, entries } = readEntries(text, at);
    parts.entry = entries;
    return end;
  }
  const end = skipValue(text, at);
  if (key === 'resourceType') parts.resourceType = stringAt(text, at, end);
  else if (key === 'type') parts.type = stringAt(text, at, end) ?? '';
  else if (key === 'total') parts.total = numberAt(text, at, end);
  else if (key === 'link') parts.links = readLinks(text.slice(at, end));
  else if (key === 'entry') parts.entry = noEntries;
  return end;
}

function readEntries(text: string, at: number): { end: number; entries: Entries } {
  const entries: BundleEntry[] = [];
  const without: number[] = [];
  let position = 0;
  const end = walkArray(text, at, (start) => {
    position += 1;
    if (!isObjectAt(text, start)) {
      without.push(position);
      return skipValue(text, start);
    }
    const { end: entryEnd, entry } = readEntry(text, start);
    if (entry) entries.push({ ...entry, position });
    else without.push(position);
    return entryEnd;
  });
  return { end, entries: { entries, without } };
}

function readEntry(
  text: string,
  start: number,
): { end: number; entry: Omit<BundleEntry, 'position'> | undefined } {
  let resource: RawResource | undefined;
  let fullUrl: string | undefined;
  let searchMode: string | undefined;
  let request: BundleRequest | undefined;
  const end = walkObject(text, start, (key, at) => {
    if (key === 'resource' && isObjectAt(text, at)) {
      const found = cutResource(text, at);
      resource = found.resource;
      return found.end;
    }
    const valueEnd = skipValue(text, at);
    if (key === 'resource') resource = undefined;
    else if (key === 'fullUrl') fullUrl = stringAt(text, at, valueEnd);
    else if (key === 'search') searchMode = readMode(text.slice(at, valueEnd));
    else if (key === 'request') request = readRequest(text.slice(at, valueEnd));
    return valueEnd;
  });
  if (!resource) return { end, entry: undefined };
  return {
    end,
    entry: {
      ...(resource as RawResource),
      ...(fullUrl === undefined ? {} : { fullUrl }),
      ...(searchMode === undefined ? {} : { searchMode }),
      ...(request === undefined ? {} : { request }),
    },
  };
}

function cutResource(text: string, start: number): { end: number; resource: RawResource } {
  let resourceType: string | undefined;
  let id: string | undefined;
  const end = walkObject(text, start, (key, at) => {
    const valueEnd = skipValue(text, at);
    if (key === 'resourceType') resourceType = stringAt(text, at, valueEnd);
    else if (key === 'id') id = stringAt(text, at, valueEnd);
    return valueEnd;
  });
  return { end, resource: { raw: text.slice(start, end), resourceType, id } };
}

function readLinks(json: string): { relation: string; url: string }[] {
  const value: unknown = JSON.parse(json);
  if (!Array.isArray(value)) return [];
  return value.flatMap((link: unknown) => {
    const { relation, url } = asRecord(link);
    return typeof relation === 'string' && typeof url === 'string' ? [{ relation, url }] : [];
  });
}

function readMode(json: string): string | undefined {
  const { mode } = asRecord(JSON.parse(json));
  return typeof mode === 'string' ? mode : undefined;
}

function readRequest(json: string): BundleRequest {
  const { method, url, ifNoneExist } = asRecord(JSON.parse(json));
  return {
    ...(typeof method === 'string' ? { method } : {}),
    ...(typeof url === 'string' ? { url } : {}),
    ...(typeof ifNoneExist === 'string' ? { ifNoneExist } : {}),
  };
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** Half of a character (`\ud800` alone) is no text: a store would keep another one in its place. */
function stringAt(text: string, start: number, end: number): string | undefined {
  const read = isStringAt(text, start) ? readString(text, start, end) : undefined;
  return read?.isWellFormed() ? read : undefined;
}

function numberAt(text: string, start: number, end: number): number | undefined {
  const value: unknown = JSON.parse(text.slice(start, end));
  return typeof value === 'number' ? value : undefined;
}

/** What is no object: an empty text or a web page is no JSON, anything else no Bundle. */
function refuseOther(text: string, start: number): never {
  if (start >= text.length) throw new ChartfoldError('fhir.not_json');
  endOfText(text, skipValue(text, start));
  throw new ChartfoldError('fhir.not_a_bundle');
}

function endOfText(text: string, end: number): void {
  if (skipSpace(text, end) < text.length) throw new ChartfoldError('fhir.not_json');
}

/** A resource type may be shown; anything else that stands in its place may not. */
function safeDetail(resourceType: string | undefined): { detail?: string } {
  return resourceType && isTypeName(resourceType) ? { detail: resourceType } : {};
}

function told<T>(scan: () => T): T {
  try {
    return scan();
  } catch (error) {
    if (!(error instanceof JsonScanError)) throw error;
    throw new ChartfoldError(error.fault === 'truncated' ? 'fhir.truncated' : 'fhir.not_json', {
      detail: `character ${error.at}`,
      cause: error,
    });
  }
}
