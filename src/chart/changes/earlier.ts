// Owns the value that a measurement had before the one it has now: what was first sent, then amended or corrected.

import type { Sight } from '../../access/policy.ts';
import type { Db } from '../../platform/db/db.ts';
import { ownTurn } from '../../platform/own-turn.ts';
import { versionTexts } from '../../records/history.ts';
import { describe } from '../describe/describe.ts';
import { isSeen } from '../sight.ts';

/** A value that no longer counts. */
export type EarlierValue = {
  readonly value: string;
  readonly unit: string | null;
  /** When it came. */
  readonly receivedAt: string;
};

type Shown = { readonly value: string | null; readonly unit: string | null };

/** Of the latest versions: a value that was another before these is in the history. */
const looksBack = 10;
const idsPerStatement = 500;

/**
 * The last other value of each measurement that has one, by record.
 * @param now the values that they have now
 * @param sight what it was as another kind is for those who see that kind
 */
export async function earlierValues(
  db: Db,
  now: ReadonlyMap<string, Shown>,
  sight: Sight,
): Promise<Map<string, EarlierValue>> {
  const found = new Map<string, EarlierValue>();
  const ids = [...now.keys()];
  for (let at = 0; at < ids.length; at += idsPerStatement) {
    const rows = await db
      .selectFrom('resource')
      .select(['id', 'type', 'version_count'])
      .where('id', 'in', ids.slice(at, at + idsPerStatement))
      .where('version_count', '>', 1)
      .execute();
    for (const row of rows) {
      const earlier = await earlierOf(db, row, now.get(row.id), sight);
      if (earlier) found.set(row.id, earlier);
    }
  }
  return found;
}

async function earlierOf(
  db: Db,
  { id, type, version_count }: { id: string; type: string; version_count: number },
  now: Shown | undefined,
  sight: Sight,
): Promise<EarlierValue | undefined> {
  await ownTurn();
  const length = Math.min(looksBack, version_count - 1);
  const before = Array.from({ length }, (_, n) => version_count - 1 - n);
  for (const { text, receivedAt } of (await versionTexts(db, id, before)).toReversed()) {
    const described = describe(type, text);
    if (!described || !isSeen(sight, described.kind)) return undefined;
    const { measured } = described;
    if (measured && (measured.value !== now?.value || measured.unit !== now.unit))
      return { value: measured.value, unit: measured.unit, receivedAt };
  }
  return undefined;
}
