// Owns what the owner can change of who may sign in.

import { useQueryClient } from '@tanstack/react-query';
import type { ListedAccount, OwnAccount } from '../../../http/contract.ts';
import { useAction } from '../../app/actions.ts';
import { send } from '../../app/api.ts';
import { accountsQuery } from '../../app/queries.ts';

export type Invited = { account: ListedAccount; link: string };
type Role = OwnAccount['roles'][number];

const at = (id: string) => `/api/accounts/${encodeURIComponent(id)}`;

/** The link is in this answer and nowhere else. */
export function useInvite() {
  return useAccountsAct((given: { name: string; roles: Role[] }) =>
    send<Invited>('POST', '/api/accounts', given),
  );
}

/** Another link, for who can't sign in. */
export function useNewLink() {
  return useAccountsAct((id: string) => send<Invited>('POST', `${at(id)}/link`));
}

/** Its sessions and rights end at once. */
export function useCloseAccount() {
  return useAccountsAct((id: string) => send<unknown>('DELETE', at(id)));
}

function useAccountsAct<Given, Reply>(act: (given: Given) => Promise<Reply>) {
  const cache = useQueryClient();
  return useAction({
    mutationFn: act,
    onSuccess: () => {
      void cache.invalidateQueries(accountsQuery);
      void cache.invalidateQueries({ queryKey: ['rights'] });
    },
  });
}
