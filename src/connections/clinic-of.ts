// Owns deciding which clinic a sign-in was for, from all that says so, and saying where they differ. Pure.

import type { PortalEntry } from '../portals/registry.ts';
import type { Tokens } from '../smart/token.ts';
import type { Connection } from './context.ts';

/**
 * The token reply counts most (the vendor's own word), then the patient's id, then what was chosen.
 * @returns the clinic's id, its name, and a sentence where sources differ
 */
export function clinicOf(
  entry: PortalEntry,
  tokens: Pick<Tokens, 'reply' | 'accessClaims' | 'patient'>,
  chosen: Pick<Connection, 'clinic_id' | 'clinic_name'>,
): { id: string; name: string; note: string | null } {
  const fromReply = entry.vendor.hooks.conformTokenReply?.(tokens).clinicId ?? null;
  const pattern = entry.vendor.portal.clinicInPatientId;
  const fromPatient = pattern
    ? (new RegExp(pattern).exec(tokens.patient ?? '')?.[1] ?? null)
    : null;
  const id = fromReply ?? fromPatient ?? chosen.clinic_id;
  const isAsChosen = chosen.clinic_id === '' || chosen.clinic_id === id;
  const name =
    chosen.clinic_id === id
      ? chosen.clinic_name
      : id
        ? `${entry.name}, practice ${id}`
        : chosen.clinic_name;
  if (!isAsChosen) {
    return {
      id,
      name,
      note: `You chose ${chosen.clinic_name}, but the portal signed you in at practice ${id}. Chartfold reads practice ${id}.`,
    };
  }
  if (fromReply && fromPatient && fromReply !== fromPatient) {
    return {
      id,
      name,
      note: `The portal names practice ${fromReply}, the patient’s number practice ${fromPatient}. Chartfold reads practice ${id}.`,
    };
  }
  return { id, name, note: null };
}
