// Owns taking away what the simulator filled: its connections, their records, their charts, its people. A real
// person who tried a sample connection stays, without the sample's records.

import { listPeople, removePerson } from '../access/people.ts';
import { CHART_QUEUE, forgetPerson } from '../chart/project.ts';
import { type ConnectionContext, SYNC_QUEUE } from '../connections/context.ts';
import { setStatus } from '../connections/status.ts';
import { countResources } from '../records/read.ts';
import { deleteSource } from '../records/sources.ts';

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
    await deleteSource(db, id);
  }
  let people = 0;
  for (const person of await listPeople(db)) {
    if (!person.sample && !samples.some((s) => s.person_id === person.id)) continue;
    await forgetPerson(db, person.id);
    if (person.sample && (await countResources(db, person.id)) === 0) {
      await removePerson(db, person.id);
      people += 1;
    } else {
      await context.jobs.put({
        queue: CHART_QUEUE,
        key: person.id,
        payload: { personId: person.id },
      });
    }
  }
  // Last, since only these lead to the rest: cut off before, it is done again from the beginning.
  await db.deleteFrom('connection').where('sample', '=', 1).execute();
  for (const { id } of samples) context.changed(id);
  return { connections: samples.length, people };
}
