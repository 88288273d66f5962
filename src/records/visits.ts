// Owns when an account looked at a person's record: a row for each visit, as long as it lasted. What came after the
// last visit but this one is what is new to them.

import { isoTime } from '../platform/clock.ts';
import type { Db } from '../platform/db/db.ts';
import type { PersonId } from './types.ts';

/** Away for longer than this, the next look begins another visit. */
export const visitGapMs = 30 * 60_000;

/** Where a visit ended. */
export type VisitEnd = {
  readonly at: string;
  /** How far the record had been shown: what is numbered above came later. */
  readonly position: number;
};

export type Look = { readonly account: string; readonly person: PersonId; readonly now: number };

/** Notes that an account looks at a person's record, shown up to `position`. */
export async function noteLook(db: Db, look: Look & { position: number }): Promise<void> {
  const { account, person } = look;
  const at = isoTime(look.now);
  await db.transaction().execute(async (trx) => {
    const [latest] = await latestVisits(trx, look);
    if (latest && isGoingOn(latest, look.now))
      await trx
        .updateTable('record_visit')
        // A chart that is being made anew has not come as far as it was shown before.
        .set({ last_at: at, position: Math.max(latest.position, look.position) })
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
          position: Math.max(latest?.position ?? 0, look.position),
        })
        .execute();
  });
}

/** Where the account's last visit ended, the one that is going on left aside; null where there was none before. */
export async function lastVisit(db: Db, look: Look): Promise<VisitEnd | null> {
  const [latest, before] = await latestVisits(db, look);
  const visit = latest && isGoingOn(latest, look.now) ? before : latest;
  return visit ? { at: visit.last_at, position: visit.position } : null;
}

function isGoingOn({ last_at }: { last_at: string }, now: number): boolean {
  return now - Date.parse(last_at) <= visitGapMs;
}

function latestVisits(db: Db, { account, person }: Look) {
  return db
    .selectFrom('record_visit')
    .select(['began_at', 'last_at', 'position'])
    .where('account_id', '=', account)
    .where('person_id', '=', person)
    .orderBy('began_at', 'desc')
    .limit(2)
    .execute();
}
