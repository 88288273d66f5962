// Owns finding a person by what was typed on the command line.

import { listPeople, type Person } from '../access/people.ts';
import type { Db } from '../platform/db/db.ts';
import { ChartfoldError } from '../platform/errors.ts';

/** A person by id, or by name whatever its case. @throws `person.not_found`, `person.ambiguous` */
export async function personNamed(db: Db, wanted: string): Promise<Person> {
  const [found, ...more] = (await listPeople(db)).filter(
    (p) => p.id === wanted || p.name.toLowerCase() === wanted.toLowerCase(),
  );
  if (more.length > 0) throw new ChartfoldError('person.ambiguous');
  if (!found)
    throw new ChartfoldError('person.not_found', { detail: 'see: npx chartfold people list' });
  return found;
}
