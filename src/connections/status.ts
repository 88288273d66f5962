// Owns changing a connection's status: one statement, a time, and word to whoever listens.

import { isoTime } from '../platform/clock.ts';
import type { ErrorCode } from '../platform/errors.ts';
import type { Sealed } from '../platform/seal.ts';
import type { ConnectionContext } from './context.ts';
import type { ConnectionStatus } from './tables.ts';

/** Sets the status; the code and the candidate are cleared unless given. */
export async function setStatus(
  context: ConnectionContext,
  connectionId: string,
  status: ConnectionStatus,
  with_: { code?: ErrorCode; candidate?: Sealed } = {},
): Promise<void> {
  await context.db
    .updateTable('connection')
    .set({
      status,
      status_code: with_.code ?? null,
      status_since: isoTime(context.clock.now()),
      candidate: with_.candidate ?? null,
    })
    .where('id', '=', connectionId)
    .execute();
  context.log.info('connection.status', { connection: connectionId, status, code: with_.code });
  context.changed(connectionId);
}
