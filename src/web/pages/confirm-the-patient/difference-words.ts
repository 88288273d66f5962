// Owns the words for a difference between the portal's patient and a known person. What differs the server says.

import { apart } from '../../../fhir/text/shown.ts';
import { longDate } from '../../parts/dates.ts';

type Patient = { name: string; birthDate: string | null };

/** `The name differs: the portal says Elena Marsh, the record here Ellen Marsh.` */
export function differenceWords(
  what: 'name' | 'birthDate',
  patient: Patient,
  person: Patient,
): string {
  if (what === 'name') {
    return `The name differs: the portal says ${apart(patient.name)}, the record here ${apart(person.name)}.`;
  }
  return `The birth date differs: the portal says ${longDate(patient.birthDate)}, the record here ${longDate(person.birthDate)}.`;
}
