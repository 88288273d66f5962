// Owns telling the server that somebody looks at a record, so that it knows since when changes are news to them. Only a
// page in view counts: one that stands open behind others is looked at by nobody.

import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { Visit } from '../../http/contract.ts';
import { send } from './api.ts';

/** Well below the 30 minutes after which the server begins another visit. */
const lookEveryMs = 5 * 60_000;

/** Tells it of a person's record, as long as a page of it is in view. */
export function useVisit(personId: string | undefined): void {
  const cache = useQueryClient();
  useEffect(() => {
    if (personId === undefined) return undefined;
    let last: string | null | undefined;
    const look = async () => {
      if (document.visibilityState !== 'visible') return;
      try {
        const visit = await send<Visit>(
          'POST',
          `/api/people/${encodeURIComponent(personId)}/visit`,
        );
        // Another visit than before has begun: changes are told since another day.
        if (last !== undefined && visit.last !== last)
          void cache.invalidateQueries({ queryKey: ['chart', personId, 'changes'] });
        last = visit.last;
      } catch {
        // The next look tells it; what is on screen says by itself when the server is away.
      }
    };
    void look();
    const timer = setInterval(() => void look(), lookEveryMs);
    const onLook = () => void look();
    document.addEventListener('visibilitychange', onLook);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', onLook);
    };
  }, [cache, personId]);
}
