// Owns the address of a record's files: whole or in ranges, each with the headers that keep it from being a page.

import { z } from 'zod';
import { openAttachment } from '../../chart/attachment.ts';
import { ChartfoldError } from '../../platform/errors.ts';
import { type Api, answerRoute, type ApiContext, parameter } from '../api.ts';
import { attachmentHeaders } from '../present/attachment.ts';
import { readRange } from '../range.ts';
import { ofPerson } from './people.ts';

/** What tells a file's true type. */
const beginningBytes = 16;

export function attachmentRoutes(api: Api): void {
  const { app } = api;
  answerRoute(
    api,
    {
      path: '/api/people/{person}/records/{record}/attachments/{n}',
      summary:
        'A file of a record, by its number from 0, with its own type; ranges of bytes are answered',
      access: { act: 'record.read', audit: 'read', of: ofPerson, missing: 'person.not_found' },
      type: 'application/octet-stream',
      reply: z.string(),
    },
    async (c, { personId, sight, saw }) => {
      const of = { record: parameter(c, 'record'), n: numberIn(c) };
      const file = await openAttachment(app.db, personId, of, sight);
      saw({ attachment: 1 });
      const beginning = await first(
        file.read({ from: 0, to: Math.min(beginningBytes, file.bytes) }),
      );
      const etag = `"${file.tag}"`;
      const headers = { ...attachmentHeaders({ ...file, beginning }), etag };
      const range = readRange(wantedRange(c, etag), file.bytes);
      if (range === 'none-of-it')
        return c.body(null, 416, { ...headers, 'content-range': `bytes */${file.bytes}` });
      const { from, to } = range === 'whole' ? { from: 0, to: file.bytes } : range;
      const body = streamOf(file.read({ from, to }));
      const length = { ...headers, 'content-length': String(to - from) };
      if (range === 'whole') return c.body(body, 200, length);
      const place = `bytes ${from}-${to - 1}/${file.bytes}`;
      return c.body(body, 206, { ...length, 'content-range': place });
    },
  );
}

/** @throws `record.not_found` for what is no number */
function numberIn(c: ApiContext): number {
  const n = parameter(c, 'n');
  if (!/^\d{1,4}$/.test(n)) throw new ChartfoldError('record.not_found');
  return Number(n);
}

/** A range of what was there before is no range of what is there now (RFC 9110 section 13.1.5). */
function wantedRange(c: ApiContext, etag: string): string | undefined {
  const condition = c.req.header('if-range');
  return condition === undefined || condition === etag ? c.req.header('range') : undefined;
}

/** A piece is read when the one before has gone. */
function streamOf(pieces: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const each = pieces[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>({
    async pull(stream) {
      const { done, value } = await each.next();
      if (done) stream.close();
      else stream.enqueue(value);
    },
    async cancel() {
      await each.return?.();
    },
  });
}

async function first(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  for await (const piece of pieces) return piece;
  return new Uint8Array();
}
