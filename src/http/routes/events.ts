// Owns the live stream: the connections as they change, and word of charts that changed. A burst of changes
// becomes one event; whoever reconnects is sent the whole state first, so nothing is missed.

import { streamSSE } from 'hono/streaming';
import { countResources } from '../../records/read.ts';
import type { Api } from '../api.ts';
import type { App } from '../app.ts';
import { presentConnections } from '../present/overview.ts';

const GATHER_MS = 200;
const HEARTBEAT_MS = 20_000;

export function eventRoutes(api: Api, app: App): void {
  api.get('/api/events', (c) =>
    streamSSE(c, async (stream) => {
      const charts = new Set<string>();
      let isDirty = true;
      let nap = new AbortController();
      const stopListening = app.changes.listen((change) => {
        if ('chartOf' in change) charts.add(change.chartOf);
        else isDirty = true;
        nap.abort();
      });
      stream.onAbort(() => nap.abort());
      let number = 0;
      while (!stream.aborted) {
        nap = new AbortController();
        if (isDirty) {
          isDirty = false;
          number += 1;
          await stream.writeSSE({
            event: 'connections',
            id: String(number),
            data: JSON.stringify(await presentConnections(app)),
          });
        }
        for (const personId of [...charts]) {
          charts.delete(personId);
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
      stopListening();
    }),
  );
}
