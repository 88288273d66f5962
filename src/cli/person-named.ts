// Owns finding a person by what was typed on the command line.

import { listPeople, type Person } from '../access/people.ts';
import { type Actor, allowOn, mayOn, type RecordAct } from '../access/policy.ts';
import type { Db } from '../platform/db/db.ts';
import { ChartfoldError } from '../platform/errors.ts';

/** Everyone on whose record an act of the actor's would pass. */
export async function peopleFor(db: Db, actor: Actor, act: RecordAct): Promise<Person[]> {
  return (await listPeople(db)).filter((person) => mayOn(actor, act, person.id));
}

/**
 * A person by id, or by name whatever its case, on whose record the act passes.
 * @throws `person.not_found` also where the actor may not know of them, `person.ambiguous`, `access.not_allowed`
 */
export async function personNamed(
  db: Db,
  actor: Actor,
  act: RecordAct,
  wanted: string,
): Promise<Person> {
  const known = await peopleFor(db, actor, 'record.read');
  const [found, ...more] = known.filter(
    (p) => p.id === wanted || p.name.toLowerCase() === wanted.toLowerCase(),
  );
  if (more.length > 0) throw new ChartfoldError('person.ambiguous');
  if (!found)
    throw new ChartfoldError('person.not_found', { detail: 'see: npx chartfold people list' });
  allowOn(actor, act, found.id);
  return found;
}
