// Owns judging whether a portal tells by `_lastUpdated` what has changed: a pass of everything is looked through for
// what asking by time alone would have missed.

import { isResource } from '../fhir/types.ts';
import { ownTurn } from '../platform/own-turn.ts';
import { among } from '../platform/db/bulk.ts';
import type { Db } from '../platform/db/db.ts';
import { textsOf } from '../records/texts.ts';
import type { Run } from '../records/types.ts';
import { targetsOf } from './others.ts';

/** A record that is new, another or back, as it now stands. */
export type Change = {
  readonly type: string;
  readonly id: string;
  /** `meta.lastUpdated`; null where it has none. */
  readonly lastUpdated: string | null;
  /** Of a Provenance: what it is about, as `Type/id`. */
  readonly targets: readonly string[];
};

const ROWS_PER_TURN = 200;
/** Some megabytes of them. Where a portal brings more anew, most have changed for another reason than the person's. */
const mostJudged = 20_000;

/**
 * `kept`: all that a question brought anew could have been had by asking for what changed since `day`; `broken`: some
 * could not; null: nothing had changed, or some only after the pass had begun: where a portal writes the time of its
 * answer into each record, that proves nothing. What comes along with other records would come only with these. Pure.
 * @param pass a day, and when the pass began
 */
export function promiseOf(
  changes: readonly Change[],
  type: string,
  pass: { readonly day: string; readonly began: string },
): 'kept' | 'broken' | null {
  if (changes.length === 0) return null;
  const isTold = ({ lastUpdated }: Change) =>
    lastUpdated !== null && Date.parse(lastUpdated) >= Date.parse(pass.day);
  const isOfAnswer = ({ lastUpdated }: Change) =>
    Date.parse(lastUpdated ?? '') > Date.parse(pass.began);
  const asked = changes.filter((change) => change.type === type);
  if (!asked.every(isTold)) return 'broken';
  const told = new Set(asked.map(({ id }) => `${type}/${id}`));
  const along = changes.filter((change) => change.type !== type);
  if (!along.every(({ targets }) => targets.some((target) => told.has(target)))) return 'broken';
  return asked.some(isOfAnswer) ? null : 'kept';
}

/**
 * What a run has changed, by the question that brought it, of those asked about; null where it is more than `most`:
 * then nothing is proved, since it can't all be held.
 */
export async function changesOf(
  db: Db,
  run: Pick<Run, 'id' | 'person' | 'startedAt'>,
  questions: ReadonlySet<string>,
  most = mostJudged,
): Promise<Map<string, Change[]> | null> {
  let held = 0;
  const changes = new Map([...questions].map((key) => [key, [] as Change[]]));
  if (questions.size === 0) return changes;
  for (const rowsBefore of [versionsBefore, returnsBefore]) {
    // From the latest back: what the run has written stands at the end.
    let before = Number.MAX_SAFE_INTEGER;
    for (;;) {
      await ownTurn();
      const rows = await rowsBefore(db, run, before);
      const mine = rows.filter(({ run_id }) => run_id === run.id);
      for (const record of await asTheyStand(
        db,
        mine.map(({ resource_id }) => resource_id),
      )) {
        const of = changes.get(record.seen_by ?? '');
        if (!of) continue;
        of.push(changeOf(record));
        held += 1;
      }
      if (held > most) return null;
      const last = rows.at(-1);
      if (!last || last.at < run.startedAt) break;
      before = last.seq;
    }
  }
  return changes;
}

function versionsBefore(db: Db, run: Pick<Run, 'person'>, before: number) {
  return db
    .selectFrom('resource_version')
    .select(['seq', 'resource_id', 'run_id', 'received_at as at'])
    .where('person_id', '=', run.person)
    .where('seq', '<', before)
    .orderBy('seq', 'desc')
    .limit(ROWS_PER_TURN)
    .execute();
}

/** Notices that something is reported again; that something has gone needs no asking by time. */
async function returnsBefore(db: Db, run: Pick<Run, 'person'>, before: number) {
  const notices = await db
    .selectFrom('resource_notice')
    .select(['seq', 'resource_id', 'run_id', 'at', 'kind'])
    .where('person_id', '=', run.person)
    .where('seq', '<', before)
    .orderBy('seq', 'desc')
    .limit(ROWS_PER_TURN)
    .execute();
  return notices.map(({ kind, ...notice }) =>
    kind === 'back' ? notice : { ...notice, run_id: null },
  );
}

type Standing = {
  readonly seen_by: string | null;
  readonly type: string;
  readonly fhir_id: string;
  readonly text: string;
};

async function asTheyStand(db: Db, resources: readonly string[]): Promise<Standing[]> {
  const rows = await db
    .selectFrom('resource')
    .select(['seen_by', 'type', 'fhir_id', 'current_seq'])
    .where('id', 'in', among(resources))
    .execute();
  const texts = await textsOf(
    db,
    rows.map((row) => row.current_seq),
  );
  return rows.map(({ current_seq, ...row }) => ({ ...row, text: texts.get(current_seq) ?? '' }));
}

function changeOf({ type, fhir_id: id, text }: Standing): Change {
  const resource: unknown = JSON.parse(text);
  if (!isResource(resource)) return { type, id, lastUpdated: null, targets: [] };
  const { lastUpdated } = (resource.meta ?? {}) as { lastUpdated?: unknown };
  return {
    type,
    id,
    lastUpdated: typeof lastUpdated === 'string' ? lastUpdated : null,
    targets: targetsOf(resource),
  };
}
