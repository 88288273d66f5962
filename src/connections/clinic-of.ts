// Owns deciding which clinic a sign-in was for, from all that says so, naming it, and saying where they differ.

import { shown } from '../fhir/text/shown.ts';
import type { PortalEntry } from '../portals/registry.ts';
import type { Tokens } from '../smart/token.ts';
import { placeOf, unlistedClinic } from './clinics.ts';
import type { Connection, ConnectionContext } from './context.ts';

/**
 * The clinic that was signed in at: the token reply counts most (the vendor's own word), then the patient's id, then
 * what was chosen. Another one than the chosen is named as the portal's list has it.
 * @returns the clinic, and a sentence where sources differ
 */
export async function clinicOf(
  context: Pick<ConnectionContext, 'directory'>,
  entry: PortalEntry,
  tokens: Pick<Tokens, 'reply' | 'accessClaims' | 'patient'>,
  chosen: Pick<Connection, 'clinic_id' | 'clinic_name' | 'town'>,
): Promise<{ id: string; name: string; town: string | null; note: string | null }> {
  const fromReply = entry.vendor.hooks.conformTokenReply?.(tokens).clinicId ?? null;
  const fromPatient = clinicInPatientId(entry, tokens.patient);
  const id = fromReply ?? fromPatient ?? chosen.clinic_id;
  const clinic =
    id === chosen.clinic_id
      ? { id, name: chosen.clinic_name, town: chosen.town }
      : await clinicNamed(context, entry, id);
  const isOther = chosen.clinic_id !== '' && chosen.clinic_id !== id;
  const isDoubtful = fromReply !== null && fromPatient !== null && fromReply !== fromPatient;
  const note = isOther
    ? `You chose ${shown(chosen.clinic_name)}, but the portal signed you in at ${shown(clinic.name)}. Chartfold reads what is there.`
    : isDoubtful
      ? `The portal names practice ${fromReply}, the patient’s number practice ${fromPatient}. Chartfold reads practice ${id}.`
      : null;
  return { ...clinic, note };
}

function clinicInPatientId(entry: PortalEntry, patientId: string | null): string | null {
  const pattern = entry.vendor.portal.clinicInPatientId;
  return pattern ? (new RegExp(pattern).exec(patientId ?? '')?.[1] ?? null) : null;
}

async function clinicNamed(
  { directory }: Pick<ConnectionContext, 'directory'>,
  entry: PortalEntry,
  id: string,
): Promise<{ id: string; name: string; town: string | null }> {
  const clinic = (await directory.find(entry, id)) ?? unlistedClinic(entry, id);
  return { id, name: clinic.name, town: placeOf(clinic) };
}
