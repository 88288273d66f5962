// Owns whose record is on screen: the one in the address, else the one last looked at here.

import { useParams } from '@tanstack/react-router';
import { useQuery } from '@tanstack/react-query';
import type { Connection, Person } from '../../http/contract.ts';
import { sessionQuery } from './queries.ts';

const key = 'chartfold.person';
const none: Person[] = [];

/** Everyone whose record the person signed in may read. */
export function usePeople(): Person[] {
  const { data } = useQuery(sessionQuery);
  return data?.signedIn ? data.people : none;
}

/** Whose record is on screen; null where there is nobody yet. */
export function useCurrentPerson(): Person | null {
  const people = usePeople();
  const { personId } = useParams({ strict: false });
  return choosePerson(people, personId ?? null, keptPerson());
}

/** Everyone whose record the account decides over. */
export function useManagedPeople(): Person[] {
  return usePeople().filter((p) => p.manages);
}

/** Tells whether the account decides over a connection: one of a record it manages, or begun by itself and nobody's yet. */
export function useManages(): (connection: Pick<Connection, 'personId'>) => boolean {
  const people = usePeople();
  return ({ personId }) => personId === null || people.some((p) => p.id === personId && p.manages);
}

/** In this order: named by the address, last looked at, first with records, first. */
export function choosePerson(
  people: readonly Person[],
  inAddress: string | null,
  kept: string | null,
): Person | null {
  const byId = (id: string | null) => people.find((p) => p.id === id);
  return byId(inAddress) ?? byId(kept) ?? people.find((p) => p.records > 0) ?? people[0] ?? null;
}

/** Remembers whom this browser looked at last. */
export function keepPerson(id: string): void {
  try {
    localStorage.setItem(key, id);
  } catch {
    // Storage is closed: the first person with records is shown next time.
  }
}

function keptPerson(): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}
