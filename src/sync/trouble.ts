// Owns noting on a connection how its last sync ended, from which the next is reckoned.

import type { ConnectionContext } from '../connections/context.ts';
import { isoTime } from '../platform/clock.ts';
import { type ErrorCode, errorCatalogue } from '../platform/error-catalogue.ts';
import type { Question } from '../records/types.ts';

type Noting = Pick<ConnectionContext, 'db' | 'clock'>;

/** Notes that a sync has ended with its questions as they are now. */
export function noteEnd(
  context: Noting,
  connectionId: string,
  questions: readonly Pick<Question, 'outcome' | 'code'>[],
): Promise<void> {
  return questions.some(isWorthRetrying)
    ? noteTrouble(context, connectionId)
    : write(context, connectionId, () => 0);
}

/** Notes that a sync left something that may come if it is asked for again soon. */
export function noteTrouble(context: Noting, connectionId: string): Promise<void> {
  return write(context, connectionId, (before) => before + 1);
}

/** Whether asking again soon may give more. */
function isWorthRetrying({ outcome, code }: Pick<Question, 'outcome' | 'code'>): boolean {
  if (code === null || !Object.hasOwn(errorCatalogue, code)) return false;
  const isLeft = outcome === 'failed' || outcome === 'part' || outcome === 'not-asked';
  return isLeft && errorCatalogue[code as ErrorCode].retry === 'later';
}

async function write(
  { db, clock }: Noting,
  connectionId: string,
  troubles: (before: number) => number,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const row = await trx
      .selectFrom('connection')
      .select('sync_troubles')
      .where('id', '=', connectionId)
      .executeTakeFirst();
    if (!row) return;
    await trx
      .updateTable('connection')
      .set({
        sync_ended_at: isoTime(clock.now()),
        sync_troubles: troubles(row.sync_troubles),
      })
      .where('id', '=', connectionId)
      .execute();
  });
}
