// Owns the step between sign-in and reading: somebody says that the patient the portal named is the right one.
// Until then nothing of the record is stored.

import { createPerson, getPerson } from '../access/people.ts';
import type { PatientBasics } from '../fhir/text/names.ts';
import { isoTime } from '../platform/clock.ts';
import type { Transaction } from '../platform/db/db.ts';
import { ChartfoldError } from '../platform/errors.ts';
import type { Sealed } from '../platform/seal.ts';
import { createSource } from '../records/sources.ts';
import { type Connection, type ConnectionContext, getConnection } from './context.ts';
import { endGrant } from './disconnect.ts';
import { openGrant } from './grant.ts';
import { goOnWith, knownConnection } from './known.ts';
import { putSync } from './queue-sync.ts';

/** The patient that waits to be confirmed. @throws `connection.not_awaiting_confirmation` */
export function candidateOf(
  context: Pick<ConnectionContext, 'sealer'>,
  connection: Connection,
): PatientBasics {
  if (connection.status !== 'confirm' || connection.candidate === null) {
    throw new ChartfoldError('connection.not_awaiting_confirmation');
  }
  return JSON.parse(
    context.sealer.open(connection.candidate, candidateContext(connection.id)),
  ) as PatientBasics;
}

/** What the portal told of the patient, as the connection keeps it until it is confirmed. */
export function sealCandidate(
  context: Pick<ConnectionContext, 'sealer'>,
  connectionId: string,
  basics: PatientBasics,
): Sealed {
  return context.sealer.seal(JSON.stringify(basics), candidateContext(connectionId));
}

/**
 * The person says yes: the record may be read. Makes a new person where none was named, and queues the first sync
 * in the same transaction. Said twice, it is done once, also of one patient in two tabs.
 * @returns the connection that the patient has now: another one where that was confirmed first
 * @throws `connection.not_awaiting_confirmation`, `person.not_found`
 */
export async function confirmPatient(
  context: ConnectionContext,
  connectionId: string,
  choice: { personId: string | null },
): Promise<string> {
  const landed = await context.db.transaction().execute(async (trx) => {
    const connection = await getConnection(trx, connectionId);
    if (connection.status === 'ready') return connectionId;
    const basics = candidateOf(context, connection);
    const known = await knownConnection(trx, context.clock, connection);
    if (known) {
      const grant = await openGrant({ ...context, db: trx }, connectionId);
      if (!grant) throw new ChartfoldError('connection.not_awaiting_confirmation');
      const { scopes_asked, scopes_granted, clinic_note } = connection;
      const changes = { scopes_asked, scopes_granted, clinic_note };
      await goOnWith(context, trx, known, { begunAs: connectionId, grant, changes });
      return known;
    }
    await makeReady(context, trx, connection, basics, choice);
    return connectionId;
  });
  context.log.info('connection.confirmed', { connection: landed });
  context.changed(landed);
  return landed;
}

async function makeReady(
  context: ConnectionContext,
  trx: Transaction,
  connection: Connection,
  basics: PatientBasics,
  choice: { personId: string | null },
): Promise<void> {
  const now = context.clock.now();
  const person = choice.personId
    ? await getPerson(trx, choice.personId)
    : await createPerson(trx, {
        name: basics.name,
        birthDate: basics.birthDate,
        sample: connection.sample === 1,
        by: connection.begun_by,
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
    .where('id', '=', connection.id)
    .execute();
  // Earlier tries at this clinic by the same account that came to nothing have served.
  await trx
    .deleteFrom('connection')
    .where('portal', '=', connection.portal)
    .where('clinic_id', '=', connection.clinic_id)
    .where('begun_by', 'is', connection.begun_by)
    .where('status', '=', 'failed')
    .where('patient_id', 'is', null)
    .where((eb) => eb.or([eb('person_id', 'is', null), eb('person_id', '=', person.id)]))
    .execute();
  await putSync(context, connection.id, 'first', trx);
}

/** The person says no: the connection goes with its tokens, which the portal is told to end; nothing was stored. */
export async function rejectPatient(
  context: ConnectionContext,
  connectionId: string,
): Promise<void> {
  const connection = await getConnection(context.db, connectionId);
  if (!['confirm', 'authorising', 'failed'].includes(connection.status)) {
    throw new ChartfoldError('connection.not_awaiting_confirmation');
  }
  const grant = await openGrant(context, connectionId);
  await context.db.deleteFrom('connection').where('id', '=', connectionId).execute();
  context.changed(connectionId);
  if (grant) await endGrant(context, connection, grant);
}

function candidateContext(connectionId: string): string {
  return `connection/${connectionId}/candidate`;
}
