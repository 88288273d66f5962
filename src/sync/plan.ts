// Owns the questions of a sync: pure, from the vendor's data and the patient's id.

import type { PortalEntry } from '../portals/registry.ts';
import type { PlannedQuestion } from '../records/types.ts';

/** The questions to ask of a portal about a patient, in order; those by reference last. */
export function planQuestions(
  entry: Pick<PortalEntry, 'vendor'>,
  patientId: string,
): PlannedQuestion[] {
  const { questions, referenced } = entry.vendor.portal;
  return [
    ...questions.map(({ key, label, type, why, parameters }) => ({
      key,
      label,
      type,
      why,
      request: `${type}?${queryOf(parameters, patientId)}`,
    })),
    ...referenced.questions.map(({ key, label, type, why }) => ({
      key,
      label,
      type,
      why,
      request: `${type}?_id=`,
    })),
  ];
}

/** Comma, colon, slash and bar have a meaning in FHIR searches and stay as they are (R4 section 3.1.1). */
function queryOf(parameters: Readonly<Record<string, string>>, patientId: string): string {
  return Object.entries(parameters)
    .map(([name, value]) => {
      const filled = encodeURIComponent(value.replace('{patient}', patientId));
      return `${name}=${filled.replace(/%(2C|3A|2F|7C)/g, (code) => decodeURIComponent(code))}`;
    })
    .join('&');
}
