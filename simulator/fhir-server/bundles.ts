// Writes a searchset Bundle around texts that already exist: concatenation, no printing of resources.

import type { PortalBehaviour } from '../../src/portals/behaviour.ts';
import type { StoredResource } from './store.ts';

/** What a bundle is written from; `texts` overrides a resource's own text where a fault changes it. */
export type BundleParts = {
  /** What addresses in it begin with. */
  readonly fhirBase: string;
  readonly fullUrl: PortalBehaviour['fullUrl'];
  readonly self: string;
  readonly next: string | undefined;
  readonly total: number | undefined;
  readonly matches: readonly StoredResource[];
  readonly included: readonly StoredResource[];
  readonly textOf?: (resource: StoredResource) => string;
};

/** The text of the Bundle. */
export function writeBundle(parts: BundleParts): string {
  const textOf = parts.textOf ?? ((resource: StoredResource) => resource.text);
  const entry = (mode: string) => (resource: StoredResource) => {
    const url = `${parts.fhirBase}/${resource.type}/${resource.id}`;
    // A list with a path in it, as one vendor writes it.
    const full =
      parts.fullUrl === 'text'
        ? `"${url}"`
        : `["${new URL(parts.fhirBase).pathname}/${resource.type}/${resource.id}"]`;
    return `{"fullUrl":${full},"link":[{"relation":"self","url":"${url}"}],"resource":${textOf(resource)},"search":{"mode":"${mode}"}}`;
  };
  const entries = [...parts.matches.map(entry('match')), ...parts.included.map(entry('include'))];
  const links = [{ relation: 'self', url: parts.self }];
  if (parts.next !== undefined) links.push({ relation: 'next', url: parts.next });
  const total = parts.total === undefined ? '' : `"total":${parts.total},`;
  const body = entries.length === 0 ? '' : `,"entry":[${entries.join(',')}]`;
  return `{"resourceType":"Bundle","type":"searchset",${total}"link":${JSON.stringify(links)}${body}}`;
}

/** The URL of the next page: the same question, character for character, with another value of `parameter`. */
export function nextUrl(
  fhirBase: string,
  type: string,
  rawQuery: string,
  next: { readonly parameter: string; readonly value: string },
): string {
  const place = `${next.parameter}=`;
  const kept = rawQuery.split('&').filter((part) => part !== '' && !part.startsWith(place));
  return `${fhirBase}/${type}?${[...kept, `${place}${encodeURIComponent(next.value)}`].join('&')}`;
}
