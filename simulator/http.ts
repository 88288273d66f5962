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
};

/** Sends an answer, compressed only when the client asks for gzip. */
export async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { status, body, contentType, headers = {} }: Answer,
): Promise<void> {
  let bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const fields: Record<string, string> = { 'Content-Type': contentType, ...headers };
  if (bytes.length > 1024 && acceptsGzip(request)) {
    bytes = await compress(bytes, { level: constants.Z_BEST_SPEED });
    fields['Content-Encoding'] = 'gzip';
    fields.Vary = 'Accept-Encoding';
  }
  if (response.destroyed) return;
  response.writeHead(status, { ...fields, 'Content-Length': bytes.length });
  response.end(bytes);
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

function acceptsGzip(request: IncomingMessage): boolean {
  return /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
}
