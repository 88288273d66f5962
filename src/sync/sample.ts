// Owns taking away what the simulator filled: its connections, their records, their charts, its people. A real
// person who tried a sample connection stays, without the sample's records.

import { listPeople, removePerson } from '../access/people.ts';
import { forgetPerson } from '../chart/project.ts';
import { type ConnectionContext, SYNC_QUEUE } from '../connections/context.ts';
import { setStatus } from '../connections/status.ts';
import { countResources } from '../records/read.ts';
import { forgetVisits } from '../records/visits.ts';
import { deleteFilled } from './delete.ts';

export async function removeSample(
  context: ConnectionContext,
): Promise<{ connections: number; people: number }> {
  const { db } = context;
  const samples = await db
    .selectFrom('connection')
    .select(['id', 'person_id'])
    .where('sample', '=', 1)
    .execute();
  for (const { id } of samples) {
    await setStatus(context, id, 'disconnected');
    await context.jobs.cancel(SYNC_QUEUE, id);
  }
  await deleteFilled(context, samples);
  let people = 0;
  for (const { id, sample } of await listPeople(db)) {
    if (!sample || (await countResources(db, id)) > 0) continue;
    await forgetPerson(db, id);
    await forgetVisits(db, id);
    await removePerson(db, id);
    people += 1;
  }
  return { connections: samples.length, people };
}
