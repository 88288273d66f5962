// Owns the fetching of days as they come into view, and the order of records for stepping through.

import { useQueries, useQueryClient } from '@tanstack/react-query';
import { useMemo, useRef } from 'react';
import type { TimelineDay, TimelineFilter } from '../../../http/contract.ts';
import { timelineDaysQuery } from '../../app/queries.ts';
import { type IndexDay, inRuns } from './timeline-layout.ts';

/** The days of the runs that are in view, and the error of the first run that failed. */
export function useDays(
  personId: string,
  filter: TimelineFilter,
  days: readonly IndexDay[],
  placesInView: readonly number[],
) {
  const runs = useMemo(() => inRuns(days), [days]);
  const wanted = [
    ...new Set(placesInView.map((place) => Math.floor(place / runSize(runs)))),
  ].filter((run) => runs[run] !== undefined);
  const replies = useQueries({
    queries: wanted.map((run) => timelineDaysQuery(personId, filter, runs[run] ?? [])),
  });
  // While a changed chart is fetched again, what was shown stays shown.
  const shown = useRef({ whose: '', days: new Map<string | null, TimelineDay>() });
  const whose = JSON.stringify([personId, filter]);
  if (shown.current.whose !== whose) shown.current = { whose, days: new Map() };
  for (const reply of replies) {
    for (const day of reply.data ?? []) shown.current.days.set(day.day, day);
  }
  const failed = replies.find((reply) => reply.isError && !reply.data);
  return { days: shown.current.days, failed, runs };
}

/**
 * Steps from one record to the next in the order of the line, across runs not fetched yet.
 * @returns the neighbour's id, or null at either end
 */
export function useStep(
  personId: string,
  filter: TimelineFilter,
  runs: readonly (string | null)[][],
): (from: string, step: 1 | -1) => Promise<string | null> {
  const cache = useQueryClient();
  return async (from, step) => {
    const load = async (run: number) =>
      recordOrder(
        await cache.ensureQueryData(timelineDaysQuery(personId, filter, [...(runs[run] ?? [])])),
      );
    // The record on screen is in a run already fetched: those are looked through first, for free.
    const known = runs.map((run) =>
      cache.getQueryData<TimelineDay[]>(timelineDaysQuery(personId, filter, [...run]).queryKey),
    );
    const at = known.findIndex((days) => days && recordOrder(days).includes(from));
    if (at === -1) return null;
    const order = recordOrder(known[at] ?? []);
    const beside = order[order.indexOf(from) + step];
    if (beside !== undefined) return beside;
    if (!runs[at + step]) return null;
    const next = await load(at + step);
    return (step === 1 ? next[0] : next.at(-1)) ?? null;
  };
}

/** Every record of the days in reading order: a visit, then its rows. */
export function recordOrder(days: readonly TimelineDay[]): string[] {
  return days.flatMap((day) =>
    day.groups.flatMap((g) => [...(g.visit ? [g.visit.id] : []), ...g.rows.map((r) => r.id)]),
  );
}

function runSize(runs: readonly (string | null)[][]): number {
  return Math.max(1, runs[0]?.length ?? 1);
}
