// The contract of attachments, for every dialect: noted with their version, kept whole under one name, counted, and gone
// with their source.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  chunkBytes,
  contentKey,
  keepAttachment,
  nameOfContent,
  readContent,
  verifyContents,
} from './attachment-content.ts';
import { addQuestion, attachmentsOf, dueAttachments, setAttachmentsAside } from './attachments.ts';
import { now, type OpenStore, openScene, person, type Scene } from './contract-aids.ts';
import { deleteSource } from './sources.ts';
import type { Incoming } from './types.ts';

const question = 'files';

export function describeAttachments(dialect: string, open: OpenStore): void {
  let scene: Scene;
  beforeEach(async () => {
    scene = await openScene(open);
    const planned = { key: question, label: 'Files', type: 'Binary', request: '', why: '' };
    await addQuestion(scene.db, scene.run, planned);
  });
  afterEach(() => scene.store.close());

  const doc = (id: string, url: string, more: object = {}): Incoming => {
    const content = [
      { attachment: { contentType: 'application/pdf', url } },
      { attachment: { contentType: 'text/plain', data: 'aGVsbG8=', title: 'Inside' } },
      { attachment: {} },
    ];
    const raw = JSON.stringify({ resourceType: 'DocumentReference', id, content, ...more });
    return { type: 'DocumentReference', id, raw, person };
  };
  const due = (at = now) =>
    dueAttachments(scene.db, { source: scene.source, now: at, after: { seq: 0, n: 0 }, most: 9 });
  const bytesOf = (length: number, seed = 7) =>
    Uint8Array.from({ length }, (_, n) => (n * seed) % 251);
  async function keep(bytes: Uint8Array): Promise<string> {
    const [at] = await due();
    if (!at) throw new Error('nothing is due');
    const id = nameOfContent(await contentKey(scene.db), bytes);
    const content = { id, bytes, type: 'application/pdf' };
    await keepAttachment(scene.db, { run: scene.run, question, at, content, now });
    return id;
  }
  async function read(id: string, from: number, to: number): Promise<Buffer> {
    const pieces: Uint8Array[] = [];
    for await (const piece of readContent(scene.db, id, { from, to })) pieces.push(piece);
    return Buffer.concat(pieces);
  }
  const count = async (table: 'attachment' | 'attachment_chunk' | 'attachment_content') =>
    (await scene.db.selectFrom(table).selectAll().execute()).length;

  describe(`attachments on ${dialect}`, () => {
    it('are noted with their version: how each comes, and what is to be asked for', async () => {
      await scene.commit([doc('d', 'Binary/1')]);
      const [seen] = await due();
      expect(await attachmentsOf(scene.db, seen?.seq ?? 0)).toMatchObject([
        { n: 0, comes: 'reference', state: 'waiting', address: 'Binary/1' },
        { n: 1, comes: 'inline', state: 'kept', title: 'Inside', bytes: 5, contentId: null },
        { n: 2, comes: 'absent', state: 'absent', place: 'content[2].attachment' },
      ]);
      expect(await due()).toMatchObject([{ n: 0, address: 'Binary/1', tries: 0 }]);
    });

    it('are those of the current version alone when they are asked for', async () => {
      await scene.commit([doc('d', 'Binary/1')]);
      await scene.commit([doc('d', 'Binary/2')]);
      expect(await due()).toMatchObject([{ address: 'Binary/2' }]);
    });

    it('take the address that came last where it alone has moved', async () => {
      const volatilePaths = ['content.attachment.url?'];
      await scene.commit([doc('d', 'Binary/1?sig=1')], { volatilePaths });
      const counts = await scene.commit([doc('d', 'Binary/1?sig=2')], { volatilePaths });
      expect(counts).toMatchObject({ unchanged: 1 });
      expect(await due()).toMatchObject([{ address: 'Binary/1?sig=2' }]);
    });

    it('have content that is kept whole over chunks and read from anywhere to anywhere', async () => {
      await scene.commit([doc('d', 'Binary/1')]);
      const bytes = bytesOf(chunkBytes * 5 + 17);
      const id = await keep(bytes);
      expect(Buffer.compare(await read(id, 0, bytes.length), bytes)).toBe(0);
      for (const [from, to] of [
        [0, 1],
        [chunkBytes - 1, chunkBytes + 1],
        [chunkBytes, chunkBytes * 2],
        [bytes.length - 3, bytes.length],
      ] as const)
        expect(Buffer.compare(await read(id, from, to), bytes.subarray(from, to))).toBe(0);
      expect(await due()).toEqual([]);
      expect(await scene.question(question)).toMatchObject({ received: 1, new: 1, setAside: 0 });
    });

    it('that are the same file are kept once', async () => {
      await scene.commit([doc('a', 'Binary/1'), doc('b', 'Binary/2')]);
      const first = await keep(bytesOf(99));
      expect(await keep(bytesOf(99))).toBe(first);
      expect(await count('attachment_content')).toBe(1);
    });

    it('that do not come are due again when it is said, and counted with why', async () => {
      await scene.commit([doc('d', 'Binary/1')]);
      const [at] = await due();
      const why = {
        state: 'failed',
        code: 'fhir.server_error',
        httpStatus: 500,
        tries: 1,
      } as const;
      const nextTryAt = now + 1_000;
      if (at)
        await setAttachmentsAside(scene.db, {
          run: scene.run,
          question,
          at: [at],
          ...why,
          nextTryAt,
        });
      expect(await due(now + 999)).toEqual([]);
      expect(await due(now + 1_000)).toMatchObject([{ tries: 1 }]);
      expect(await scene.question(question)).toMatchObject({
        setAside: 1,
        setAsideWhy: [{ code: 'fhir.server_error', type: 'Binary', count: 1 }],
      });
    });

    it('with a changed byte or a missing part are found', async () => {
      await scene.commit([doc('a', 'Binary/1'), doc('b', 'Binary/2')]);
      const first = await keep(bytesOf(chunkBytes + 5));
      const second = await keep(bytesOf(chunkBytes + 5, 11));
      const faults = async () => {
        const found: Record<string, string | null> = {};
        for await (const { id, what } of verifyContents(scene.db)) found[id] = what;
        return found;
      };
      expect(await faults()).toEqual({ [first]: null, [second]: null });
      const { db } = scene;
      const chunk = db.updateTable('attachment_chunk').set({ bytes: bytesOf(5, 3) });
      await chunk.where('content_id', '=', first).where('n', '=', 1).execute();
      const part = db.deleteFrom('attachment_chunk').where('content_id', '=', second);
      await part.where('n', '=', 0).execute();
      expect(await faults()).toEqual({
        [first]: 'its content is not what was received',
        [second]: 'a part of its content is missing',
      });
    });

    it('go with their source, and their content with the last that refers to it', async () => {
      await scene.commit([doc('d', 'Binary/1')]);
      await keep(bytesOf(chunkBytes * 20));
      await deleteSource(scene.db, scene.source);
      expect(await count('attachment')).toBe(0);
      expect(await count('attachment_chunk')).toBe(0);
      expect(await count('attachment_content')).toBe(0);
    });
  });
}
