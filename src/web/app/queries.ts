// Owns what the pages ask the server, and under which keys the answers are kept.
// Keys of one person's chart begin with ['chart', personId], so that one event refreshes them all.

import {
  infiniteQueryOptions,
  keepPreviousData,
  type QueryClient,
  queryOptions,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import type {
  AddedServers,
  AccountPage,
  Accounts,
  BackupState,
  AuditPage,
  Changes,
  Clinics,
  Connection,
  DirectoryLists,
  RawDifference,
  Receipt,
  ReceiptSummary,
  RecordHistory,
  RecordSheet,
  ResultHistory,
  Results,
  Rights,
  Session,
  TimelineDays,
  TimelineFilter,
  TimelineIndex,
} from '../../http/contract.ts';
import { shortTexts, shownTexts } from '../parts/short.ts';
import { get, getText, getWhole, send } from './api.ts';
import { useLiveStatus } from './live.ts';

const part = encodeURIComponent;

/** Who is signed in, and whose records there are. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }) => get<Session>('/api/session', signal),
});

/** One's own account: ways to sign in, sessions and devices. */
export const accountQuery = queryOptions({
  queryKey: ['account'],
  queryFn: ({ signal }) => get<AccountPage>('/api/account', signal),
});

/** Everyone who may sign in here; for the owner. */
export const accountsQuery = queryOptions({
  queryKey: ['accounts'],
  queryFn: async ({ signal }) => (await get<Accounts>('/api/accounts', signal)).accounts,
});

/** How the backups stand; for the owner. */
export const backupsQuery = queryOptions({
  queryKey: ['backups'],
  queryFn: ({ signal }) => get<BackupState>('/api/backups', signal),
});

/** Who may see a record, and to whom it could be given. */
export const rightsQuery = (personId: string) =>
  queryOptions({
    queryKey: ['rights', personId],
    queryFn: ({ signal }) => get<Rights>(`/api/people/${part(personId)}/rights`, signal),
  });

/** The audit, latest first, a page at a time. */
export const auditQuery = infiniteQueryOptions({
  queryKey: ['audit'],
  queryFn: ({ pageParam }) => send<AuditPage>('POST', '/api/audit', { before: pageParam }),
  initialPageParam: null as number | null,
  getNextPageParam: ({ lines, more }) => (more ? (lines.at(-1)?.seq ?? null) : null),
  // Each look at it is of now.
  staleTime: 0,
});

/** Every connection. While the live stream is down it is asked for every 3 s. */
export function useConnections() {
  const cache = useQueryClient();
  const polling = useLiveStatus() === 'polling';
  return useQuery({
    ...connectionsQuery(cache),
    refetchInterval: polling ? 3000 : false,
  });
}

/** The query behind `useConnections`. */
export function connectionsQuery(cache: QueryClient) {
  return queryOptions({
    queryKey: ['connections'],
    queryFn: async ({ signal }) => {
      const reply = await get<{ connections: Connection[] }>('/api/connections', signal);
      noticeChange(cache, reply.connections);
      return reply.connections;
    },
  });
}

/** Takes what an act answered with, or the stream brought. A question under way was perhaps answered before that. */
export async function takeAnswer<Answer>(
  cache: QueryClient,
  { queryKey }: { queryKey: readonly unknown[] },
  answer: Answer,
): Promise<void> {
  await cache.cancelQueries({ queryKey, exact: true });
  cache.setQueryData(queryKey, answer);
}

/** Takes connections that arrived by the stream or by polling. */
export function takeConnections(cache: QueryClient, connections: Connection[]): Promise<void> {
  noticeChange(cache, connections);
  return takeAnswer(cache, { queryKey: ['connections'] }, connections);
}

/** Takes the one connection that a POST answered with. */
export async function takeConnection(cache: QueryClient, one: Connection): Promise<void> {
  const known = cache.getQueryData<Connection[]>(['connections']);
  if (!known) return;
  const rest = known.some((c) => c.id === one.id)
    ? known.map((c) => (c.id === one.id ? one : c))
    : [...known, one];
  await takeConnections(cache, rest);
}

/** Takes word that the account may see more or less than before. What it may not see any more is dropped. */
export async function takeRights(cache: QueryClient): Promise<void> {
  // One that is under way may have been answered before the change.
  await cache.cancelQueries(sessionQuery);
  const session = await cache.fetchQuery({ ...sessionQuery, staleTime: 0 });
  const seen = new Map(session.signedIn ? session.people.map((p) => [p.id, p]) : []);
  for (const query of cache.getQueryCache().findAll({ queryKey: ['chart'] }))
    if (!seen.has(String(query.queryKey[1]))) cache.removeQueries({ queryKey: query.queryKey });
  void cache.invalidateQueries({ queryKey: ['chart'] });
  void cache.invalidateQueries({ queryKey: ['rights'] });
}

/** A sync commits many times a second; what is on screen is fetched anew at most once in this time. */
const refreshEveryMs = 1500;
const waiting = new Map<string, ReturnType<typeof setTimeout>>();

/** Refetches what is shown of one person's chart, quietly and not too often. */
export function refreshChart(cache: QueryClient, personId: string): void {
  if (waiting.has(personId)) return;
  const timer = setTimeout(() => {
    waiting.delete(personId);
    void cache.invalidateQueries({ queryKey: ['chart', personId] });
    void cache.invalidateQueries({ queryKey: ['session'] });
  }, refreshEveryMs);
  waiting.set(personId, timer);
}

// A connection that holds more than before, or has a new receipt, means that its chart changed; one that is gone with
// what it held, that there may be no such person any more.
function noticeChange(cache: QueryClient, next: Connection[]): void {
  const before = cache.getQueryData<Connection[]>(['connections']);
  if (!before) return;
  const gone = before.filter((b) => b.records > 0 && !next.some((c) => c.id === b.id));
  for (const { personId } of gone) {
    // Not only fetched anew: what is shown now may be nobody's.
    void cache.resetQueries({ queryKey: ['chart', personId] });
    void cache.invalidateQueries({ queryKey: ['session'] });
  }
  const grown = new Set<string>();
  for (const c of next) {
    const old = before.find((b) => b.id === c.id);
    const moved = old?.records !== c.records || old?.lastReceipt?.id !== c.lastReceipt?.id;
    if (moved && c.personId !== null) grown.add(c.personId);
    if (moved) void cache.invalidateQueries({ queryKey: ['receipts', c.id] });
  }
  for (const personId of grown) refreshChart(cache, personId);
}

/** The clinics that answer what was typed; those of the words before are shown until they are there. */
export const clinicSearchQuery = (typed: string) =>
  queryOptions({
    queryKey: ['clinics', typed],
    queryFn: () => send<Clinics>('POST', '/api/clinics/search', { typed }),
    placeholderData: keepPreviousData,
  });

/** The servers added by their address that the account looks after. */
export const serversQuery = queryOptions({
  queryKey: ['servers'],
  queryFn: async ({ signal }) => (await get<AddedServers>('/api/servers', signal)).servers,
  // Connections come and go elsewhere.
  staleTime: 0,
});

/** The lists of clinics. The live stream tells how far they have come; without it they are asked for. */
export const directoryQuery = queryOptions({
  queryKey: ['directory'],
  queryFn: ({ signal }) => get<DirectoryLists>('/api/directory', signal),
  refetchInterval: ({ state }) =>
    state.data?.lists.some((list) => list.progress !== null) ? 3000 : false,
});

/** Takes what the stream tells of the lists; one that was read answers searches anew. */
export function takeDirectory(cache: QueryClient, lists: DirectoryLists): void {
  const before = cache.getQueryData(directoryQuery.queryKey);
  cache.setQueryData(directoryQuery.queryKey, lists);
  const editions = (of: DirectoryLists | undefined) => of?.lists.map((list) => list.readAt).join();
  if (editions(before) !== editions(lists)) void cache.invalidateQueries({ queryKey: ['clinics'] });
}

export const receiptsQuery = (connectionId: string) =>
  queryOptions({
    queryKey: ['receipts', connectionId],
    queryFn: async ({ signal }) =>
      (
        await get<{ receipts: ReceiptSummary[] }>(
          `/api/connections/${part(connectionId)}/receipts`,
          signal,
        )
      ).receipts,
  });

export const receiptQuery = (id: string) =>
  queryOptions({
    queryKey: ['receipt', id],
    queryFn: ({ signal }) => get<Receipt>(`/api/receipts/${part(id)}`, signal),
  });

/** The whole timeline as an index: days and their counts. The filter travels in the body. */
export const timelineQuery = (personId: string, filter: TimelineFilter) =>
  queryOptions({
    queryKey: ['chart', personId, 'timeline', filter],
    queryFn: () =>
      send<TimelineIndex>('POST', `/api/people/${part(personId)}/timeline`, { filter }),
    placeholderData: keepPreviousData,
  });

/** A run of days with their rows; at most 60. */
export const timelineDaysQuery = (
  personId: string,
  filter: TimelineFilter,
  days: (string | null)[],
) =>
  queryOptions({
    queryKey: ['chart', personId, 'days', filter, days],
    queryFn: async () =>
      (
        await send<TimelineDays>('POST', `/api/people/${part(personId)}/timeline/days`, {
          days,
          filter,
        })
      ).days,
  });

export const resultsQuery = (personId: string) =>
  queryOptions({
    queryKey: ['chart', personId, 'results'],
    queryFn: ({ signal }) => get<Results>(`/api/people/${part(personId)}/results`, signal),
  });

export const resultHistoryQuery = (personId: string, key: string) =>
  queryOptions({
    queryKey: ['chart', personId, 'result', key],
    queryFn: ({ signal }) =>
      get<ResultHistory>(`/api/people/${part(personId)}/results/${part(key)}`, signal),
  });

export const recordQuery = (personId: string, recordId: string) =>
  queryOptions({
    queryKey: ['chart', personId, 'record', recordId],
    queryFn: async ({ signal }) => {
      const record = await getWhole<RecordSheet>(
        `/api/people/${part(personId)}/records/${part(recordId)}`,
        signal,
      );
      // The sheet is where long texts are read.
      const { facts, text } = shownTexts(record);
      return { ...shortTexts(record), facts, text };
    },
  });

/** The exact characters received. */
export const rawQuery = (personId: string, recordId: string) =>
  queryOptions({
    queryKey: ['chart', personId, 'raw', recordId],
    queryFn: ({ signal }) =>
      getText(`/api/people/${part(personId)}/records/${part(recordId)}/raw`, signal),
  });

/** Since when changes are told: the last visit, the last sync of each connection, or one sync. */
export type ChangesAsked = { since: 'visit' | 'sync' } | { receipt: string };

/** What changed, a page at a time; the sum stands on the first. */
export const changesQuery = (personId: string, asked: ChangesAsked) =>
  infiniteQueryOptions({
    queryKey: ['chart', personId, 'changes', asked],
    queryFn: ({ pageParam, signal }) => {
      const query = new URLSearchParams({ ...asked, ...(pageParam ? { after: pageParam } : {}) });
      return get<Changes>(`/api/people/${part(personId)}/changes?${query}`, signal);
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
  });

/** The versions of a record, latest first, a page at a time. */
export const historyQuery = (personId: string, recordId: string) =>
  infiniteQueryOptions({
    queryKey: ['chart', personId, 'history', recordId],
    queryFn: ({ pageParam, signal }) => {
      const query = pageParam ? `?before=${pageParam}` : '';
      const record = `/api/people/${part(personId)}/records/${part(recordId)}`;
      return get<RecordHistory>(`${record}/history${query}`, signal);
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
  });

/** Where the text of a version differs from the one before. */
export const rawDifferenceQuery = (personId: string, recordId: string, version: number) =>
  queryOptions({
    queryKey: ['chart', personId, 'raw-difference', recordId, version],
    queryFn: ({ signal }) =>
      get<RawDifference>(
        `/api/people/${part(personId)}/records/${part(recordId)}/history/${version}`,
        signal,
      ),
  });
