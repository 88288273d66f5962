// Owns the words for what a server says of its sign-in, and for what uses one that was added.

import type { AddedServers, ServerFound } from '../../../http/contract.ts';
import { counted } from '../../parts/words.ts';

/** What uses it; while anything does, what to do before it can be removed. */
export function usedWords({
  connections,
  hasOthers,
}: Pick<AddedServers['servers'][number], 'connections' | 'hasOthers'>): string {
  if (connections === 0 && !hasOthers) return 'No connection uses it.';
  const others = 'connections of others';
  const own = counted(connections, 'connection');
  const which = connections === 0 ? `Only ${others}` : hasOthers ? `${own} and ${others}` : own;
  const use = connections === 1 && !hasOthers ? 'uses' : 'use';
  const them = connections === 1 && !hasOthers ? 'it is' : 'they are';
  return `${which} ${use} it; once ${them} disconnected, it can be removed.`;
}

/**
 * Where patients sign in. Who describes a server may name anybody's hosts: those that are not its own are said, for
 * whoever adds it to ask about.
 * @see https://www.rfc-editor.org/rfc/rfc9700#section-4.4
 */
export function signInWords({
  fhirBaseUrl,
  signInHost,
  tokenHost,
}: Pick<ServerFound, 'fhirBaseUrl' | 'signInHost' | 'tokenHost'>): string {
  const { host } = new URL(fhirBaseUrl);
  if (signInHost === host && tokenHost === host) return 'Patients sign in at the same host.';
  const sentTo =
    tokenHost === signInHost ? '' : `, and what they allow there is sent to ${tokenHost}`;
  return `Patients sign in at ${signInHost}${sentTo}. Add it only if the clinic or its vendor named you these hosts.`;
}
