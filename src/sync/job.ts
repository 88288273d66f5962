// Owns what a job of the sync queue does.

import type { RunTrigger } from '../records/types.ts';
import type { SyncContext } from './context.ts';
import { syncConnection } from './run.ts';
import { noteTrouble } from './trouble.ts';

/** Syncs the connection that the job names. One that breaks down counts as trouble, so that it is not due again at once. */
export async function runSync(
  context: SyncContext,
  payload: unknown,
  signal: AbortSignal,
): Promise<void> {
  const { connectionId, trigger } = payload as { connectionId: string; trigger: RunTrigger };
  try {
    await syncConnection(context, connectionId, trigger, signal);
  } catch (error) {
    if (!signal.aborted) await noteTrouble(context, connectionId);
    throw error;
  }
}
