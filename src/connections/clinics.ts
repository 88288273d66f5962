// Owns which clinics can be chosen: those that a simulated portal lists. The vendors' published lists are not
// read here; a configured portal is offered as a whole, and says after the sign-in which clinic it was.

import { ChartfoldError } from '../platform/errors.ts';
import type { DirectoryClinic } from '../portals/portal.ts';
import type { PortalEntry } from '../portals/registry.ts';
import type { ConnectionContext } from './context.ts';

export type ClinicChoice = { readonly entry: PortalEntry; readonly clinic: DirectoryClinic };

/** The clinics of a simulated portal; undefined for others. @throws `net.*`, `fhir.not_json` */
export async function clinicsOf(
  context: Pick<ConnectionContext, 'outbound'>,
  entry: PortalEntry,
): Promise<readonly DirectoryClinic[] | undefined> {
  if (!entry.simulated || entry.directoryUrl === null) return undefined;
  const response = await context.outbound(entry.directoryUrl, { timeoutMs: 10_000 });
  const text = await response.text();
  try {
    return entry.vendor.readDirectory(text).clinics;
  } catch (cause) {
    throw new ChartfoldError('fhir.not_json', {
      detail: `the list of clinics, HTTP status ${response.status}`,
      cause,
    });
  }
}

/** A clinic that no list names: the vendor's name and the clinic's number, or the portal as a whole without one. */
export function unlistedClinic(entry: PortalEntry, id: string): DirectoryClinic {
  return { id, name: id ? `${entry.name}, practice ${id}` : entry.name, town: null };
}

/** All that can be connected here: the clinics listed, and each configured portal as a whole. */
export async function listClinics(
  context: Pick<ConnectionContext, 'outbound' | 'registry'>,
): Promise<ClinicChoice[]> {
  const usable = context.registry.entries.filter((entry) => entry.registration !== null);
  const lists = await Promise.all(
    usable.map(async (entry) => {
      const clinics = (await clinicsOf(context, entry)) ?? [unlistedClinic(entry, '')];
      return clinics.map((clinic) => ({ entry, clinic }));
    }),
  );
  return lists.flat();
}
