// Owns what happens where a patient who signs in turns out to be connected already: that connection goes on with the
// new tokens, and the one begun for this sign-in ends in it.

import { rightsOf } from '../access/rights.ts';
import { type Clock, isoTime } from '../platform/clock.ts';
import type { Transaction } from '../platform/db/db.ts';
import type { Connection, ConnectionContext } from './context.ts';
import { type Grant, keepGrant } from './grant.ts';
import { putSync } from './queue-sync.ts';

/**
 * The connection to the same portal, clinic and patient that somebody has confirmed; undefined where there is none. Of
 * a record that whoever begins this does not manage nothing is known to them: they make one of their own.
 */
export async function knownConnection(
  trx: Transaction,
  clock: Clock,
  to: Pick<Connection, 'portal' | 'clinic_id' | 'patient_id' | 'begun_by'>,
): Promise<string | undefined> {
  const rights = to.begun_by === null ? null : await rightsOf(trx, clock, to.begun_by);
  const managed = rights?.filter((right) => right.level === 'manage').map((one) => one.personId);
  const known = await trx
    .selectFrom('connection')
    // The source is made by the confirmation.
    .innerJoin('source', 'source.id', 'connection.id')
    .select('connection.id')
    .where('portal', '=', to.portal)
    .where('clinic_id', '=', to.clinic_id)
    .where('patient_id', '=', to.patient_id)
    .$if(managed !== undefined, (query) => query.where('person_id', 'in', [...(managed ?? []), '']))
    .executeTakeFirst();
  return known?.id;
}

/**
 * Makes a known connection ready with what a sign-in brought, and queues a sync. The connection begun for the sign-in
 * goes, unless it is the same; whoever followed its links lands on the known one.
 */
export async function goOnWith(
  context: ConnectionContext,
  trx: Transaction,
  known: string,
  signIn: {
    readonly begunAs: string;
    readonly grant: Grant;
    readonly changes: Partial<Connection>;
  },
): Promise<void> {
  const { begunAs, grant, changes } = signIn;
  await keepGrant(context, known, grant, trx);
  if (begunAs !== known) {
    await trx
      .updateTable('connect_attempt')
      .set({ connection_id: known })
      .where('connection_id', '=', begunAs)
      .execute();
    await trx.deleteFrom('connection').where('id', '=', begunAs).execute();
  }
  await trx
    .updateTable('connection')
    .set({
      ...changes,
      status: 'ready',
      status_code: null,
      status_since: isoTime(context.clock.now()),
      candidate: null,
    })
    .where('id', '=', known)
    .execute();
  await putSync(context, known, 'manual', trx);
}
