// Owns when an account looked at a person's record: a row for each visit, as long as it lasted. What came after the
// visit before is news to them.

import { isoTime } from '../platform/clock.ts';
import type { Db } from '../platform/db/db.ts';
import type { PersonId } from './types.ts';

/** Away for longer than this, the next look begins another visit. */
export const visitGapMs = 30 * 60_000;

/** From where on changes are news. */
export type NewsSince = {
  /** When the visit before ended; null in the first one. */
  readonly at: string | null;
  /** How far the record had been shown by then, or where the first visit began. */
  readonly position: number;
};

export type Look = { readonly account: string; readonly person: PersonId; readonly now: number };

/** Notes that an account looks at a person's record, shown up to `position`. */
export async function noteLook(db: Db, look: Look & { position: number }): Promise<void> {
  const { account, person } = look;
  const at = isoTime(look.now);
  await db.transaction().execute(async (trx) => {
    const [latest] = await latestVisits(trx, look);
    // A chart that is being made anew has not come as far as it was shown before.
    const position = Math.max(latest?.position ?? 0, look.position);
    if (latest && isGoingOn(latest, look.now))
      await trx
        .updateTable('record_visit')
        .set({ last_at: at, position })
        .where('account_id', '=', account)
        .where('person_id', '=', person)
        .where('began_at', '=', latest.began_at)
        .execute();
    else
      await trx
        .insertInto('record_visit')
        .values({
          account_id: account,
          person_id: person,
          began_at: at,
          last_at: at,
          began_position: position,
          position,
        })
        .execute();
  });
}

/** Since when changes are news to an account, whether its visit has been noted yet or not; null where it never looked. */
export async function newsSince(db: Db, look: Look): Promise<NewsSince | null> {
  const [latest, before] = await latestVisits(db, look);
  if (!latest) return null;
  const ended = isGoingOn(latest, look.now) ? before : latest;
  return ended
    ? { at: ended.last_at, position: ended.position }
    : { at: null, position: latest.began_position };
}

/** Forgets who looked at a person's record, when the person goes. */
export async function forgetVisits(db: Db, person: PersonId): Promise<void> {
  await db.deleteFrom('record_visit').where('person_id', '=', person).execute();
}

function isGoingOn({ last_at }: { last_at: string }, now: number): boolean {
  return now - Date.parse(last_at) <= visitGapMs;
}

function latestVisits(db: Db, { account, person }: Look) {
  return (
    db
      .selectFrom('record_visit')
      .select(['began_at', 'last_at', 'began_position', 'position'])
      .where('account_id', '=', account)
      .where('person_id', '=', person)
      // Not by their beginning: one that began while the clock was ahead would be the latest until then.
      .orderBy('last_at', 'desc')
      .orderBy('began_at', 'desc')
      .limit(2)
      .execute()
  );
}
