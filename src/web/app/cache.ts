// Owns the client-side cache: how long an answer counts as fresh, what is tried again, and that whoever
// is not signed in any more comes to the sign-in page. No keys here (queries.ts).

import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { problemOf } from './api.ts';
import { sessionQuery } from './queries.ts';

/** The cache of one page load. */
export function createCache(): QueryClient {
  const watch = (error: unknown) => {
    if (problemOf(error).code === 'access.sign_in_required') forgetAll(cache);
  };
  const cache = new QueryClient({
    queryCache: new QueryCache({ onError: watch }),
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

// What was shown is dropped, and the frame leads to the sign-in page.
function forgetAll(cache: QueryClient): void {
  cache.setQueryData(sessionQuery.queryKey, { signedIn: false });
  const [session] = sessionQuery.queryKey;
  cache.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== session });
}
