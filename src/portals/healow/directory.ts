// Owns reading lists of eClinicalWorks' practices as patients reach them: the activated endpoints of Healow, a Bundle in
// which an Organization and an Endpoint of one id are one practice, and those that others make of it.

import {
  endpoint,
  isResource,
  organization,
  placeIn,
  readPlainList,
  resourcesOf,
} from '../directory-shapes.ts';
import type { DirectoryClinic, DirectoryList, DirectoryReader } from '../portal.ts';

/** Practices by code, each at its own FHIR base. An Organization without an Endpoint, or the other way, is unreadable. */
export const healowDirectory: DirectoryReader = {
  isOwn: (beginning) => /\bfhir4\.(?:healow|eclinicalworks)\.com\b/.test(beginning),
  read: (text) => (isResource(text) ? readBundle(text) : readPlain(text)),
};

function readPlain(text: string): DirectoryList {
  const { entries, unreadable } = readPlainList(text);
  const clinics = entries.flatMap(({ name, url, postalCode }) => {
    const code = codeIn(url ?? '');
    if (!code) return [];
    const place = { town: null, state: null, postalCode };
    return [{ id: code, fhirBaseUrl: patientBase(code, url ?? ''), name, aliases: [], ...place }];
  });
  return { clinics, unreadable: unreadable + entries.length - clinics.length };
}

function readBundle(text: string): DirectoryList {
  const halves = new Map<string, Partial<DirectoryClinic>>();
  const { resources, entriesWithoutResource } = resourcesOf(text);
  let unreadable = entriesWithoutResource;
  const take = (id: string | undefined, half: Partial<DirectoryClinic> | null) => {
    if (id && half) halves.set(id, { ...halves.get(id), ...half });
    else unreadable += 1;
  };
  for (const { resource } of resources) {
    const { resourceType } = resource as { resourceType?: unknown };
    if (resourceType === 'Organization') {
      const { data } = organization.safeParse(resource);
      take(data?.id, data ? { name: data.name, aliases: data.alias, ...placeIn(data) } : null);
    } else if (resourceType === 'Endpoint') {
      const { data } = endpoint.safeParse(resource);
      const base = data?.address.replace(/\/+$/, '') ?? '';
      take(data?.id, codeIn(base) ? { id: codeIn(base) ?? '', fhirBaseUrl: base } : null);
    }
  }
  const whole = [...halves.values()].filter(isWhole);
  return { clinics: whole, unreadable: unreadable + halves.size - whole.length };
}

function isWhole(half: Partial<DirectoryClinic>): half is DirectoryClinic {
  return half.name !== undefined && half.fhirBaseUrl !== undefined;
}

/** Six capital letters, seldom seven; the vendor's test practices have longer names. */
function codeIn(base: string): string | undefined {
  return /\/fhir\/r4\/([\w-]+)\/?$/.exec(base)?.[1];
}

/** A list of the bases for clinicians' programs names the same practices by the same codes. */
function patientBase(code: string, url: string): string {
  return new URL(url).host === 'fhir4.eclinicalworks.com'
    ? `https://fhir4.healow.com/fhir/r4/${code}`
    : url.replace(/\/+$/, '');
}
