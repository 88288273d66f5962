// Owns the past of one record: its versions and the notices between them, and the texts of chosen versions. It writes
// nothing.

import type { Db } from '../platform/db/db.ts';
import { textsOf } from './texts.ts';
import type { ResourceId, RunId } from './types.ts';

/** Something that became known of a record. */
export type RecordEvent = {
  readonly kind: 'version' | 'gone' | 'back';
  readonly at: string;
  /** The number of the version; of a notice null. */
  readonly versionNo: number | null;
  /** The sync or import that brought it. */
  readonly run: RunId | null;
};

/** What became known of a record, latest first. */
export async function eventsOf(
  db: Db,
  resource: ResourceId,
  page: { before: number; limit: number },
): Promise<(RecordEvent & { seq: number })[]> {
  const versions = await db
    .selectFrom('resource_version')
    .select(['seq', 'version_no', 'run_id', 'received_at'])
    .where('resource_id', '=', resource)
    .where('seq', '<', page.before)
    .orderBy('seq', 'desc')
    .limit(page.limit)
    .execute();
  const notices = await db
    .selectFrom('resource_notice')
    .select(['seq', 'kind', 'run_id', 'at'])
    .where('resource_id', '=', resource)
    .where('seq', '<', page.before)
    .orderBy('seq', 'desc')
    .limit(page.limit)
    .execute();
  const events = [
    ...versions.map((v) => ({
      seq: v.seq,
      kind: 'version' as const,
      at: v.received_at,
      versionNo: v.version_no,
      run: v.run_id,
    })),
    ...notices.map(({ seq, kind, at, run_id }) => ({
      seq,
      kind,
      at,
      versionNo: null,
      run: run_id,
    })),
  ];
  return events.sort((a, b) => b.seq - a.seq).slice(0, page.limit);
}

/** A version with its exact text. */
export type VersionText = {
  readonly versionNo: number;
  readonly receivedAt: string;
  readonly text: string;
};

/** The exact texts of some versions of a record, the first one first. A version that is not there is left out. */
export async function versionTexts(
  db: Db,
  resource: ResourceId,
  versions: readonly number[],
): Promise<VersionText[]> {
  const rows = await db
    .selectFrom('resource_version')
    .select(['seq', 'version_no', 'received_at'])
    .where('resource_id', '=', resource)
    .where('version_no', 'in', [...versions])
    .orderBy('version_no')
    .execute();
  const texts = await textsOf(
    db,
    rows.map(({ seq }) => seq),
  );
  return rows.flatMap(({ seq, version_no: versionNo, received_at: receivedAt }) => {
    const text = texts.get(seq);
    return text === undefined ? [] : { versionNo, receivedAt, text };
  });
}
