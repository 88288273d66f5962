// Owns the one event stream of this browser: the tab that holds a lock reads it and tells the
// others. Where the stream fails the status turns to `polling`; who polls what is queries.ts.

import { useSyncExternalStore } from 'react';
import type { StreamEvent } from '../../http/contract.ts';
import { shortTexts } from '../parts/short.ts';

type LiveStatus = 'starting' | 'live' | 'polling';

type Message =
  | { kind: 'event'; event: StreamEvent }
  | { kind: 'status'; live: boolean }
  /** Somebody signed in or out in another tab. */
  | { kind: 'session' }
  | { kind: 'hello' };

const channelName = 'chartfold.live';
/** A stream that was refused for good (not merely dropped) is asked for again after this. */
const reopenAfterMs = 10_000;
/** Another tab holds the stream but says nothing of it: poll meanwhile. */
const silenceMs = 4000;

let status: LiveStatus = 'starting';
const watchers = new Set<() => void>();

/** Whether what is shown arrives by itself. */
export function useLiveStatus(): LiveStatus {
  return useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    () => status,
  );
}

/**
 * Joins the browser's event stream, as its reader or as a listener.
 * @returns a function that leaves it
 */
export function joinLive(onEvent: (event: StreamEvent) => void): () => void {
  const channel = new BroadcastChannel(channelName);
  const leave = new AbortController();
  let reader: { live: () => boolean; close: () => void } | null = null;

  const read = () => {
    reader = openStream(
      (event) => {
        onEvent(event);
        channel.postMessage({ kind: 'event', event } satisfies Message);
      },
      (live) => {
        setStatus(live ? 'live' : 'polling');
        channel.postMessage({ kind: 'status', live } satisfies Message);
      },
    );
  };

  channel.onmessage = ({ data }: MessageEvent<Message>) => {
    if (data.kind === 'hello') {
      if (reader) channel.postMessage({ kind: 'status', live: reader.live() } satisfies Message);
      return;
    }
    if (data.kind === 'session') {
      onEvent({ event: 'session', data: {} });
      return;
    }
    if (reader) return;
    if (data.kind === 'event') onEvent(data.event);
    else setStatus(data.live ? 'live' : 'polling');
  };
  channel.postMessage({ kind: 'hello' } satisfies Message);
  const silence = setTimeout(() => {
    if (status === 'starting') setStatus('polling');
  }, silenceMs);

  // Web Locks need a secure context; on plain http in the house each tab reads for itself.
  if ('locks' in navigator) {
    const hold = () => {
      read();
      return new Promise<void>((release) =>
        leave.signal.addEventListener('abort', () => release()),
      );
    };
    navigator.locks.request(channelName, { signal: leave.signal }, hold).catch(() => {
      // Aborted while waiting in line: this tab has left, and there is nothing to release.
    });
  } else read();

  return () => {
    clearTimeout(silence);
    leave.abort();
    reader?.close();
    channel.close();
    setStatus('starting');
  };
}

/** Tells every tab of this browser that somebody signed in or out here. */
export function tellTabs(): void {
  const channel = new BroadcastChannel(channelName);
  channel.postMessage({ kind: 'session' } satisfies Message);
  channel.close();
}

function openStream(
  onEvent: (event: StreamEvent) => void,
  onStatus: (live: boolean) => void,
): { live: () => boolean; close: () => void } {
  let source: EventSource;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let live = false;
  const say = (now: boolean) => {
    live = now;
    onStatus(now);
  };
  const open = () => {
    source = new EventSource('/api/events');
    source.onopen = () => say(true);
    source.onerror = () => {
      say(false);
      // The browser resumes a dropped stream by itself, with Last-Event-ID; a refused one it leaves.
      if (source.readyState === EventSource.CLOSED) timer = setTimeout(open, reopenAfterMs);
    };
    for (const name of ['connections', 'chart', 'people', 'session', 'directory'] as const) {
      source.addEventListener(name, (message: MessageEvent<string>) => {
        onEvent(shortTexts({ event: name, data: JSON.parse(message.data) }) as StreamEvent);
      });
    }
  };
  open();
  return {
    live: () => live,
    close: () => {
      clearTimeout(timer);
      source.close();
    },
  };
}

function setStatus(next: LiveStatus): void {
  if (next === status) return;
  status = next;
  for (const watcher of watchers) watcher();
}
