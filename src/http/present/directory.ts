// Owns how the clinic directory is shown: the clinics found, and how its lists stand.

import { listPeople } from '../../access/people.ts';
import type { Actor } from '../../access/policy.ts';
import { type ClinicChoice, placeOf, searchClinics } from '../../connections/clinics.ts';
import { DIRECTORY_QUEUE, listConnections } from '../../connections/context.ts';
import { seesConnection } from '../../connections/sight.ts';
import { openVendor, vendorName } from '../../portals/index.ts';
import { notesOf, tellsClinic } from '../../portals/registry.ts';
import { errorCatalogue } from '../../platform/error-catalogue.ts';
import type { App } from '../app.ts';
import type { Clinic, Clinics, DirectoryLists } from '../contract.ts';

const SHOWN = 50;

/** The clinics that answer what was typed, with who of those the actor sees is connected there. */
export async function presentClinics(app: App, actor: Actor, typed: string): Promise<Clinics> {
  const [{ clinics, total, isMore, portals }, all, people] = await Promise.all([
    searchClinics(app, typed, SHOWN),
    listConnections(app.db),
    listPeople(app.db),
  ]);
  const connections = all.filter((one) => seesConnection(actor, one));
  const nameOf = (id: string | null) => people.find((person) => person.id === id)?.name ?? '';
  const present = ({ entry, clinic }: ClinicChoice): Clinic => {
    const { portal } = entry?.vendor ?? openVendor;
    return {
      portal: entry?.key ?? null,
      address: clinic.fhirBaseUrl,
      portalName: entry?.name ?? portal.name,
      environment: entry?.environment ?? 'production',
      clinicId: clinic.id,
      name: clinic.name,
      town: placeOf(clinic),
      tellsClinic: entry !== null && tellsClinic(entry),
      sample: entry?.simulated ?? false,
      notes: entry ? notesOf(entry) : [],
      questions: portal.questions.length + portal.referenced.questions.length,
      connected: connections
        .filter(
          (c) =>
            c.portal === entry?.key &&
            c.clinic_id === clinic.id &&
            (c.status === 'ready' || c.status === 'sign-in-again'),
        )
        .map((c) => ({ connectionId: c.id, personName: nameOf(c.person_id) })),
    };
  };
  return { clinics: clinics.map(present), total, isMore, portals: portals.map(present) };
}

/** The lists that there are, and those that could be fetched. */
export async function presentDirectory(app: App): Promise<DirectoryLists> {
  const [states, waiting] = await Promise.all([
    app.directory.states(),
    app.jobs.waiting(DIRECTORY_QUEUE),
  ]);
  return {
    lists: states.map((list) => {
      const isFile = list.source.startsWith('file:');
      return {
        vendor: list.entry?.name ?? vendorName(list.vendor),
        from: isFile ? list.source.slice('file:'.length) : new URL(list.source).host,
        imported: isFile,
        sample: list.entry?.simulated ?? false,
        readAt: list.readAt,
        checkedAt: list.checkedAt,
        triedAt: list.triedAt,
        clinics: list.clinics,
        bytes: list.bytes,
        progress:
          list.reading !== null
            ? { kind: 'reading' as const, bytes: list.reading }
            : list.entry && waiting.has(list.entry.key)
              ? { kind: 'waiting' as const }
              : null,
        trouble: list.trouble && errorCatalogue[list.trouble].sentence,
      };
    }),
  };
}
