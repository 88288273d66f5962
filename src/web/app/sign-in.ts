// Owns signing in, by each of the ways there are. The answer is the session, kept as if it had been asked for.

import { useQueryClient } from '@tanstack/react-query';
import type { Session } from '../../http/contract.ts';
import { useAction } from './actions.ts';
import { send } from './api.ts';
import { signWithPasskey } from './passkeys.ts';
import { tellTabs } from './live.ts';
import { sessionQuery, takeAnswer } from './queries.ts';
import { noticeAccount } from './session.ts';

export type SignInWay =
  | { by: 'link'; secret: string }
  | { by: 'password'; name: string; password: string }
  | { by: 'recovery-code'; name: string; code: string }
  | { by: 'passkey' };

export type SignedIn = Extract<Session, { signedIn: true }>;

/** Signs in; where somebody was signed in already, anew. */
export function useSignIn() {
  const cache = useQueryClient();
  return useAction({
    mutationFn: signIn,
    onSuccess: async (session) => {
      noticeAccount(cache, session);
      await takeAnswer(cache, sessionQuery, session);
      void cache.invalidateQueries({ queryKey: ['account'] });
      tellTabs();
    },
  });
}

async function signIn(way: SignInWay): Promise<SignedIn> {
  switch (way.by) {
    case 'link':
      return send('POST', '/api/session', { secret: way.secret });
    case 'password':
      return send('POST', '/api/session/password', { name: way.name, password: way.password });
    case 'recovery-code':
      return send('POST', '/api/session/recovery-code', { name: way.name, code: way.code });
    case 'passkey': {
      const { options } = await send<{ options: unknown }>('POST', '/api/session/passkey/begin');
      return send('POST', '/api/session/passkey', { response: await signWithPasskey(options) });
    }
  }
}
