// Owns finding whose record a sign-in opened: the patient's id, from wherever the vendor tells it, and the Patient.

import { nextLink, scanBundle } from '../fhir/bundle.ts';
import { ChartfoldError, type ErrorCode } from '../platform/errors.ts';
import type { PatientSource, Portal } from '../portals/portal.ts';
import type { Tokens } from '../smart/token.ts';
import type { AuthorisedFetch } from './authorised-fetch.ts';

/** The patient of a sign-in; `patient` where finding the id brought the resource along. */
export type FoundPatient = { readonly id: string; readonly patient: object | null };

type Said = Pick<Tokens, 'patient' | 'fhirUser'>;

/**
 * Tries the vendor's sources in their order.
 * @throws `smart.no_patient` where none of them names exactly one; what asking throws
 */
export async function findPatient(
  portal: Pick<Portal, 'patientFrom' | 'requests'>,
  said: Said,
  ask: AuthorisedFetch,
): Promise<FoundPatient> {
  for (const source of portal.patientFrom) {
    const found = await sources[source](said, ask, portal.requests.timeoutMs);
    if (found) return found;
  }
  throw new ChartfoldError('smart.no_patient');
}

type Source = (said: Said, ask: AuthorisedFetch, timeoutMs: number) => Promise<FoundPatient | null>;

const sources: Readonly<Record<PatientSource, Source>> = {
  token: async ({ patient }) => (patient === null ? null : { id: patient, patient: null }),

  // An address or a reference; who signed in for a patient is a RelatedPerson, and no help here.
  fhirUser: async ({ fhirUser }, ask) => {
    const id = /(?:^|\/)Patient\/([A-Za-z0-9\-._~=]+)$/.exec(fhirUser ?? '')?.[1];
    if (id === undefined || isElsewhere(fhirUser ?? '', ask)) return null;
    return { id, patient: null };
  },

  /** The token opens one patient's record: the only Patient that the portal shows, on whatever page. */
  search: async (_said, ask, timeoutMs) => {
    const patients = new Map<string | undefined, string>();
    let next: string | null = ask.addressOf('Patient');
    for (let pages = 0; next !== null && pages < MOST_PAGES; pages += 1) {
      const { entries, links } = scanBundle(await answered(ask, next, timeoutMs));
      for (const { resourceType, id, raw } of entries)
        if (resourceType === 'Patient') patients.set(id, raw);
      const link = nextLink(links);
      next = link === null ? null : ask.followable(link);
    }
    const [[id, raw] = []] = patients;
    if (!id || !raw || patients.size > 1)
      throw new ChartfoldError('smart.no_patient', {
        detail: `the portal shows ${patients.size} patients`,
      });
    return { id, patient: JSON.parse(raw) as object };
  },
};

/** Some portals name a next page behind the last, again and again. */
const MOST_PAGES = 5;

/** Whether an address is none of this portal's: an id there means nobody here. */
function isElsewhere(address: string, ask: AuthorisedFetch): boolean {
  if (!URL.canParse(address)) return false;
  try {
    ask.followable(address);
    return false;
  } catch {
    return true;
  }
}

/** The Patient by its id: the person decides by what it shows whose record it is, so it must be that very one. */
export async function readPatient(
  ask: AuthorisedFetch,
  patientId: string,
  timeoutMs: number,
): Promise<object> {
  const address = ask.addressOf(`Patient/${encodeURIComponent(patientId)}`);
  const text = await answered(ask, address, timeoutMs);
  const patient = parsed(text);
  if (patient?.resourceType !== 'Patient' || patient.id !== patientId) {
    throw new ChartfoldError('smart.no_patient', { detail: 'the portal answered with another' });
  }
  return patient;
}

async function answered(ask: AuthorisedFetch, address: string, timeoutMs: number): Promise<string> {
  const response = await ask.get(address, { timeoutMs });
  if (response.status === 200) return response.text();
  throw new ChartfoldError(codeOf(response.status), {
    detail: `the patient, HTTP status ${response.status}`,
  });
}

function codeOf(status: number): ErrorCode {
  if (status === 401) return 'fhir.unauthorized';
  if (status === 403) return 'fhir.forbidden';
  return status >= 300 && status < 400 ? 'net.foreign_origin' : 'fhir.server_error';
}

function parsed(text: string): { resourceType?: unknown; id?: unknown } | null {
  try {
    return JSON.parse(text) as { resourceType?: unknown; id?: unknown } | null;
  } catch (cause) {
    throw new ChartfoldError('fhir.not_json', { detail: 'the patient', cause });
  }
}
