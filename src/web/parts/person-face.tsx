// Owns how a person is shown in one place: initials, name, birth date.

import type { Person } from '../../http/contract.ts';
import { longDate } from './dates.ts';
import { initials } from './words.ts';

/** Initials in a disc; decoration, the name stands beside it. */
export function Disc({ name }: { name: string }) {
  return (
    <span
      aria-hidden="true"
      className="grid size-8 shrink-0 place-items-center rounded-full bg-teal-tint text-12 font-semibold text-teal"
    >
      {initials(name)}
    </span>
  );
}

/** Disc, name and birth date. */
export function PersonFace({ person }: { person: Person }) {
  return (
    <>
      <Disc name={person.name} />
      <span className="min-w-0 flex-1 text-left">
        <span className="line-clamp-2 leading-5 font-medium">{person.name}</span>
        <span className="block text-12 text-ink3">
          {person.birthDate ? `Born ${longDate(person.birthDate)}` : 'Birth date not recorded'}
        </span>
        {person.sample && <span className="block text-12 text-ink3">Sample record</span>}
      </span>
    </>
  );
}
