// Owns what one can change of one's own account. Each answers with the account as it is then.

import { useQueryClient } from '@tanstack/react-query';
import type { AccountPage } from '../../../http/contract.ts';
import { useAction } from '../../app/actions.ts';
import { send } from '../../app/api.ts';
import { makePasskey } from '../../app/passkeys.ts';
import { accountQuery, sessionQuery, takeAnswer } from '../../app/queries.ts';

const part = encodeURIComponent;

export function useRename() {
  return useAccountAct((name: string) => send('PUT', '/api/account/name', { name }));
}

/** Every other session ends. */
export function useSetPassword() {
  return useAccountAct((password: string) => send('PUT', '/api/account/password', { password }));
}

/** The browser asks for a finger, a face or a PIN in between. */
export function useAddPasskey() {
  return useAccountAct(async (label: string) => {
    const { options } = await send<{ options: unknown }>('POST', '/api/account/passkeys/begin');
    const response = await makePasskey(options);
    return send('POST', '/api/account/passkeys', { label, response });
  });
}

export function useRemovePasskey() {
  return useAccountAct((id: string) => send('DELETE', `/api/account/passkeys/${part(id)}`));
}

/** One session, or with null all but this one. */
export function useEndSession() {
  return useAccountAct((id: string | null) =>
    send('DELETE', `/api/account/sessions${id === null ? '' : `/${part(id)}`}`),
  );
}

/** New codes in place of the old ones: they are in this answer and nowhere else. */
export function useMakeRecoveryCodes() {
  const cache = useQueryClient();
  return useAction({
    mutationFn: () => send<{ codes: string[] }>('POST', '/api/account/recovery-codes'),
    onSuccess: () => {
      void cache.invalidateQueries(accountQuery);
      void cache.invalidateQueries(sessionQuery);
    },
  });
}

function useAccountAct<Given>(act: (given: Given) => Promise<AccountPage>) {
  const cache = useQueryClient();
  return useAction({
    mutationFn: act,
    onSuccess: async (page) => {
      await takeAnswer(cache, accountQuery, page);
      void cache.invalidateQueries(sessionQuery);
    },
  });
}
