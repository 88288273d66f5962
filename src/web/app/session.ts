// Owns whose account the app is shown to, and that nothing of one account is kept for another: tabs of a browser share
// its session, so whose it is can change under a page that stands open.

import type { QueryClient } from '@tanstack/react-query';
import type { Session } from '../../http/contract.ts';
import { actFor, actingFor } from './api.ts';
import { sessionQuery } from './queries.ts';

/** Takes what was just learnt of the session. What was shown to another account is dropped. */
export function noticeAccount(cache: QueryClient, session: Session): void {
  const before = actingFor();
  const now = session.signedIn ? session.account.id : null;
  if (now === before) return;
  actFor(now);
  const rest = {
    predicate: ({ queryKey }: { queryKey: readonly unknown[] }) => !isSession(queryKey),
  };
  if (now === null) cache.removeQueries(rest);
  else if (before !== null) {
    // A page that stays asks again, as who is signed in now.
    cache.removeQueries({ ...rest, type: 'inactive' });
    void cache.resetQueries(rest);
  }
}

/** Nobody is signed in any more: what was shown is dropped, and the frame leads to the sign-in page. */
export function noticeSignedOut(cache: QueryClient): void {
  noticeAccount(cache, { signedIn: false });
  cache.setQueryData(sessionQuery.queryKey, { signedIn: false });
}

/** Whether a key is that of the session. */
export function isSession(queryKey: readonly unknown[]): boolean {
  return queryKey[0] === sessionQuery.queryKey[0];
}
