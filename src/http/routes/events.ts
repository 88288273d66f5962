// Owns the live stream: the connections as they change, and word of charts that changed. A burst of changes
// becomes one event; whoever reconnects is sent the whole state first, so nothing is missed.

import { type SSEStreamingApi, streamSSE } from 'hono/streaming';
import { type Actor, mayOn } from '../../access/policy.ts';
import { countResources } from '../../records/read.ts';
import { type Api, type ApiContext, guarded } from '../api.ts';
import type { App } from '../app.ts';
import { callerOf } from '../caller.ts';
import { presentConnections } from '../present/overview.ts';

const GATHER_MS = 200;
const HEARTBEAT_MS = 20_000;

const access = { act: 'people.list', audit: 'none' } as const;

export function eventRoutes({ app, router }: Api): void {
  router.get('/api/events', (c) =>
    guarded(app, access, c, async () =>
      streamSSE(c, async (stream) => {
        try {
          await tellChanges(c, app, stream);
        } catch (error) {
          // Met here, as the library would print it whole; a stream that is cut off by our own end is no fault.
          if (!stream.aborted) app.log.error('http.stream_failed', error);
        }
      }),
    ),
  );
}

/** Tells until the reader goes or signs out. */
async function tellChanges(c: ApiContext, app: App, stream: SSEStreamingApi): Promise<void> {
  const charts = new Set<string>();
  // Who comes back may have missed that a right ended.
  let told = c.req.header('last-event-id') === undefined ? null : '';
  let isDirty = true;
  let nap = new AbortController();
  const stopListening = app.changes.listen((change) => {
    if ('chartOf' in change) charts.add(change.chartOf);
    else isDirty = true;
    nap.abort();
  });
  stream.onAbort(() => nap.abort());
  try {
    let number = 0;
    while (!stream.aborted) {
      nap = new AbortController();
      // Who has signed out meanwhile, here or in another tab, is told nothing more; a right that ended shows nothing.
      const caller = await callerOf(c, app);
      if (!caller) return;
      const { actor } = caller;
      const rights = rightsOf(actor);
      if (told !== null && told !== rights) {
        isDirty = true;
        await stream.writeSSE({ event: 'people', data: '{}' });
      }
      told = rights;
      if (isDirty) {
        isDirty = false;
        number += 1;
        const data = JSON.stringify(await presentConnections(app, actor));
        await stream.writeSSE({ event: 'connections', id: String(number), data });
      }
      for (const personId of [...charts]) {
        charts.delete(personId);
        if (!mayOn(actor, 'record.read', personId)) continue;
        const records = await countResources(app.db, personId);
        await stream.writeSSE({ event: 'chart', data: JSON.stringify({ personId, records }) });
      }
      await stream.sleep(GATHER_MS);
      if (isDirty || charts.size || stream.aborted) continue;
      // A nap that is cut short leaves no timer behind, which would keep the process from ending.
      const isOver = await app.clock.wait(HEARTBEAT_MS, nap.signal).then(
        () => true,
        () => false,
      );
      if (isOver) await stream.write(': still here\n\n');
    }
  } finally {
    stopListening();
  }
}

/** What an actor may see, to be compared. */
function rightsOf({ rights }: Actor): string {
  return JSON.stringify(rights.map(({ personId, level, kinds }) => [personId, level, kinds]));
}
