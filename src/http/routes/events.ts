// Owns the live stream: the connections as they change, and word of charts that changed. A burst of changes
// becomes one event; whoever reconnects is sent the whole state first, so nothing is missed.

import { type SSEStreamingApi, streamSSE } from 'hono/streaming';
import { type Actor, mayOn } from '../../access/policy.ts';
import { rightsOf } from '../../access/rights.ts';
import { answerRoute, type Api, type ApiContext, readable } from '../api.ts';
import type { App } from '../app.ts';
import { callerOf } from '../caller.ts';
import { type StreamEvent, streamEvent } from '../contract.ts';
import { presentDirectory } from '../present/directory.ts';
import { presentConnections } from '../present/overview.ts';

const GATHER_MS = 200;
const HEARTBEAT_MS = 20_000;
/** A browser reads one for all its tabs; where it can't, one for each. */
const MOST_PER_SESSION = 20;

export function eventRoutes(api: Api): void {
  const { app } = api;
  const open = openStreams();
  answerRoute(
    api,
    {
      path: '/api/events',
      summary:
        'Server-sent events: the connections as they change, whose chart has changed, lists of clinics as they come in',
      access: { act: 'connections.list', audit: 'none' },
      type: 'text/event-stream',
      reply: streamEvent,
    },
    async (c, { session }) =>
      streamSSE(c, async (stream) => {
        const { signal, left } = open.enter(session.id);
        // At once: the rest of it may take another moment to end.
        stream.onAbort(left);
        try {
          await tellChanges(c, app, stream, signal);
        } catch (error) {
          // Met here, as the library would print it whole; a stream that is cut off by our own end is no fault.
          if (!stream.aborted) app.log.error('http.stream_failed', error);
        } finally {
          left();
        }
      }),
  );
}

/**
 * The streams that are open, by session. Where one more than there may be is opened, the oldest is ended: whoever opens
 * one is never refused, and what is left over of many reloads holds nothing up.
 */
function openStreams() {
  const bySession = new Map<string, AbortController[]>();
  return {
    enter(sessionId: string): { signal: AbortSignal; left(): void } {
      const ending = new AbortController();
      const streams = [...(bySession.get(sessionId) ?? []), ending];
      if (streams.length > MOST_PER_SESSION) streams.shift()?.abort();
      bySession.set(sessionId, streams);
      const left = () => {
        const others = (bySession.get(sessionId) ?? []).filter((one) => one !== ending);
        if (others.length > 0) bySession.set(sessionId, others);
        else bySession.delete(sessionId);
      };
      return { signal: ending.signal, left };
    },
  };
}

/** Tells until the reader goes, the stream is ended, or its session ends: that is the last it tells. */
async function tellChanges(
  c: ApiContext,
  app: App,
  stream: SSEStreamingApi,
  signal: AbortSignal,
): Promise<void> {
  const charts = new Set<string>();
  // Who comes back may have missed that a right ended.
  let told = c.req.header('last-event-id') === undefined ? null : '';
  let isDirty = true;
  let listsMoved = false;
  let nap = new AbortController();
  const stopListening = app.changes.listen((change) => {
    if ('chartOf' in change) charts.add(change.chartOf);
    else if ('directory' in change) listsMoved = true;
    else isDirty = true;
    nap.abort();
  });
  stream.onAbort(() => nap.abort());
  signal.addEventListener('abort', () => nap.abort(), { once: true });
  try {
    let number = 0;
    while (!stream.aborted && !signal.aborted) {
      nap = new AbortController();
      // Who has signed out meanwhile, here or in another tab, is told that and nothing more; a right that ended shows
      // nothing.
      const caller = await callerOf(c, app);
      if (!caller) return await tellEnd(stream);
      const { actor } = caller;
      const rights = seenBy(actor);
      if (told !== null && told !== rights) {
        isDirty = true;
        await stream.writeSSE(written({ event: 'people', data: {} }));
      }
      told = rights;
      if (isDirty) {
        isDirty = false;
        number += 1;
        const data = await presentConnections(app, actor);
        await stream.writeSSE({ ...written({ event: 'connections', data }), id: String(number) });
      }
      for (const personId of [...charts]) {
        charts.delete(personId);
        if (!mayOn(actor, 'record.read', personId)) continue;
        await stream.writeSSE(written({ event: 'chart', data: { personId } }));
      }
      if (listsMoved) {
        listsMoved = false;
        const data = await presentDirectory(app);
        await stream.writeSSE(written({ event: 'directory', data }));
      }
      await stream.sleep(GATHER_MS);
      if (isDirty || listsMoved || charts.size || stream.aborted || signal.aborted) continue;
      // A nap that is cut short leaves no timer behind, which would keep the process from ending.
      const napMs = await untilNextLook(app, actor);
      const isOver = await app.clock.wait(napMs, nap.signal).then(
        () => true,
        () => false,
      );
      if (isOver) await stream.write(': still here\n\n');
    }
  } finally {
    stopListening();
  }
}

/** A sign-in in the same browser ends the session before it: its new cookie has come by the time this is read. */
async function tellEnd(stream: SSEStreamingApi): Promise<void> {
  await stream.sleep(GATHER_MS);
  await stream.writeSSE(written({ event: 'session', data: {} }));
}

/** How long nothing can end by itself, in milliseconds; a heartbeat at most. */
async function untilNextLook(app: App, { account }: Actor): Promise<number> {
  const rights = account ? await rightsOf(app.db, app.clock, account.id) : [];
  const ends = rights.flatMap(({ expiresAt }) => (expiresAt === null ? [] : Date.parse(expiresAt)));
  return Math.min(HEARTBEAT_MS, ...ends.map((end) => Math.max(1, end - app.clock.now())));
}

/** An event for the stream, with nothing in it that the contract does not name. */
function written(told: StreamEvent): { event: string; data: string } {
  const { event, data } = readable(streamEvent, told);
  return { event, data: JSON.stringify(data) };
}

/** What an actor may see, to be compared. */
function seenBy({ rights }: Actor): string {
  return JSON.stringify(rights.map(({ personId, level, kinds }) => [personId, level, kinds]));
}
