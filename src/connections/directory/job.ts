// Owns fetching lists as queued work.

import type { JobHandler } from '../../platform/jobs/jobs.ts';
import type { ConnectionContext } from '../context.ts';

/** Fetches the list of one portal. What was wrong is kept with the list; whoever wants it again asks again. */
export function updateJob(context: Pick<ConnectionContext, 'directory' | 'log'>): JobHandler {
  return async (payload, signal) => {
    const { portal } = payload as { portal: string };
    const entry = context.directory.offered().find(({ key }) => key === portal);
    // Switched off since.
    if (!entry) return;
    try {
      await context.directory.update(entry, signal);
    } catch (error) {
      signal.throwIfAborted();
      context.log.error('directory.not_read', error, { portal });
    }
  };
}
