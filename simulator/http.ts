// The little HTTP that every part of the simulator needs: reading a form, sending an answer. No routes.

import { Buffer } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';

/** A whole answer. */
export type Answer = {
  readonly status: number;
  readonly body: string | Buffer;
  readonly contentType: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Of a body that is compressed already. */
  readonly coding?: 'gzip';
};

/** Sends an answer, compressed only when the client asks for gzip. */
export async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  reply: Answer,
): Promise<void> {
  const isPacked = reply.body.length > 1024 && acceptsGzip(request);
  const {
    status,
    body,
    contentType,
    headers = {},
    coding,
  } = isPacked ? await packed(reply) : reply;
  if (response.destroyed) return;
  response.writeHead(status, {
    'Content-Type': contentType,
    ...headers,
    ...(coding && { 'Content-Encoding': coding, Vary: 'Accept-Encoding' }),
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(body);
}

/** An answer with its body compressed. */
export async function packed(reply: Answer): Promise<Answer> {
  return reply.coding ? reply : { ...reply, body: await compressed(reply.body), coding: 'gzip' };
}

/** Sends a value as JSON. */
export function answerJson(
  request: IncomingMessage,
  response: ServerResponse,
  value: unknown,
  status = 200,
): Promise<void> {
  return answer(request, response, {
    status,
    body: `${JSON.stringify(value)}\n`,
    contentType: 'application/json',
  });
}

/** A request body that is larger than anything the simulator takes. */
export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge';
}

/** Reads a whole request body. @throws {BodyTooLarge} over the limit, 1 MB by default */
export async function readBody(request: IncomingMessage, limit = 1_000_000): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) throw new BodyTooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Reads a body of `application/x-www-form-urlencoded`. */
export async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  return new URLSearchParams((await readBody(request, 64_000)).toString());
}

const compress = promisify(gzip);

/**
 * Room for texts on their way to be compressed, used again and again. Each page's own would be let go only by a
 * collection of all garbage, and would ask for one every few hundred pages: with a million resources that is seconds.
 */
const rooms: Buffer[] = [];
const ROOM_BYTES = 2 * 1024 * 1024;
/** UTF-8 takes three bytes at most for each unit of a string. */
const MOST_UNITS = Math.floor(ROOM_BYTES / 3);

async function compressed(body: string | Buffer): Promise<Buffer> {
  const options = { level: constants.Z_BEST_SPEED };
  if (typeof body !== 'string' || body.length > MOST_UNITS) return compress(body, options);
  const room = rooms.pop() ?? Buffer.allocUnsafeSlow(ROOM_BYTES);
  try {
    return await compress(room.subarray(0, room.write(body)), options);
  } finally {
    rooms.push(room);
  }
}

/** Whether a client takes what is compressed. */
export function acceptsGzip(request: IncomingMessage): boolean {
  return /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
}
