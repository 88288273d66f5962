// Owns who may know of a connection.

import { type Actor, isOwnBeginning, mayOn } from '../access/policy.ts';
import type { Connection } from './context.ts';

/** Whether the actor may see a connection: of a record it may see whole, or begun by itself and nobody's yet. */
export function seesConnection(
  actor: Actor,
  { person_id, begun_by }: Pick<Connection, 'person_id' | 'begun_by'>,
): boolean {
  return person_id === null
    ? isOwnBeginning(actor, begun_by)
    : mayOn(actor, 'record.receipts', person_id);
}
