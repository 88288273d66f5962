// Owns what a person can do: each mutation sends one request and puts the answer where it is shown.

import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ConnectReply, ConnectRequest, Connection } from '../../http/contract.ts';
import { send } from './api.ts';
import { takeConnection } from './queries.ts';

/** Spends the secret of a sign-in link. */
export function useSignIn() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (secret: string) => send<unknown>('POST', '/api/session', { secret }),
    onSuccess: () => cache.invalidateQueries({ queryKey: ['session'] }),
  });
}

/** Ends the session. What was shown is dropped from memory. */
export function useSignOut() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: () => send<unknown>('DELETE', '/api/session'),
    onSuccess: () => cache.clear(),
  });
}

/** Starts a connection and leaves for the portal. */
export function useStartConnection() {
  return useMutation({
    mutationFn: (request: ConnectRequest) =>
      send<ConnectReply>('POST', '/api/connections', request),
    onSuccess: ({ go }) => location.assign(go),
  });
}

/** Signs in again at a portal that is connected already, or goes on with a sign-in left halfway. */
export function useReconnect() {
  return useMutation({
    mutationFn: (connectionId: string) =>
      send<ConnectReply>('POST', `${at(connectionId)}/reconnect`),
    onSuccess: ({ go }) => location.assign(go),
  });
}

/** Says that the patient read from the portal is the right one; the first sync begins. */
export function useConfirm() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ id, personId }: { id: string; personId: string | null }) =>
      send<Connection>('POST', `${at(id)}/confirm`, { personId }),
    onSuccess: (connection) => {
      takeConnection(cache, connection);
      return cache.invalidateQueries({ queryKey: ['session'] });
    },
  });
}

/** Stops a connection before anything was stored, or gives up a sign-in left halfway. */
export function useReject() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => send<unknown>('POST', `${at(id)}/reject`),
    onSuccess: () => cache.invalidateQueries({ queryKey: ['connections'] }),
  });
}

/** Asks a portal again, now. */
export function useSync() {
  return useConnectionAction('sync');
}

/** Ends a connection; what was received is kept. */
export function useDisconnect() {
  return useConnectionAction('disconnect');
}

/** Asks every connected portal again, now. */
export function useSyncAll() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: () => send<unknown>('POST', '/api/sync'),
    onSuccess: () => cache.invalidateQueries({ queryKey: ['connections'] }),
  });
}

/** Removes everything that the simulated portals filled. */
export function useRemoveSample() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: () => send<unknown>('DELETE', '/api/sample'),
    onSuccess: () => cache.invalidateQueries(),
  });
}

function useConnectionAction(verb: 'sync' | 'disconnect') {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => send<Connection>('POST', `${at(id)}/${verb}`),
    onSuccess: (connection) => takeConnection(cache, connection),
  });
}

const at = (id: string) => `/api/connections/${encodeURIComponent(id)}`;
