// Owns reading the records: what is current, for export, and one record with its versions and its
// exact text. The order in which versions came is feed.ts. It writes nothing.

import type { ExpressionBuilder } from 'kysely';
import type { Db, Tables } from '../platform/db/db.ts';
import { ChartfoldError } from '../platform/errors.ts';
import { ownTurn } from '../platform/own-turn.ts';
import { readSource } from './sources.ts';
import { textsOf } from './texts.ts';
import type {
  CurrentRow,
  PersonId,
  ResourceId,
  SourceId,
  StoredResource,
  StoredVersion,
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
    goneAt: row.gone_at,
  };
}

/**
 * The exact text: of a version by its number, or of a resource's current version by its id. Whether
 * it may be read is the caller's to know, by `readResource`.
 *
 * @throws record.not_found
 */
export async function rawOf(db: Db, of: number | ResourceId): Promise<string> {
  const seq = typeof of === 'number' ? of : await currentSeq(db, of);
  const text = seq === undefined ? undefined : (await textsOf(db, [seq])).get(seq);
  if (text === undefined) throw new ChartfoldError('record.not_found');
  return text;
}

async function currentSeq(db: Db, id: ResourceId): Promise<number | undefined> {
  const row = await db
    .selectFrom('resource')
    .select('current_seq')
    .where('id', '=', id)
    .executeTakeFirst();
  return row?.current_seq;
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

/** How many resources a person reads, own and shared. */
export async function countResources(db: Db, person: PersonId): Promise<number> {
  const row = await db
    .selectFrom('resource as r')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where((eb) => readableBy(eb, person))
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** How many resources each of some sources holds, of everyone; one that holds none is not in the answer. */
export async function countResourcesBySource(
  db: Db,
  sources: readonly SourceId[],
): Promise<Map<SourceId, number>> {
  const rows = await db
    .selectFrom('resource')
    .select((eb) => ['source_id', eb.fn.countAll<number>().as('count')])
    .where('source_id', 'in', [...sources])
    .groupBy('source_id')
    .execute();
  return new Map(rows.map((row) => [row.source_id, Number(row.count)]));
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
 * What some people read, own and shared, or with null all that is stored, each once; as it stands when the reading
 * begins, by type, then in the order in which it came. What is stored meanwhile is not in it; what is deleted meanwhile
 * ends it with an error.
 *
 * @throws record.not_found when a resource is deleted while it is being read
 */
export async function* listCurrent(
  db: Db,
  people: readonly PersonId[] | null,
): AsyncGenerator<CurrentRow> {
  const rows = await db
    .selectFrom('resource as r')
    .select(['id', 'source_id', 'type', 'fhir_id', 'person_id', 'current_seq'])
    .$if(people !== null, (query) =>
      query.where((eb) => eb.or((people ?? []).map((person) => readableBy(eb, person)))),
    )
    .orderBy('type')
    .orderBy('current_seq')
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
        person: row.person_id,
        shared: row.person_id === null,
        seq: row.current_seq,
        raw,
      };
    }
  }
}

/** The current texts of a source, in steps with a turn each: for gathering what they refer to. */
export async function* rawTextsOf(db: Db, source: SourceId): AsyncGenerator<string> {
  let after = 0;
  for (;;) {
    await ownTurn();
    const rows = await db
      .selectFrom('resource_version as v')
      .innerJoin('resource as r', 'r.current_seq', 'v.seq')
      .select('v.seq')
      .whereRef('r.id', '=', 'v.resource_id')
      .where('r.source_id', '=', source)
      .where('v.seq', '>', after)
      .orderBy('v.seq')
      .limit(rowsPerRead)
      .execute();
    const last = rows.at(-1);
    if (!last) return;
    after = last.seq;
    const seqs = rows.map(({ seq }) => seq);
    const texts = await textsOf(db, seqs);
    for (const seq of seqs) yield texts.get(seq) ?? '';
  }
}

/** The current resources of one type, of everyone: for finding out whose a file is, not for showing. */
export async function currentOfType(db: Db, type: string): Promise<CurrentRow[]> {
  const rows = await db
    .selectFrom('resource')
    .selectAll()
    .where('type', '=', type)
    .orderBy('first_received_at')
    .orderBy('id')
    .execute();
  const texts = await textsOf(
    db,
    rows.map((row) => row.current_seq),
  );
  return rows.map((row) => ({
    resource: row.id,
    source: row.source_id,
    type: row.type,
    fhirId: row.fhir_id,
    person: row.person_id,
    shared: row.person_id === null,
    seq: row.current_seq,
    raw: texts.get(row.current_seq) ?? '',
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
