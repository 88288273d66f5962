// Owns how many records of somebody's chart one may see whose right is limited to kinds. How many there are in all is
// records/read.

import type { Db } from '../platform/db/db.ts';
import type { Sight } from '../access/policy.ts';
import { kindsSeen } from './sight.ts';
import type {} from './tables.ts';

/** Counts the records of a person's chart that are of the kinds seen. */
export async function countSeen(db: Db, personId: string, sight: Sight): Promise<number> {
  const kinds = kindsSeen(sight);
  const row = await db
    .selectFrom('chart_row')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('person_id', '=', personId)
    .$if(kinds !== null, (query) => query.where('kind', 'in', [...(kinds ?? [])]))
    .executeTakeFirstOrThrow();
  return Number(row.count);
}
