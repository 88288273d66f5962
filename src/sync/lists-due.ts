// Owns when lists of clinics are asked for again by themselves: those that somebody has had fetched, never another.

import { type ConnectionContext, DIRECTORY_QUEUE } from '../connections/context.ts';
import { nextDue } from './schedule.ts';

/** After a try that failed: the last good list counts meanwhile. */
const HOURS_AFTER_FAILURE = 24;

/**
 * Puts a fetch for each list that is due.
 * @param from nothing was due before it: when the program was started
 */
export async function putListsDue(
  { directory, jobs, clock }: Pick<ConnectionContext, 'directory' | 'jobs' | 'clock'>,
  from: number,
): Promise<void> {
  const now = clock.now();
  for (const { entry, triedAt, failed } of await directory.fetched()) {
    const due = nextDue(
      {
        id: entry.key,
        everyHours: failed ? HOURS_AFTER_FAILURE : entry.vendor.portal.directoryEveryDays * 24,
        // One that was cut off before it was tried through.
        since: Date.parse(triedAt ?? '') || 0,
        troubles: 0,
        quiet: null,
      },
      now,
      from,
    );
    if (due === null || due > now) continue;
    await jobs.put({ queue: DIRECTORY_QUEUE, key: entry.key, payload: { portal: entry.key } });
  }
}
