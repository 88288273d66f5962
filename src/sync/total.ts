// Owns holding what came of a search against how many records its portal says there are, where that can be believed.
// What came is counted in the store: that knows what came before a cut, too, and a record that came twice is one.

import { questionRow, setAsideOf } from '../records/runs.ts';
import { countSeen } from '../records/seen.ts';
import { sumSetAside } from '../records/set-aside.ts';
import { type Asked, type Asking, mark } from './asking.ts';
import type { ReadPage } from './read-page.ts';

/**
 * How many records must have come by the last page of a search for all of them to be there; null where nothing tells, or
 * something is known to be missing already. In parts it is not told: a record may be in several of them.
 */
export function totalToReach(
  { entry }: Asking,
  { question, shortfall }: Asked,
  { total }: Pick<ReadPage, 'total'>,
): number | null {
  const isTold = entry.vendor.portal.totalIsRight && question.parts === null;
  return isTold && shortfall === null ? total : null;
}

/** Closes a search whose last page is committed: in part where fewer records came than there are. */
export async function closeByTotal(asking: Asking, asked: Asked, total: number): Promise<void> {
  const { question, retries } = asked;
  const missing = total - (await countCame(asking, asked));
  const fewer = {
    outcome: 'part',
    code: 'sync.fewer_than_told',
    detail: `${missing} of ${total} did not come`,
  } as const;
  await mark(asking, question, { ...(missing > 0 ? fewer : { outcome: 'full' }), retries });
}

/** What was set aside came, too; what has no kind may be a record of any. */
async function countCame(
  { context: { db }, connectionId, run }: Asking,
  { question: { key, type } }: Asked,
): Promise<number> {
  const of = { run: run.id, source: connectionId, question: key, type };
  const setAside = setAsideOf(await questionRow(db, run.id, key));
  const ofType = setAside.filter((one) => one.type === type || one.type === '');
  return (await countSeen(db, of)) + sumSetAside(ofType);
}
