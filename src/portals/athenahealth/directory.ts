// Owns reading lists of athenahealth's practices: the vendor's own, a Bundle of Organization and Endpoint resources, and
// those that others make of it.

import { z } from 'zod';
import {
  isResource,
  organization,
  placeIn,
  readPlainList,
  resourcesOf,
} from '../directory-shapes.ts';
import type { DirectoryClinic, DirectoryList, DirectoryReader } from '../portal.ts';

const PRACTICE_EXTENSION = 'https://fhir.athena.io/StructureDefinition/ah-practice';
const practice = z.object({
  url: z.literal(PRACTICE_EXTENSION),
  valueReference: z.object({ reference: z.string() }),
});

/**
 * Practices by number and name, all at one FHIR base; entries of other types are passed over, unreadable ones counted.
 * Lantern's list has no numbers: such a practice is told by the portal after the sign-in.
 */
export const athenahealthDirectory: DirectoryReader = {
  isOwn: (beginning) =>
    /\bfhir\.athena\.io\b|\bathenahealth\.com\b/.test(beginning) ||
    // Names by practice numbers; nobody else's list has this form.
    /^\s*\{\s*"\d+"\s*:\s*"/.test(beginning),
  read: (text) => (isResource(text) ? readBundle(text) : readPlain(text)),
};

function readPlain(text: string): DirectoryList {
  const { entries, unreadable } = readPlainList(text);
  const clinics = entries.map(({ id, name, postalCode }) => ({
    id,
    fhirBaseUrl: null,
    name,
    aliases: [],
    town: null,
    // `NC - Name of the practice`
    state: /^([A-Z]{2}) - /.exec(name)?.[1] ?? null,
    postalCode,
  }));
  return { clinics, unreadable };
}

function readBundle(text: string): DirectoryList {
  const clinics: DirectoryClinic[] = [];
  const { resources, entriesWithoutResource } = resourcesOf(text);
  let unreadable = entriesWithoutResource;
  for (const { resource } of resources) {
    if ((resource as { resourceType?: unknown }).resourceType !== 'Organization') continue;
    const { data } = organization.safeParse(resource);
    const id = numberOf(data?.extension ?? []);
    if (!data || !id) {
      unreadable += 1;
      continue;
    }
    clinics.push({ id, fhirBaseUrl: null, name: data.name, aliases: data.alias, ...placeIn(data) });
  }
  return { clinics, unreadable };
}

function numberOf(extensions: readonly unknown[]): string | undefined {
  for (const extension of extensions) {
    const { data } = practice.safeParse(extension);
    const number = data?.valueReference.reference.match(/Practice-(\d+)$/)?.[1];
    if (number) return number;
  }
  return undefined;
}
