// Owns what a person can do: each mutation sends one request and puts the answer where it is shown.

import {
  type UseMutationOptions,
  type UseMutationResult,
  useMutation,
  useQueryClient,
} from '@tanstack/react-query';
import { useEffect, useId, useRef } from 'react';
import type {
  AddedServers,
  ConnectReply,
  ConnectRequest,
  Connection,
  DirectoryLists,
  ScheduleRequest,
  ServerAdd,
  ServerAdded,
  ServerFound,
} from '../../http/contract.ts';
import { send } from './api.ts';
import { tellTabs } from './live.ts';
import { serversQuery, takeConnection, takeDirectory } from './queries.ts';

/** Ends the session. What was shown is dropped from memory. */
export function useSignOut() {
  const cache = useQueryClient();
  return useAction({
    mutationFn: () => send<unknown>('DELETE', '/api/session'),
    onSuccess: () => {
      cache.clear();
      tellTabs();
    },
  });
}

/** Starts a connection and leaves for the portal. The same wish sent again is the same request to the server. */
export function useStartConnection() {
  const last = useRef({ wish: '', key: '' });
  return useActionThatLeaves((request: Omit<ConnectRequest, 'key'>) => {
    const wish = JSON.stringify(request);
    if (last.current.wish !== wish) last.current = { wish, key: newKey() };
    return send<ConnectReply>('POST', '/api/connections', { ...request, key: last.current.key });
  });
}

/** Looks at a server: what it says of itself, and what to register there. */
export function useLookAtServer() {
  return useAction({
    mutationFn: (address: string) => send<ServerFound>('POST', '/api/servers/look', { address }),
  });
}

/** Adds a server by its address, or registers anew at one. The answer names the portal that it is now. */
export function useAddServer() {
  const cache = useQueryClient();
  return useAction({
    mutationFn: (server: ServerAdd) => send<ServerAdded>('POST', '/api/servers', server),
    onSuccess: () => {
      void cache.invalidateQueries(serversQuery);
      void cache.invalidateQueries({ queryKey: ['clinics'] });
    },
  });
}

/** Removes a server that was added, where nothing uses it. */
export function useRemoveServer() {
  const cache = useQueryClient();
  return useAction({
    mutationFn: (id: string) =>
      send<AddedServers>('DELETE', `/api/servers/${encodeURIComponent(id)}`),
    onSuccess: ({ servers }) => {
      cache.setQueryData(serversQuery.queryKey, servers);
      void cache.invalidateQueries({ queryKey: ['clinics'] });
      void cache.invalidateQueries({ queryKey: ['connections'] });
    },
    // It may be used by now, or gone.
    onError: () => void cache.invalidateQueries(serversQuery),
  });
}

/** Fetches the lists of clinics; how far they have come is told by the stream. */
export function useFetchLists() {
  const cache = useQueryClient();
  return useAction({
    mutationFn: () => send<DirectoryLists>('POST', '/api/directory/update'),
    onSuccess: (lists: DirectoryLists) => takeDirectory(cache, lists),
  });
}

/** Signs in again at a portal that is connected already, or goes on with a sign-in left halfway. */
export function useReconnect() {
  return useActionThatLeaves((connectionId: string) =>
    send<ConnectReply>('POST', `${at(connectionId)}/reconnect`),
  );
}

/** Goes on with a sign-in at the portal that came back while nobody was signed in here. */
export function useGoOn() {
  return useConnectionAction('go-on');
}

/** Says that the patient read from the portal is the right one; the first sync begins. */
export function useConfirm() {
  const cache = useQueryClient();
  return useAction({
    mutationFn: ({ id, personId }: { id: string; personId: string | null }) =>
      send<Connection>('POST', `${at(id)}/confirm`, { personId }),
    onSuccess: (connection) => {
      void takeConnection(cache, connection);
      // Another tab may have confirmed this patient first: the connection asked about is gone then.
      void cache.invalidateQueries({ queryKey: ['connections'] });
      void cache.invalidateQueries({ queryKey: ['session'] });
    },
  });
}

/** Stops a connection before anything was stored, or gives up a sign-in left halfway. */
export function useReject() {
  const cache = useQueryClient();
  return useAction({
    mutationFn: (id: string) => send<unknown>('POST', `${at(id)}/reject`),
    onSuccess: () => cache.invalidateQueries({ queryKey: ['connections'] }),
  });
}

/** Asks a portal again, now. */
export function useSync() {
  return useConnectionAction('sync');
}

/** Stops the sync that waits or runs. */
export function useCancelSync() {
  return useConnectionAction('cancel');
}

/** Chooses how often a connection syncs by itself. What is chosen while a choice is on its way follows it. */
export function useSchedule() {
  const cache = useQueryClient();
  return useMutation({
    scope: { id: 'schedule' },
    mutationFn: ({ id, ...choice }: ScheduleRequest & { id: string }) =>
      send<Connection>('PUT', `${at(id)}/schedule`, choice),
    onSuccess: (connection) => takeConnection(cache, connection),
  });
}

/** Ends a connection; what was received is kept. */
export function useDisconnect() {
  return useConnectionAction('disconnect');
}

/** Deletes all that came through a connection that has ended. */
export function useDeleteFilled() {
  const cache = useQueryClient();
  return useAction({
    mutationFn: (id: string) => send<unknown>('DELETE', at(id)),
    onSuccess: () => cache.invalidateQueries(),
  });
}

/** Asks every connected portal again, now. */
export function useSyncAll() {
  const cache = useQueryClient();
  return useAction({
    mutationFn: () => send<unknown>('POST', '/api/sync'),
    onSuccess: () => cache.invalidateQueries({ queryKey: ['connections'] }),
  });
}

/** Removes everything that the simulated portals filled. */
export function useRemoveSample() {
  const cache = useQueryClient();
  return useAction({
    mutationFn: () => send<unknown>('DELETE', '/api/sample'),
    onSuccess: () => cache.invalidateQueries(),
  });
}

/** A mutation of which one runs at a time: the second click of two comes before the button shows itself busy. */
export function useAction<Data, Variables = void>(
  options: UseMutationOptions<Data, Error, Variables>,
): UseMutationResult<Data, Error, Variables> {
  const cache = useQueryClient();
  const mutationKey = [useId()];
  const mutation = useMutation({ ...options, mutationKey });
  return {
    ...mutation,
    mutate: (...given) => {
      if (cache.isMutating({ mutationKey }) === 0) mutation.mutate(...given);
    },
  };
}

/** An action that leaves for a portal. A browser may keep the page as it was left, and show it so to who goes back. */
function useActionThatLeaves<Variables>(request: (given: Variables) => Promise<ConnectReply>) {
  const action = useAction({
    mutationFn: request,
    onSuccess: ({ go }: ConnectReply) => location.assign(go),
  });
  const { reset } = action;
  useEffect(() => {
    const onShow = ({ persisted }: PageTransitionEvent) => {
      if (persisted) reset();
    };
    addEventListener('pageshow', onShow);
    return () => removeEventListener('pageshow', onShow);
  }, [reset]);
  return action;
}

/** 128 random bits; `randomUUID` is not there on plain http. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}

function useConnectionAction(verb: 'sync' | 'cancel' | 'disconnect' | 'go-on') {
  const cache = useQueryClient();
  return useAction({
    mutationFn: (id: string) => send<Connection>('POST', `${at(id)}/${verb}`),
    onSuccess: (connection) => takeConnection(cache, connection),
  });
}

const at = (id: string) => `/api/connections/${encodeURIComponent(id)}`;
