// Owns counting what a page left half committed has stored: it stays, so that it counts, also where the page never comes
// again as it was.

import type { Selectable } from 'kysely';
import type { Tables, Transaction } from '../platform/db/db.ts';
import { ownTurn } from '../platform/own-turn.ts';
import { lastNumber } from './counter.ts';
import type { Counts, ResourceId } from './types.ts';

const VERSIONS_PER_TURN = 5_000;

/**
 * What chunks of the question's half page have written: versions bear its stamp. Nothing where there is no such page.
 * No index finds them, so all that came since the run began is looked through, some at a time.
 * @param met resources that came again with the page in its place: they are counted there
 */
export async function countHalfPage(
  trx: Transaction,
  row: Pick<Selectable<Tables['sync_question']>, 'run_id' | 'key' | 'partial_page'>,
  met: { has(resource: ResourceId): boolean } = new Set(),
): Promise<Counts> {
  const none = { received: 0, new: 0, changed: 0, unchanged: 0, setAside: 0 };
  if (row.partial_page === null) return none;
  const { since_seq } = await trx
    .selectFrom('sync_run')
    .select('since_seq')
    .where('id', '=', row.run_id)
    .executeTakeFirstOrThrow();
  const last = await lastNumber(trx);
  const counts = { ...none };
  for (let at = since_seq ?? 0; at < last; at += VERSIONS_PER_TURN) {
    await ownTurn();
    const versions = await trx
      .selectFrom('resource_version')
      .select(['version_no', 'resource_id'])
      .where('seq', '>', at)
      .where('seq', '<=', at + VERSIONS_PER_TURN)
      .where('run_id', '=', row.run_id)
      .where('question_key', '=', row.key)
      .where('page_no', '=', row.partial_page)
      .execute();
    const left = versions.filter((version) => !met.has(version.resource_id));
    const born = left.filter((version) => version.version_no === 1).length;
    counts.received += left.length;
    counts.new += born;
    counts.changed += left.length - born;
  }
  return counts;
}
