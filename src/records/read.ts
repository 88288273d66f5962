// Owns reading the records: for the chart (versions in order), for export (what is current) and for
// showing one record with its exact text. It writes nothing.

import type { ExpressionBuilder } from 'kysely';
import type { Db, Tables } from '../platform/db/db.ts';
import { ChartfoldError } from '../platform/errors.ts';
import { unpackText } from './body.ts';
import { readSource } from './sources.ts';
import type {
  CurrentRow,
  PersonId,
  ResourceId,
  SourceId,
  StoredResource,
  StoredVersion,
  VersionRow,
} from './types.ts';

const rowsPerRead = 200;

/**
 * A resource without its text.
 *
 * @throws record.not_found when there is none, or the person does not read it
 */
export async function readResource(
  db: Db,
  id: ResourceId,
  forPerson: PersonId,
): Promise<StoredResource> {
  const row = await db
    .selectFrom('resource as r')
    .selectAll()
    .where('r.id', '=', id)
    .where((eb) => readableBy(eb, forPerson))
    .executeTakeFirst();
  if (!row) throw new ChartfoldError('record.not_found');
  const source = await db
    .selectFrom('source')
    .selectAll()
    .where('id', '=', row.source_id)
    .executeTakeFirstOrThrow();
  return {
    id: row.id,
    source: readSource(source),
    person: row.person_id,
    type: row.type,
    fhirId: row.fhir_id,
    versionCount: row.version_count,
    currentSeq: row.current_seq,
    rawHash: row.raw_hash,
    firstReceivedAt: row.first_received_at,
    changedAt: row.changed_at,
  };
}

/**
 * The exact text: of a version by its number, or of a resource's current version by its id. Whether
 * it may be read is the caller's to know, by `readResource`.
 *
 * @throws record.not_found
 */
export async function rawOf(db: Db, of: number | ResourceId): Promise<string> {
  const body = await db
    .selectFrom('body')
    .selectAll()
    .where('seq', '=', (eb) =>
      typeof of === 'number'
        ? eb.val(of)
        : eb.selectFrom('resource').select('current_seq').where('id', '=', of),
    )
    .executeTakeFirst();
  if (!body) throw new ChartfoldError('record.not_found');
  return unpackText(body);
}

/** Every version of a resource, the first one first. */
export async function versionsOf(db: Db, resource: ResourceId): Promise<StoredVersion[]> {
  const rows = await db
    .selectFrom('resource_version')
    .selectAll()
    .where('resource_id', '=', resource)
    .orderBy('version_no')
    .execute();
  return rows.map((row) => ({
    seq: row.seq,
    resource: row.resource_id,
    versionNo: row.version_no,
    rawHash: row.raw_hash,
    run: row.run_id,
    question: row.question_key,
    page: row.page_no,
    receivedAt: row.received_at,
  }));
}

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
  const places = [...own, ...shared].sort((a, b) => a.position - b.position).slice(0, after.limit);
  const texts = await textsOf(
    db,
    places.map((place) => place.seq),
  );
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
    raw: texts.get(place.seq) ?? missingBody(place.seq),
  }));
}

/** How many resources a person reads, own and shared. */
export async function countResources(db: Db, person: PersonId): Promise<number> {
  const row = await db
    .selectFrom('resource as r')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where((eb) => readableBy(eb, person))
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** How many resources a source holds, of everyone. */
export async function countResourcesOf(db: Db, source: SourceId): Promise<number> {
  const row = await db
    .selectFrom('resource')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('source_id', '=', source)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/**
 * What a person reads, own and shared, as it stands when the reading begins; by type, then id. What
 * is stored meanwhile is not in it; what is deleted meanwhile ends it with an error.
 *
 * @throws record.not_found when a resource is deleted while it is being read
 */
export async function* listCurrent(db: Db, person: PersonId): AsyncGenerator<CurrentRow> {
  const rows = await db
    .selectFrom('resource as r')
    .select(['id', 'source_id', 'type', 'fhir_id', 'person_id', 'current_seq'])
    .where((eb) => readableBy(eb, person))
    .orderBy('type')
    .orderBy('fhir_id')
    .orderBy('id')
    .execute();
  for (let at = 0; at < rows.length; at += rowsPerRead) {
    const some = rows.slice(at, at + rowsPerRead);
    const texts = await textsOf(
      db,
      some.map((row) => row.current_seq),
    );
    for (const row of some) {
      const raw = texts.get(row.current_seq);
      if (raw === undefined) throw new ChartfoldError('record.not_found');
      yield {
        resource: row.id,
        source: row.source_id,
        type: row.type,
        fhirId: row.fhir_id,
        shared: row.person_id === null,
        seq: row.current_seq,
        raw,
      };
    }
  }
}

/** The current resources of one type, of everyone: for finding out whose a file is, not for showing. */
export async function currentOfType(
  db: Db,
  type: string,
): Promise<(CurrentRow & { readonly person: PersonId | null })[]> {
  const rows = await db
    .selectFrom('resource as r')
    .innerJoin('body', 'body.seq', 'r.current_seq')
    .selectAll()
    .where('r.type', '=', type)
    .orderBy('r.first_received_at')
    .orderBy('r.id')
    .execute();
  return rows.map((row) => ({
    resource: row.id,
    source: row.source_id,
    type: row.type,
    fhirId: row.fhir_id,
    person: row.person_id,
    shared: row.person_id === null,
    seq: row.current_seq,
    raw: unpackText(row),
  }));
}

/** Which of some ids a source shares, with the type of each: for references that name no type. */
export async function sharedWithIds(
  db: Db,
  source: SourceId,
  ids: readonly string[],
): Promise<{ type: string; id: string }[]> {
  const found: { type: string; id: string }[] = [];
  for (let at = 0; at < ids.length; at += rowsPerRead) {
    const rows = await db
      .selectFrom('resource')
      .select(['type', 'fhir_id'])
      .where('source_id', '=', source)
      .where('person_id', 'is', null)
      .where('fhir_id', 'in', ids.slice(at, at + rowsPerRead))
      .execute();
    for (const row of rows) found.push({ type: row.type, id: row.fhir_id });
  }
  return found;
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
  'source.sample',
] as const;

/** Own, or shared and referred to. For queries where `resource` goes by the name r. */
function readableBy(
  eb: ExpressionBuilder<Tables & { r: Tables['resource'] }, 'r'>,
  person: PersonId,
) {
  return eb.or([
    eb('r.person_id', '=', person),
    eb.and([
      eb('r.person_id', 'is', null),
      eb.exists(
        eb
          .selectFrom('shared_reader as reader')
          .select('reader.since_seq')
          .where('reader.person_id', '=', person)
          .whereRef('reader.source_id', '=', 'r.source_id')
          .whereRef('reader.type', '=', 'r.type')
          .whereRef('reader.fhir_id', '=', 'r.fhir_id'),
      ),
    ]),
  ]);
}

async function textsOf(db: Db, seqs: readonly number[]): Promise<Map<number, string>> {
  const texts = new Map<number, string>();
  for (let at = 0; at < seqs.length; at += rowsPerRead) {
    const some = seqs.slice(at, at + rowsPerRead);
    const bodies = await db.selectFrom('body').selectAll().where('seq', 'in', some).execute();
    for (const body of bodies) texts.set(body.seq, unpackText(body));
  }
  return texts;
}

function missingBody(seq: number): never {
  throw new Error(`Version ${seq} has no text`);
}
