// Owns what whoever manages a record can change of who sees it, and adding a person.

import { useQueryClient } from '@tanstack/react-query';
import type { GivenRight, Rights, SightKind } from '../../../http/contract.ts';
import { useAction } from '../../app/actions.ts';
import { send } from '../../app/api.ts';
import { rightsQuery, sessionQuery, takeAnswer } from '../../app/queries.ts';

const at = (personId: string) => `/api/people/${encodeURIComponent(personId)}/rights`;

export type NewRight = {
  accountId: string;
  level: GivenRight['level'];
  kinds: SightKind[] | null;
  /** An instant. */
  expiresAt: string | null;
};

export function useGiveRight(personId: string) {
  const cache = useQueryClient();
  return useAction({
    mutationFn: (right: NewRight) => send<Rights>('POST', at(personId), right),
    onSuccess: (rights) => takeAnswer(cache, rightsQuery(personId), rights),
  });
}

export function useTakeBack(personId: string) {
  const cache = useQueryClient();
  return useAction({
    mutationFn: (id: string) =>
      send<unknown>('DELETE', `${at(personId)}/${encodeURIComponent(id)}`),
    onSuccess: () => cache.invalidateQueries(rightsQuery(personId)),
  });
}

export function useAddPerson() {
  const cache = useQueryClient();
  return useAction({
    mutationFn: (person: { name: string; birthDate: string | null }) =>
      send<{ id: string }>('POST', '/api/people', person),
    onSuccess: () => cache.invalidateQueries(sessionQuery),
  });
}
