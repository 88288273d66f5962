// Owns the order in which versions became readable to a person: what the chart is projected from.
// Their texts are in texts.ts. It writes nothing.

import type { Db } from '../platform/db/db.ts';
import type { PersonId, VersionRow } from './types.ts';

/**
 * The next versions of what a person reads, in the order in which they became readable. A shared
 * resource that was there before the person's first reference to it appears, as it then stood, where
 * that reference was stored: so nobody who follows `position` misses one.
 */
export async function versionsSince(
  db: Db,
  after: { person: PersonId; afterSeq: number; limit: number },
): Promise<VersionRow[]> {
  // Numbers are given in the order of commits, so all up to this one can be seen by both queries;
  // without it, a commit between the two could put a shared version before own ones not yet read.
  const { last_seq: upTo } = await db
    .selectFrom('record_counter')
    .select('last_seq')
    .executeTakeFirstOrThrow();
  const own = await ownVersions(db, { ...after, upTo });
  const shared = await sharedVersions(db, { ...after, upTo });
  const noticed = await noticedVersions(db, { ...after, upTo });
  const places = [...own, ...shared, ...noticed]
    .sort((a, b) => a.position - b.position)
    .slice(0, after.limit);
  return places.map((place) => ({
    position: place.position,
    seq: place.seq,
    resource: place.resource_id,
    versionNo: place.version_no,
    source: place.source_id,
    sample: place.sample === 1,
    shared: place.person_id === null,
    type: place.type,
    fhirId: place.fhir_id,
    receivedAt: place.received_at,
    goneAt: place.gone_at,
  }));
}

type FeedRange = { person: PersonId; afterSeq: number; upTo: number; limit: number };

function ownVersions(db: Db, after: FeedRange) {
  return db
    .selectFrom('resource_version as v')
    .innerJoin('resource as r', 'r.id', 'v.resource_id')
    .innerJoin('source', 'source.id', 'r.source_id')
    .select(placeColumns)
    .select('v.seq as position')
    .where('v.person_id', '=', after.person)
    .where('v.seq', '>', after.afterSeq)
    .where('v.seq', '<=', after.upTo)
    .orderBy('v.seq')
    .limit(after.limit)
    .execute();
}

/** Current versions of which something else became known: that their portal reports them no longer, or again. */
function noticedVersions(db: Db, after: FeedRange) {
  return db
    .selectFrom('resource_notice as n')
    .innerJoin('resource as r', 'r.id', 'n.resource_id')
    .innerJoin('resource_version as v', 'v.seq', 'r.current_seq')
    .innerJoin('source', 'source.id', 'r.source_id')
    .select(placeColumns)
    .select('n.seq as position')
    .where('n.person_id', '=', after.person)
    .where('n.seq', '>', after.afterSeq)
    .where('n.seq', '<=', after.upTo)
    .orderBy('n.seq')
    .limit(after.limit)
    .execute();
}

function sharedVersions(db: Db, after: FeedRange) {
  return db
    .selectFrom('shared_reader as reader')
    .innerJoin('resource as r', (join) =>
      join
        .onRef('r.source_id', '=', 'reader.source_id')
        .onRef('r.type', '=', 'reader.type')
        .onRef('r.fhir_id', '=', 'reader.fhir_id')
        .on('r.person_id', 'is', null),
    )
    .innerJoin('resource_version as v', 'v.resource_id', 'r.id')
    .innerJoin('source', 'source.id', 'r.source_id')
    .select(placeColumns)
    .select((eb) =>
      eb
        .case()
        .when('v.seq', '<', eb.ref('reader.since_seq'))
        .then(eb.ref('reader.since_seq'))
        .else(eb.ref('v.seq'))
        .end()
        .as('position'),
    )
    .where('reader.person_id', '=', after.person)
    .where('v.seq', '<=', after.upTo)
    .where('reader.since_seq', '<=', after.upTo)
    .where((eb) =>
      eb.or([
        eb.and([eb('v.seq', '>', eb.ref('reader.since_seq')), eb('v.seq', '>', after.afterSeq)]),
        eb.and([
          eb('reader.since_seq', '>', after.afterSeq),
          eb(
            'v.seq',
            '=',
            eb
              .selectFrom('resource_version as before')
              .select((inner) => inner.fn.max('before.seq').as('seq'))
              .whereRef('before.resource_id', '=', 'r.id')
              .whereRef('before.seq', '<', 'reader.since_seq'),
          ),
        ]),
      ]),
    )
    .orderBy('position')
    .limit(after.limit)
    .execute();
}

const placeColumns = [
  'v.seq',
  'v.resource_id',
  'v.version_no',
  'v.received_at',
  'r.source_id',
  'r.person_id',
  'r.type',
  'r.fhir_id',
  'r.gone_at',
  'source.sample',
] as const;
