// Owns counting what a page left half committed has stored: it stays, so that it counts, also where the page never comes
// again as it was.

import type { Selectable } from 'kysely';
import type { Tables, Transaction } from '../platform/db/db.ts';
import type { Counts, ResourceId } from './types.ts';

/**
 * What chunks of the question's half page have written: versions bear its stamp. Nothing where there is no such page.
 * @param met resources that came again with the page in its place: they are counted there
 */
export async function countHalfPage(
  trx: Transaction,
  row: Pick<Selectable<Tables['sync_question']>, 'run_id' | 'key' | 'partial_page'>,
  met: { has(resource: ResourceId): boolean } = new Set(),
): Promise<Counts> {
  const none = { received: 0, new: 0, changed: 0, unchanged: 0, setAside: 0 };
  if (row.partial_page === null) return none;
  const versions = await trx
    .selectFrom('resource_version')
    .select(['version_no', 'resource_id'])
    .where('seq', '>', ({ selectFrom }) =>
      selectFrom('sync_run')
        .select(({ fn, lit }) => fn.coalesce('since_seq', lit(0)).as('since'))
        .where('id', '=', row.run_id),
    )
    .where('run_id', '=', row.run_id)
    .where('question_key', '=', row.key)
    .where('page_no', '=', row.partial_page)
    .execute();
  const left = versions.filter((version) => !met.has(version.resource_id));
  const born = left.filter((version) => version.version_no === 1).length;
  return { ...none, received: left.length, new: born, changed: left.length - born };
}
