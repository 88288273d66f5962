// Owns one chunk of a commit: what each resource is to what is stored (new, changed, unchanged), with the packing that
// follows from it; and the batch statements that write it, inside a transaction that commit.ts opens.

import { among, insertRows } from '../platform/db/bulk.ts';
import type { Db, Transaction } from '../platform/db/db.ts';
import { newOrderedId } from '../platform/ids.ts';
import { ownTurn } from '../platform/own-turn.ts';
import { noteAttachments } from './attachments.ts';
import { packTexts, unpackTexts } from './body.ts';
import { drawNumbers } from './counter.ts';
import { markBack } from './gone.ts';
import { judge, type Replays, replaysOf, type Slot, walkedReplay } from './judge.ts';
import { isLong, isSameBeside } from './same-text.ts';
import { noteSeen } from './seen.ts';
import { newSharedSeen, type SharedSeen, storeReaders } from './shared.ts';
import { type Pack, packsOf, textsIn } from './texts.ts';
import type { Counts, Packed, Prepared, PreparedPack, ResourceId, SourceId } from './types.ts';

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

/** What a chunk is to what is stored, and what of it is to be written: all that can be known before its transaction. */
export type JudgedChunk = {
  readonly resources: readonly Prepared[];
  readonly slots: ReadonlyMap<string, Slot>;
  readonly written: readonly Written[];
  /** The texts of what is written, in its order. */
  readonly texts: readonly Packed[];
  /** Unchanged ones that have attachments. */
  readonly same: readonly Written[];
  readonly tally: { readonly new: number; readonly changed: number; readonly unchanged: number };
};

/** Looks at some packs of a page. Until they are written nobody else may write resources of their source. */
export async function judgeChunk(
  db: Db,
  context: ChunkContext,
  packs: readonly PreparedPack[],
): Promise<JudgedChunk> {
  const resources = packs.flatMap((pack) => pack.resources);
  const slots = await readSlots(db, context.source, resources);
  const stored = await readTexts(db, slots, resources);
  await compareLong(context, slots, packs, stored);
  const replays = context.isResumed
    ? await replaysOf(db, context.stamp, slots, context.replays)
    : undefined;
  const written: Written[] = [];
  const texts: Packed[] = [];
  const same: Written[] = [];
  const tally = { new: 0, changed: 0, unchanged: 0 };
  for (const pack of packs) {
    const unpacked = lazily(() => unpackTexts(pack));
    const kept: number[] = [];
    for (const [n, resource] of pack.resources.entries()) {
      const key = keyOf(resource);
      const slot = slots.get(key);
      const text = () => unpacked()[n]?.toString('utf8') ?? '';
      const { verdict, writes } = slot
        ? judge({ ...resource, text }, slot, context.volatilePaths, replays?.get(slot.id))
        : { verdict: 'new' as const, writes: true };
      tally[verdict] += 1;
      if (slot && verdict === 'unchanged' && resource.attachments)
        same.push({ resource, slot, versionNo: slot.versionCount });
      if (!writes) continue;
      const at = slot ?? newSlot(context.stamp.question);
      slots.set(key, at);
      at.versionCount += 1;
      at.rawHash = resource.rawHash;
      at.currentText = text;
      written.push({ resource, slot: at, versionNo: at.versionCount });
      kept.push(n);
    }
    if (kept.length === pack.count) texts.push(pack);
    else if (kept.length > 0) texts.push(packTexts(kept.flatMap((n) => unpacked()[n] ?? [])));
  }
  return { resources, slots, written, texts, same, tally };
}

/** Stores a chunk that was judged and adds to the context's counts. */
export async function writeChunk(
  trx: Transaction,
  context: ChunkContext,
  chunk: JudgedChunk,
): Promise<void> {
  const { resources, slots, written, same, tally } = chunk;
  if (resources.length === 0) return;
  await writeVersions(trx, context, chunk);
  // Where the address of one has moved, or it was stored before attachments were known.
  await noteAttachments(
    trx,
    same.map((one) => ({ ...one, seq: one.slot.currentSeq })),
    context.receivedAt,
  );
  // What this very call wrote is no earlier attempt.
  if (context.isResumed) for (const { slot } of written) context.replays.set(slot.id, walkedReplay);
  await noteSeenAgain(trx, context, resources, slots);
  await storeReaders(trx, context.source, resources, context.shared, (n) => drawNumbers(trx, n));
  context.counts = {
    received: context.counts.received + resources.length,
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
      .where('id', 'in', among(moved.map((slot) => slot.id)))
      .execute();
  const back = [...seen].filter((slot) => slot.isGone).map((slot) => slot.id);
  await markBack(trx, { resources: back, run: stamp.run, at: receivedAt });
}

/** A resource with its place in the store. */
type Written = { readonly resource: Prepared; readonly slot: Slot; readonly versionNo: number };

function keyOf(resource: Pick<Prepared, 'type' | 'id' | 'person'>): string {
  return `${resource.type}\n${resource.id}\n${resource.person ?? ''}`;
}

function newSlot(seenBy: string | null): Slot {
  return {
    id: newOrderedId(),
    versionCount: 0,
    currentSeq: 0,
    rawHash: '',
    currentText: undefined,
    compared: undefined,
    firstReceivedAt: undefined,
    number: 0,
    seenBy,
    isGone: false,
  };
}

async function readSlots(
  db: Db,
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
    const rows = await db
      .selectFrom('resource')
      .selectAll()
      .where('source_id', '=', source)
      .where('type', '=', type)
      .where('fhir_id', 'in', among([...ids]))
      .execute();
    for (const row of rows) {
      slots.set(keyOf({ type, id: row.fhir_id, person: row.person_id }), {
        id: row.id,
        versionCount: row.version_count,
        currentSeq: row.current_seq,
        rawHash: row.raw_hash,
        currentText: undefined,
        compared: undefined,
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
  db: Db,
  slots: ReadonlyMap<string, Slot>,
  chunk: readonly Prepared[],
): Promise<readonly Pack[]> {
  const others = new Set<Slot>();
  for (const resource of chunk) {
    const slot = slots.get(keyOf(resource));
    if (slot && slot.rawHash !== resource.rawHash) others.add(slot);
  }
  const packs = await packsOf(
    db,
    [...others].map((slot) => slot.currentSeq),
  );
  const texts = textsIn(packs);
  for (const slot of others) {
    const seq = slot.currentSeq;
    slot.currentText = () => texts.get(seq) ?? '';
  }
  return packs;
}

/** Has what is long compared with what is stored in a thread, ahead of the verdicts. */
async function compareLong(
  { volatilePaths }: ChunkContext,
  slots: ReadonlyMap<string, Slot>,
  packs: readonly PreparedPack[],
  stored: readonly Pack[],
): Promise<void> {
  for (const { resources, ...pack } of packs)
    for (const [n, resource] of resources.entries()) {
      const slot = slots.get(keyOf(resource));
      if (!slot || slot.rawHash === resource.rawHash) continue;
      const before = stored.find(({ seq }) => seq === slot.currentSeq);
      if (!before || !(isLong(before) || isLong(pack))) continue;
      const texts = [
        { pack: before, n: 0 },
        { pack, n },
      ] as const;
      const isSame = await isSameBeside(...texts, volatilePaths);
      slot.compared = { from: slot.rawHash, to: resource.rawHash, isSame };
    }
}

async function writeVersions(
  trx: Transaction,
  context: ChunkContext,
  { written, texts }: JudgedChunk,
): Promise<void> {
  if (written.length === 0) return;
  const first = await drawNumbers(trx, written.length);
  const touched = new Map<ResourceId, Written>();
  for (const [index, entry] of written.entries()) {
    entry.slot.currentSeq = first + index;
    if (entry.slot.number === 0) entry.slot.number = first + index;
    touched.set(entry.slot.id, entry);
  }
  const resources = [...touched.values()].map((entry) => resourceRow(context, entry));
  await insertRows(trx, 'resource', resources, (insert) =>
    insert.onConflict((conflict) =>
      conflict.column('id').doUpdateSet((excluded) => ({
        version_count: excluded.ref('excluded.version_count'),
        current_seq: excluded.ref('excluded.current_seq'),
        raw_hash: excluded.ref('excluded.raw_hash'),
        changed_at: excluded.ref('excluded.changed_at'),
      })),
    ),
  );
  await ownTurn();
  const versions = written.map((entry, index) => ({
    seq: first + index,
    resource_id: entry.slot.id,
    person_id: entry.resource.person,
    version_no: entry.versionNo,
    raw_hash: entry.resource.rawHash,
    run_id: context.stamp.run,
    question_key: context.stamp.question,
    page_no: context.stamp.page,
    received_at: context.receivedAt,
  }));
  await insertRows(trx, 'resource_version', versions);
  await ownTurn();
  let seq = first;
  const bodies = texts.map(({ count, encoding, bytes }) => {
    seq += count;
    return { seq: seq - count, count, encoding, bytes };
  });
  await insertRows(trx, 'body', bodies);
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

function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
