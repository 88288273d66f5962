// Owns which clinics can be chosen: those that the directory lists for the portals that are on or for servers that can be
// added, and each configured portal as a whole, which says after the sign-in which clinic it was.

import type { DirectoryClinic } from '../portals/portal.ts';
import { isPerClinic, type PortalEntry } from '../portals/registry.ts';
import type { ConnectionContext } from './context.ts';
import { wordsOf } from './directory/words.ts';

/** A clinic, and the portal to sign in at; null where the server at the clinic's address must be added first. */
export type ClinicChoice = {
  readonly entry: PortalEntry | null;
  readonly clinic: DirectoryClinic;
};

export type ClinicChoices = {
  /** Listed clinics, the likeliest first; before anything is typed all of them where they are few. */
  readonly clinics: readonly ClinicChoice[];
  /** How many match, as far as they were counted, and whether there are more. */
  readonly total: number;
  readonly isMore: boolean;
  /** Each configured portal as a whole, but those whose clinics each have an address of their own. */
  readonly portals: readonly ClinicChoice[];
};

/** What can be connected here, for what was typed. */
export async function searchClinics(
  { directory, registry }: Pick<ConnectionContext, 'directory' | 'registry'>,
  typed: string,
  limit: number,
): Promise<ClinicChoices> {
  const portals = registry.entries
    .filter((entry) => entry.registration !== null && !isPerClinic(entry))
    .filter((entry) => !(entry.simulated && entry.directoryUrl))
    .map((entry) => ({ entry, clinic: unlistedClinic(entry, '') }));
  const few = typed.trim() === '' ? await directory.few() : null;
  const { found, total, isMore } = few
    ? { found: few, total: few.length, isMore: false }
    : await directory.search(typed, limit);
  // A server that was added, or a vendor without a list, is looked for by its names all the same.
  const named = few
    ? []
    : portals.filter(({ entry: { name, vendor } }) =>
        [name, ...vendor.portal.otherNames].some((one) => isNamed(one, typed)),
      );
  return {
    clinics: [...named, ...found],
    total: total + named.length,
    isMore,
    portals: portals.filter((portal) => !named.includes(portal)),
  };
}

/** Whether each word that was typed begins one of a name's. */
function isNamed(name: string, typed: string): boolean {
  const own = wordsOf(name);
  const wanted = wordsOf(typed);
  return wanted.length > 0 && wanted.every((word) => own.some((one) => one.startsWith(word)));
}

/** A clinic that no list names: the vendor's name and the clinic's number, or the portal as a whole without one. */
export function unlistedClinic(entry: PortalEntry, id: string): DirectoryClinic {
  return {
    id,
    fhirBaseUrl: null,
    name: id ? `${entry.name}, practice ${id}` : entry.name,
    aliases: [],
    town: null,
    state: null,
    postalCode: null,
  };
}

/** Where a clinic is, as it is shown: `Rockport, ME`; null where its list doesn't say. */
export function placeOf({ town, state }: Pick<DirectoryClinic, 'town' | 'state'>): string | null {
  return [town, state].filter((part) => part !== null).join(', ') || null;
}
