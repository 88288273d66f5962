// Owns the client-side cache: how long an answer counts as fresh, what is tried again, and that whoever
// is not signed in any more comes to the sign-in page. No keys here (queries.ts).

import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import type { Session } from '../../http/contract.ts';
import { problemOf } from './api.ts';
import { sessionQuery } from './queries.ts';
import { isSession, noticeAccount, noticeSignedOut } from './session.ts';

/** The cache of one page load. */
export function createCache(): QueryClient {
  const watch = (error: unknown) => {
    const { code } = problemOf(error);
    if (code === 'access.sign_in_required') noticeSignedOut(cache);
    // Another tab signed in as somebody else: the page becomes theirs.
    if (code === 'access.other_account') void cache.invalidateQueries(sessionQuery);
  };
  const cache = new QueryClient({
    queryCache: new QueryCache({
      onError: watch,
      onSuccess: (data, { queryKey }) => {
        if (isSession(queryKey)) noticeAccount(cache, data as Session);
      },
    }),
    mutationCache: new MutationCache({ onError: watch }),
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        // Only what a second try can mend: no network, or a fault of the server's.
        retry: (tries, error) => {
          const { status } = problemOf(error);
          return tries < 2 && (status === 0 || status >= 500);
        },
        retryDelay: (tries) => 400 * 2 ** tries,
        // The server is on this machine or the next: the browser's idea of "offline" says nothing.
        networkMode: 'always',
      },
      mutations: { networkMode: 'always' },
    },
  });
  return cache;
}
