// Owns the comparison of the portal's patient with a known person, and the words for it.

import type { Person } from '../../../http/contract.ts';
import { longDate } from '../../parts/dates.ts';

type Patient = { name: string; birthDate: string | null };

/** What differs. A birth date that one side does not have, or has less precisely, does not differ. */
export function differencesFrom(
  patient: Patient,
  person: Pick<Person, 'name' | 'birthDate'>,
): ('name' | 'birthDate')[] {
  const differs: ('name' | 'birthDate')[] = [];
  if (fold(patient.name) !== fold(person.name)) differs.push('name');
  const [a, b] = [patient.birthDate, person.birthDate];
  if (a && b && !a.startsWith(b) && !b.startsWith(a)) differs.push('birthDate');
  return differs;
}

/** `The name differs: the portal says Elena Marsh, the record here Ellen Marsh.` */
export function differenceWords(
  what: 'name' | 'birthDate',
  patient: Patient,
  person: Pick<Person, 'name' | 'birthDate'>,
): string {
  if (what === 'name') {
    return `The name differs: the portal says ${patient.name}, the record here ${person.name}.`;
  }
  return `The birth date differs: the portal says ${longDate(patient.birthDate)}, the record here ${longDate(person.birthDate)}.`;
}

function fold(name: string): string {
  return name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replace(/\s+/g, ' ').trim();
}
