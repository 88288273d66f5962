// Owns the step between sign-in and reading: somebody says that the patient the portal named is the right one.
// Until then nothing of the record is stored.

import { createPerson, getPerson } from '../access/people.ts';
import type { PatientBasics } from '../fhir/text/names.ts';
import { isoTime } from '../platform/clock.ts';
import { ChartfoldError } from '../platform/errors.ts';
import { createSource } from '../records/sources.ts';
import { type Connection, type ConnectionContext, getConnection, SYNC_QUEUE } from './context.ts';
import { dropGrant } from './grant.ts';
import { setStatus } from './status.ts';

/** The patient that waits to be confirmed. @throws `connection.not_awaiting_confirmation` */
export function candidateOf(
  context: Pick<ConnectionContext, 'sealer'>,
  connection: Connection,
): PatientBasics {
  if (connection.status !== 'confirm' || connection.candidate === null) {
    throw new ChartfoldError('connection.not_awaiting_confirmation');
  }
  return JSON.parse(
    context.sealer.open(connection.candidate, `connection/${connection.id}/candidate`),
  ) as PatientBasics;
}

/**
 * The person says yes: the record may be read. Makes a new person where none was named, and queues the first sync
 * in the same transaction.
 * @throws `connection.not_awaiting_confirmation`, `person.not_found`
 */
export async function confirmPatient(
  context: ConnectionContext,
  connectionId: string,
  choice: { personId: string | null },
): Promise<void> {
  const connection = await getConnection(context.db, connectionId);
  if (connection.status === 'ready' && connection.person_id !== null) return;
  const basics = candidateOf(context, connection);
  const now = context.clock.now();
  await context.db.transaction().execute(async (trx) => {
    const person = choice.personId
      ? await getPerson(trx, choice.personId)
      : await createPerson(trx, {
          name: basics.name,
          birthDate: basics.birthDate,
          sample: connection.sample === 1,
          now,
        });
    await createSource(trx, {
      id: connection.id,
      kind: 'portal',
      label: connection.clinic_name,
      sample: connection.sample === 1,
      now,
    });
    await trx
      .updateTable('connection')
      .set({
        person_id: person.id,
        status: 'ready',
        status_code: null,
        candidate: null,
        status_since: isoTime(now),
      })
      .where('id', '=', connectionId)
      .execute();
    // Earlier tries at this clinic that came to nothing have served.
    await trx
      .deleteFrom('connection')
      .where('portal', '=', connection.portal)
      .where('clinic_id', '=', connection.clinic_id)
      .where('status', '=', 'failed')
      .where('patient_id', 'is', null)
      .execute();
    await context.jobs.put(
      { queue: SYNC_QUEUE, key: connectionId, payload: { connectionId, trigger: 'first' } },
      trx,
    );
  });
  context.log.info('connection.confirmed', { connection: connectionId });
  context.changed(connectionId);
}

/** The person says no: the tokens are dropped, and the connection goes, since nothing was stored. */
export async function rejectPatient(
  context: ConnectionContext,
  connectionId: string,
): Promise<void> {
  const connection = await getConnection(context.db, connectionId);
  if (!['confirm', 'authorising', 'failed'].includes(connection.status)) {
    throw new ChartfoldError('connection.not_awaiting_confirmation');
  }
  await dropGrant(context.db, connectionId);
  if (await isKnownSource(context, connectionId))
    await setStatus(context, connectionId, 'disconnected');
  else await context.db.deleteFrom('connection').where('id', '=', connectionId).execute();
  context.changed(connectionId);
}

async function isKnownSource(context: ConnectionContext, id: string): Promise<boolean> {
  return (
    (await context.db.selectFrom('source').select('id').where('id', '=', id).executeTakeFirst()) !==
    undefined
  );
}
