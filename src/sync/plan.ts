// Owns the questions of a sync: pure, from the vendor's data and the patient's id.

import type { PortalEntry } from '../portals/registry.ts';
import type { PlannedQuestion } from '../records/types.ts';

/** The questions to ask of a portal about a patient, in order. */
export function planQuestions(
  entry: Pick<PortalEntry, 'vendor'>,
  patientId: string,
): PlannedQuestion[] {
  return entry.vendor.portal.questions.map((question) => ({
    key: question.key,
    label: question.label,
    type: question.type,
    request: `${question.type}?${queryOf(question.parameters, patientId)}`,
    why: question.why,
  }));
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
