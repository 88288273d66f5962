// Owns the verdict on one resource that is already stored: changed or unchanged; and, for a page
// that is stored a second time because the process ended in its middle, what it was the first time.

import type { Db } from '../platform/db/db.ts';
import { saysTheSame } from './same-text.ts';
import { textsOf } from './texts.ts';
import type { Prepared, ResourceId } from './types.ts';

/** A stored resource in the middle of a commit: as it will stand when the chunk is written. */
export type Slot = {
  readonly id: ResourceId;
  versionCount: number;
  currentSeq: number;
  rawHash: string;
  /** Gives the text of the current version, where it was needed. */
  currentText: (() => string) | undefined;
  /** Whether two of its texts say the same, by their hashes, where that was found beside the main loop. */
  compared: { readonly from: string; readonly to: string; readonly isSame: boolean } | undefined;
  readonly firstReceivedAt: string | undefined;
  /** Of the resource, for sets of many; 0 until its first version has one. */
  number: number;
  /** The question that reported it last. */
  readonly seenBy: string | null;
  /** Whether the portal had reported it no longer. */
  readonly isGone: boolean;
};

/** What an earlier attempt at this page stored of one resource, walked through again in order. */
export type Replay = {
  /** The version before the page, then those that the page stored. */
  readonly states: readonly ReplayState[];
  /** Where in `states` the walk stands; 0 is before the page. */
  at: number;
};

type ReplayState = { readonly versionNo: number; readonly rawHash: string; readonly text: string };

/** Of a resource that needs no walk. */
export const walkedReplay: Replay = { states: [], at: 0 };

export type Replays = Map<ResourceId, Replay>;

export type Verdict = {
  readonly verdict: 'new' | 'changed' | 'unchanged';
  /** Whether a version is to be written. */
  readonly writes: boolean;
};

/** A resource as it came, with its text for where that is needed. */
export type Judged = Pick<Prepared, 'rawHash'> & { readonly text: () => string };

/** What a resource is to the stored one of the same name. */
export function judge(
  resource: Judged,
  slot: Slot,
  volatilePaths: readonly string[],
  replay?: Replay,
): Verdict {
  const replayed = replay && judgeReplay(resource, replay, volatilePaths);
  if (replayed) return replayed;
  const { compared } = slot;
  const isSame =
    compared?.from === slot.rawHash && compared.to === resource.rawHash
      ? compared.isSame
      : isUnchanged(resource, slot.rawHash, slot.currentText, volatilePaths);
  if (isSame) return { verdict: 'unchanged', writes: false };
  // The page's text differs from what it was before the process ended. Its resource is still new.
  const wasBornHere = replay?.at === 0 && replay.states[0]?.versionNo === 0;
  if (replay) replay.at = replay.states.length;
  return { verdict: wasBornHere ? 'new' : 'changed', writes: true };
}

/** Reads what an earlier attempt at a page stored of these resources. Extends what is known already. */
export async function replaysOf(
  db: Db,
  stamp: { run: string; question: string | null; page: number | null },
  slots: ReadonlyMap<string, Slot>,
  known: Replays,
): Promise<Replays> {
  const ids = [...slots.values()].map((slot) => slot.id).filter((id) => !known.has(id));
  if (ids.length === 0) return known;
  const rows = await db
    .selectFrom('resource_version')
    .selectAll()
    .where('resource_id', 'in', ids)
    .orderBy('resource_id')
    .orderBy('version_no')
    .execute();
  const texts = await textsOf(
    db,
    rows.map(({ seq }) => seq),
  );
  let before: ReplayState = unborn;
  let resource: ResourceId | undefined;
  for (const row of rows) {
    if (row.resource_id !== resource) before = unborn;
    resource = row.resource_id;
    const state = {
      versionNo: row.version_no,
      rawHash: row.raw_hash,
      text: texts.get(row.seq) ?? '',
    };
    const isOfPage =
      row.run_id === stamp.run && row.question_key === stamp.question && row.page_no === stamp.page;
    if (isOfPage) {
      const replay = known.get(row.resource_id);
      known.set(row.resource_id, {
        states: replay ? [...replay.states, state] : [before, state],
        at: 0,
      });
    }
    before = state;
  }
  return known;
}

/** Before the first version there is none. */
const unborn: ReplayState = { versionNo: 0, rawHash: '', text: '' };

function judgeReplay(
  resource: Judged,
  replay: Replay,
  volatilePaths: readonly string[],
): Verdict | undefined {
  const here = replay.states[replay.at];
  // Walked to the end: from here on the resource is judged like any other.
  if (!here || replay.at === replay.states.length - 1) return undefined;
  if (here.versionNo > 0 && isUnchanged(resource, here.rawHash, () => here.text, volatilePaths)) {
    return { verdict: 'unchanged', writes: false };
  }
  const ahead = replay.states.findIndex(
    (state, index) => index > replay.at && state.rawHash === resource.rawHash,
  );
  if (ahead < 0) return undefined;
  replay.at = ahead;
  return { verdict: here.versionNo === 0 ? 'new' : 'changed', writes: false };
}

function isUnchanged(
  resource: Judged,
  rawHash: string,
  text: (() => string) | undefined,
  volatilePaths: readonly string[],
): boolean {
  if (rawHash === resource.rawHash) return true;
  return text !== undefined && saysTheSame(text(), resource.text(), volatilePaths);
}
