// Owns the choice whose record a new connection fills.

import { useState } from 'react';
import type { Clinic } from '../../../http/contract.ts';
import { useCurrentPerson, useManagedPeople } from '../../app/person.ts';

export type ForWhom = {
  /** Null: a new person, named as the portal's patient. */
  personId: string | null;
  choose: (personId: string | null) => void;
};

/**
 * The choice among those one decides over, at first the person on screen. A sample clinic never starts in a real person's record,
 * nor a real clinic in the sample's, nor a test environment in anyone's.
 */
export function useForWhom(clinic: Pick<Clinic, 'environment' | 'sample'> | null): ForWhom {
  const people = useManagedPeople();
  const shown = useCurrentPerson();
  const current = shown?.manages ? shown : null;
  const [chosen, setChosen] = useState<string | null | undefined>(undefined);
  const apart = clinic?.environment === 'preview' || current?.sample !== clinic?.sample;
  const fits = apart ? null : (current?.id ?? null);
  const still = chosen === null || people.some((p) => p.id === chosen);
  return { personId: chosen !== undefined && still ? chosen : fits, choose: setChosen };
}

/** The choice as a list; nothing where there is nobody to choose from. */
export function ForWhomField({ forWhom }: { forWhom: ForWhom }) {
  const people = useManagedPeople();
  if (people.length === 0) return null;
  return (
    <label className="mt-4 flex items-center gap-3 text-13">
      <span className="shrink-0 text-ink2">For</span>
      <select
        value={forWhom.personId ?? ''}
        onChange={(e) => forWhom.choose(e.target.value === '' ? null : e.target.value)}
        className="h-11 min-w-0 flex-1 rounded-box border border-edge bg-surface px-2 text-15 desk:h-9"
      >
        {people.map((p) => (
          <option key={p.id} value={p.id}>
            {p.name}
            {p.sample ? ' (sample)' : ''}
          </option>
        ))}
        <option value="">A new person</option>
      </select>
    </label>
  );
}
