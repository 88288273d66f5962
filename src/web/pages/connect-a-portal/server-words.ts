// Owns the words for what uses a server that was added.

import type { AddedServers } from '../../../http/contract.ts';
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
