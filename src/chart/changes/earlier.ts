// Owns the value that a measurement had before the one it has now: what was first sent, then amended or corrected.

import type { Db } from '../../platform/db/db.ts';
import { ownTurn } from '../../platform/own-turn.ts';
import { versionTexts } from '../../records/history.ts';
import { describe } from '../describe/describe.ts';

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
 */
export async function earlierValues(
  db: Db,
  now: ReadonlyMap<string, Shown>,
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
      const earlier = await earlierOf(db, row, now.get(row.id));
      if (earlier) found.set(row.id, earlier);
    }
  }
  return found;
}

async function earlierOf(
  db: Db,
  { id, type, version_count }: { id: string; type: string; version_count: number },
  now: Shown | undefined,
): Promise<EarlierValue | undefined> {
  await ownTurn();
  const latest = Array.from({ length: Math.min(looksBack, version_count - 1) + 1 }, (_, n) => n);
  const texts = await versionTexts(
    db,
    id,
    latest.map((n) => version_count - n),
  );
  const [current, ...before] = texts.toReversed();
  const kind = current && describe(type, current.text)?.kind;
  for (const { text, receivedAt } of before) {
    const described = describe(type, text);
    const measured = described?.measured;
    // What it was as another kind is not for everybody who sees this one.
    if (described?.kind !== kind) return undefined;
    if (measured && (measured.value !== now?.value || measured.unit !== now.unit))
      return { value: measured.value, unit: measured.unit, receivedAt };
  }
  return undefined;
}
