// Owns every call to another machine: the only user of fetch. Time limits, size caps, no blind redirects.
// Knows nothing of tokens or FHIR; errors never quote an address with its query.

import { ChartfoldError } from './errors.ts';

export type OutboundOptions = {
  /** For the whole call, body included. */
  readonly timeoutMs?: number;
  /** Of the body, after decompression. */
  readonly maxBytes?: number;
};

/** A `fetch` that keeps to the limits; redirects come back as they are and are never followed. */
export type Outbound = (url: string, init?: RequestInit & OutboundOptions) => Promise<Response>;

const DEFAULTS = { timeoutMs: 30_000, maxBytes: 64 * 1024 * 1024 };

/**
 * Calls another machine and reads the whole answer.
 * @throws `net.unreachable`, `net.timeout`, `net.too_large`
 */
export const outbound: Outbound = async (url, init = {}) => {
  const { timeoutMs = DEFAULTS.timeoutMs, maxBytes = DEFAULTS.maxBytes, ...request } = init;
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = request.signal ? AbortSignal.any([request.signal, timeout]) : timeout;
  const where = hostOf(url);
  try {
    const response = await fetch(url, { ...request, redirect: 'manual', signal });
    const body = await readCapped(response, maxBytes, where);
    const bodyless = response.status === 204 || response.status === 304 || response.status < 200;
    return new Response(bodyless ? null : body, {
      status: response.status,
      statusText: response.statusText,
      headers: withoutTransferHeaders(response.headers),
    });
  } catch (cause) {
    if (cause instanceof ChartfoldError) throw cause;
    if (request.signal?.aborted) throw request.signal.reason;
    const code = timeout.aborted ? 'net.timeout' : 'net.unreachable';
    throw new ChartfoldError(code, { detail: where, cause });
  }
};

async function readCapped(
  response: Response,
  maxBytes: number,
  where: string,
): Promise<Buffer<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes) {
      throw new ChartfoldError('net.too_large', { detail: `${where}, over ${maxBytes} bytes` });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

/** The body is decoded and whole by now; headers about its transfer would be untrue. */
function withoutTransferHeaders(headers: Headers): Headers {
  const kept = new Headers(headers);
  for (const name of ['content-encoding', 'content-length', 'transfer-encoding']) kept.delete(name);
  return kept;
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'not an address';
}
