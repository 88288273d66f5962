// Owns one chunk of a commit: what each resource is to what is stored (new, changed, unchanged),
// and the batch statements that write it. Runs inside a transaction that commit.ts opens.

import type { Transaction } from '../platform/db/db.ts';
import { newId } from '../platform/ids.ts';
import { noteAttachments } from './attachments.ts';
import { unpackText } from './body.ts';
import { drawNumbers } from './counter.ts';
import { markBack } from './gone.ts';
import { judge, type Replays, replaysOf, type Slot, walkedReplay } from './judge.ts';
import { noteSeen } from './seen.ts';
import { newSharedSeen, type SharedSeen, storeReaders } from './shared.ts';
import type { Counts, Prepared, ResourceId, SourceId } from './types.ts';

/** What stays the same, and what adds up, over the chunks of one call. */
export type ChunkContext = {
  readonly source: SourceId;
  readonly volatilePaths: readonly string[];
  readonly receivedAt: string;
  readonly stamp: { run: string; question: string | null; page: number | null };
  /** Whether an earlier call stored some chunks of this very page. */
  readonly isResumed: boolean;
  readonly replays: Replays;
  readonly shared: SharedSeen;
  counts: Counts;
};

export function newChunkContext(
  of: Omit<ChunkContext, 'replays' | 'shared' | 'counts'>,
): ChunkContext {
  return {
    ...of,
    replays: new Map(),
    shared: newSharedSeen(),
    counts: { received: 0, new: 0, changed: 0, unchanged: 0, setAside: 0 },
  };
}

/** Stores one chunk and adds to the context's counts. */
export async function writeChunk(
  trx: Transaction,
  context: ChunkContext,
  chunk: readonly Prepared[],
): Promise<void> {
  if (chunk.length === 0) return;
  const slots = await readSlots(trx, context.source, chunk);
  await readTexts(trx, slots, chunk);
  const replays = context.isResumed
    ? await replaysOf(trx, context.stamp, slots, context.replays)
    : undefined;
  const written: Written[] = [];
  const same: Written[] = [];
  const tally = { new: 0, changed: 0, unchanged: 0 };
  for (const resource of chunk) {
    const key = keyOf(resource);
    const slot = slots.get(key);
    const { verdict, writes } = slot
      ? judge(resource, slot, context.volatilePaths, replays?.get(slot.id))
      : { verdict: 'new' as const, writes: true };
    tally[verdict] += 1;
    if (slot && verdict === 'unchanged' && resource.attachments)
      same.push({ resource, slot, versionNo: slot.versionCount });
    if (!writes) continue;
    const at = slot ?? newSlot(context.stamp.question);
    slots.set(key, at);
    at.versionCount += 1;
    at.rawHash = resource.rawHash;
    at.currentText = () => unpackText(resource);
    written.push({ resource, slot: at, versionNo: at.versionCount });
  }
  await writeVersions(trx, context, written);
  // Where the address of one has moved, or it was stored before attachments were known.
  await noteAttachments(
    trx,
    same.map((one) => ({ ...one, seq: one.slot.currentSeq })),
    context.receivedAt,
  );
  // What this very call wrote is no earlier attempt.
  if (context.isResumed) for (const { slot } of written) context.replays.set(slot.id, walkedReplay);
  await noteSeenAgain(trx, context, chunk, slots);
  await storeReaders(trx, context.source, chunk, context.shared, (n) => drawNumbers(trx, n));
  context.counts = {
    received: context.counts.received + chunk.length,
    new: context.counts.new + tally.new,
    changed: context.counts.changed + tally.changed,
    unchanged: context.counts.unchanged + tally.unchanged,
    setAside: 0,
  };
}

/** For a question: what its chunk has seen, what of it another question reported before, what was gone and is back. */
async function noteSeenAgain(
  trx: Transaction,
  { stamp, receivedAt }: ChunkContext,
  chunk: readonly Prepared[],
  slots: ReadonlyMap<string, Slot>,
): Promise<void> {
  if (stamp.question === null) return;
  const seen = new Set(chunk.flatMap((resource) => slots.get(keyOf(resource)) ?? []));
  await noteSeen(
    trx,
    stamp.run,
    [...seen].map((slot) => slot.number),
  );
  const moved = [...seen].filter((slot) => slot.seenBy !== stamp.question);
  if (moved.length > 0)
    await trx
      .updateTable('resource')
      .set({ seen_by: stamp.question })
      .where(
        'id',
        'in',
        moved.map((slot) => slot.id),
      )
      .execute();
  const back = [...seen].filter((slot) => slot.isGone).map((slot) => slot.id);
  await markBack(trx, { resources: back, run: stamp.run, at: receivedAt });
}

type Written = { readonly resource: Prepared; readonly slot: Slot; readonly versionNo: number };

function keyOf(resource: Pick<Prepared, 'type' | 'id' | 'person'>): string {
  return `${resource.type}\n${resource.id}\n${resource.person ?? ''}`;
}

function newSlot(seenBy: string | null): Slot {
  return {
    id: newId(),
    versionCount: 0,
    currentSeq: 0,
    rawHash: '',
    currentText: undefined,
    firstReceivedAt: undefined,
    number: 0,
    seenBy,
    isGone: false,
  };
}

async function readSlots(
  trx: Transaction,
  source: SourceId,
  chunk: readonly Prepared[],
): Promise<Map<string, Slot>> {
  const idsByType = new Map<string, Set<string>>();
  for (const { type, id } of chunk) {
    const ids = idsByType.get(type);
    if (ids) ids.add(id);
    else idsByType.set(type, new Set([id]));
  }
  const slots = new Map<string, Slot>();
  for (const [type, ids] of idsByType) {
    const rows = await trx
      .selectFrom('resource')
      .selectAll()
      .where('source_id', '=', source)
      .where('type', '=', type)
      .where('fhir_id', 'in', [...ids])
      .execute();
    for (const row of rows) {
      slots.set(keyOf({ type, id: row.fhir_id, person: row.person_id }), {
        id: row.id,
        versionCount: row.version_count,
        currentSeq: row.current_seq,
        rawHash: row.raw_hash,
        currentText: undefined,
        firstReceivedAt: row.first_received_at,
        number: row.number,
        seenBy: row.seen_by,
        isGone: row.gone_at !== null,
      });
    }
  }
  return slots;
}

/** Reads the current text of what came with another hash: only there must the content be compared. */
async function readTexts(
  trx: Transaction,
  slots: ReadonlyMap<string, Slot>,
  chunk: readonly Prepared[],
): Promise<void> {
  const wanted = new Map<number, Slot>();
  for (const resource of chunk) {
    const slot = slots.get(keyOf(resource));
    if (slot && slot.rawHash !== resource.rawHash) wanted.set(slot.currentSeq, slot);
  }
  if (wanted.size === 0) return;
  const bodies = await trx
    .selectFrom('body')
    .selectAll()
    .where('seq', 'in', [...wanted.keys()])
    .execute();
  for (const body of bodies) {
    const slot = wanted.get(body.seq);
    if (slot) slot.currentText = () => unpackText(body);
  }
}

async function writeVersions(
  trx: Transaction,
  context: ChunkContext,
  written: readonly Written[],
): Promise<void> {
  if (written.length === 0) return;
  const first = await drawNumbers(trx, written.length);
  const touched = new Map<ResourceId, Written>();
  for (const [index, entry] of written.entries()) {
    entry.slot.currentSeq = first + index;
    if (entry.slot.number === 0) entry.slot.number = first + index;
    touched.set(entry.slot.id, entry);
  }
  await trx
    .insertInto('resource')
    .values([...touched.values()].map((entry) => resourceRow(context, entry)))
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet((excluded) => ({
        version_count: excluded.ref('excluded.version_count'),
        current_seq: excluded.ref('excluded.current_seq'),
        raw_hash: excluded.ref('excluded.raw_hash'),
        changed_at: excluded.ref('excluded.changed_at'),
      })),
    )
    .execute();
  await trx
    .insertInto('resource_version')
    .values(
      written.map((entry, index) => ({
        seq: first + index,
        resource_id: entry.slot.id,
        person_id: entry.resource.person,
        version_no: entry.versionNo,
        raw_hash: entry.resource.rawHash,
        run_id: context.stamp.run,
        question_key: context.stamp.question,
        page_no: context.stamp.page,
        received_at: context.receivedAt,
      })),
    )
    .execute();
  await trx
    .insertInto('body')
    .values(
      written.map(({ resource }, index) => ({
        seq: first + index,
        encoding: resource.encoding,
        bytes: resource.bytes,
      })),
    )
    .execute();
  await noteAttachments(
    trx,
    written.map((one, index) => ({ ...one, seq: first + index })),
    context.receivedAt,
  );
}

function resourceRow(context: ChunkContext, { resource, slot }: Written) {
  return {
    id: slot.id,
    source_id: context.source,
    person_id: resource.person,
    type: resource.type,
    fhir_id: resource.id,
    version_count: slot.versionCount,
    current_seq: slot.currentSeq,
    raw_hash: slot.rawHash,
    first_received_at: slot.firstReceivedAt ?? context.receivedAt,
    changed_at: context.receivedAt,
    number: slot.number,
    seen_by: slot.seenBy,
  };
}
