// Owns every call to another machine: nobody else makes one. Time limits, size caps, no blind redirects, no way into
// private networks but by the operator's word. Knows nothing of tokens or FHIR; errors never quote an address with its
// query.

import { lookup as lookUp } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import type { Readable } from 'node:stream';
import { Agent, type Dispatcher, request as send } from 'undici';
import { isPublicAddress } from './addresses.ts';
import { CODINGS_TAKEN, unpacking } from './content-coding.ts';
import { ChartfoldError } from './errors.ts';

export type OutboundOptions = {
  /** For the whole call, body included. */
  readonly timeoutMs?: number;
  /** Of the body: unpacked, or as it came where it is left packed. */
  readonly maxBytes?: number;
  /** Takes the pieces of a body with status 200 as they come; the answer then has none. For what is too large to hold. */
  readonly taking?: (piece: Uint8Array<ArrayBuffer>) => void;
  /**
   * Leaves a body with status 200 packed as it came, with its Content-Encoding: for who unpacks it in a thread, and caps
   * there what it unpacks to.
   */
  readonly leavePacked?: boolean;
  /** Sees how a body with status 200 begins, as it is kept, while the rest is still on its way; not of a short one. */
  readonly seeing?: (beginning: Buffer, headers: Headers) => void;
};

/** How much of a beginning is seen: more than what an answer says of itself first, and soon looked at. */
const BEGINNING_BYTES = 8 * 1024;

/** Of what is kept after it. */
const PIECE_BYTES = 64 * 1024;

/**
 * A `fetch` that keeps to the limits; redirects come back as they are and are never followed. The body has been read
 * when it resolves: `piecesOf` gives it without a copy.
 */
export type Outbound = (url: string, init?: RequestInit & OutboundOptions) => Promise<Response>;

/** Of HTTP/2 the library takes a stream that was reset (RFC 9113 section 6.4) for a body that has ended. */
const BY_HTTP_1 = { allowH2: false };

/** Those that a Response takes without a body alone (Fetch, "null body status"); the ones below 200 never come so far. */
const BODYLESS = [204, 205, 304];

const DEFAULTS = { timeoutMs: 30_000, maxBytes: 64 * 1024 * 1024 };

/**
 * Makes the way out. What a person or a portal names must lie on the public internet, looked at when the connection is
 * opened, so that a name that changes its mind (DNS rebinding) gets no further. Hosts that the operator wrote may lie
 * anywhere: `own`, each as `host` or `host:port`.
 */
export function createOutbound(own: {
  has(host: string): boolean;
}): Outbound & { close(): Promise<void> } {
  const anywhere = new Agent(BY_HTTP_1);
  const publicOnly = new Agent({ ...BY_HTTP_1, connect: { lookup: lookUpPublic } });
  /**
   * Calls another machine and reads the whole answer.
   * @throws `net.unreachable`, `net.untrusted`, `net.timeout`, `net.too_large`, `net.private_address`
   */
  const outbound: Outbound = async (url, init = {}) => {
    const {
      timeoutMs = DEFAULTS.timeoutMs,
      maxBytes = DEFAULTS.maxBytes,
      taking,
      leavePacked = false,
      seeing,
      ...request
    } = init;
    const timeout = AbortSignal.timeout(timeoutMs);
    const signal = request.signal ? AbortSignal.any([request.signal, timeout]) : timeout;
    const where = hostOf(url);
    const isOwn = own.has(where);
    try {
      if (!isOwn) refusePrivate(url);
      const answer = await call(url, request, signal, isOwn ? anywhere : publicOnly);
      const { status } = answer;
      const isGiven = status === 200;
      const isPacked = isGiven && leavePacked;
      const coding = answer.headers.get('content-encoding');
      const body = isPacked ? answer.body : unpacking(answer.body, coding);
      const headers = withoutTransferHeaders(answer.headers, isPacked);
      const pieces: Uint8Array<ArrayBuffer>[] = [];
      const keep = (piece: Uint8Array<ArrayBuffer>) => {
        const isBeginning = pieces.push(piece) === 1 && piece.byteLength === BEGINNING_BYTES;
        if (isGiven && isBeginning) seeing?.(Buffer.from(piece.buffer), headers);
      };
      await readCapped(body, maxBytes, where, (isGiven && taking) || keep);
      return new Response(BODYLESS.includes(status) ? null : streamOf(pieces), {
        status,
        headers,
      });
    } catch (cause) {
      if (cause instanceof ChartfoldError) throw cause;
      if (request.signal?.aborted) throw request.signal.reason;
      const refused = refusalIn(cause);
      if (refused) throw refused;
      throw new ChartfoldError(timeout.aborted ? 'net.timeout' : codeOf(cause), {
        detail: where,
        cause,
      });
    }
  };
  const close = async () => {
    await Promise.all([anywhere.destroy(), publicOnly.destroy()]);
  };
  return Object.assign(outbound, { close });
}

/**
 * The body of an answer as it stands in memory, each piece in a buffer of its own: to be moved to a thread and put
 * together there, since a copy of megabytes would hold the main loop up.
 */
export async function piecesOf(answer: Response): Promise<Uint8Array<ArrayBuffer>[]> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  const reader = answer.body?.getReader();
  for (let read = await reader?.read(); read && !read.done; read = await reader?.read())
    pieces.push(read.value as Uint8Array<ArrayBuffer>);
  return pieces;
}

/** Headers that a server may be asked with, where the caller says nothing else. */
const ASKED_WITH = { accept: '*/*', 'accept-encoding': CODINGS_TAKEN, 'user-agent': 'Chartfold' };

/** An answer whose body is still to be read, and packed as it came. */
type Answer = Pick<Response, 'status' | 'headers'> & { readonly body: Readable };

/** By the one library whose connections can be looked at. A redirect is an answer like any other. */
async function call(
  url: string,
  request: RequestInit,
  signal: AbortSignal,
  dispatcher: Dispatcher,
): Promise<Answer> {
  // What a body is, and by which type it is told, is for the platform to say: a text, the fields of a form.
  const given = new Response(request.body ?? null);
  const headers = new Headers({ ...ASKED_WITH, ...Object.fromEntries(given.headers) });
  for (const [name, value] of new Headers(request.headers)) headers.set(name, value);
  const answer = await send(url, {
    method: (request.method ?? 'GET') as Dispatcher.HttpMethod,
    headers: Object.fromEntries(headers),
    body: given.body && Buffer.from(await given.arrayBuffer()),
    signal,
    dispatcher,
  });
  const told = new Headers();
  for (const [name, values] of Object.entries(answer.headers))
    for (const value of [values ?? []].flat()) told.append(name, value);
  return { status: answer.statusCode, headers: told, body: answer.body };
}

/** An address written as a number is not looked up, so it is judged before. */
function refusePrivate(url: string): void {
  if (!URL.canParse(url)) return;
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && !isPublicAddress(host)) throw privateAddress(hostOf(url));
}

/** Every address that a name has must be public: one that is not shows what the name is for. */
const lookUpPublic: LookupFunction = (name, options, done) => {
  lookUp(name, { ...options, all: true }, (error, addresses) => {
    if (error) return done(error, []);
    if (addresses.some(({ address }) => !isPublicAddress(address)))
      return done(privateAddress(name), []);
    const [first] = addresses;
    if (options.all || !first) return done(null, addresses);
    return done(null, first.address, first.family);
  });
};

function privateAddress(where: string): ChartfoldError {
  return new ChartfoldError('net.private_address', { detail: where });
}

/** Our own refusal, where the library has wrapped it. */
function refusalIn(error: unknown): ChartfoldError | undefined {
  if (error instanceof ChartfoldError) return error;
  return error instanceof Error && error.cause ? refusalIn(error.cause) : undefined;
}

/** What Node says where a certificate, or the name in it, did not hold. */
const UNTRUSTED = /^(CERT_|ERR_TLS_CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_(GET|VERIFY)_)/;

function codeOf(error: unknown): 'net.untrusted' | 'net.unreachable' {
  for (let at = error; at instanceof Error; at = at.cause)
    if ('code' in at && UNTRUSTED.test(String(at.code))) return 'net.untrusted';
  return 'net.unreachable';
}

/**
 * Gives each piece in a buffer of its own, so that it can be moved to a thread: the beginning, then larger ones, however
 * small those are that a server sends.
 */
async function readCapped(
  body: Readable,
  maxBytes: number,
  where: string,
  take: (piece: Uint8Array<ArrayBuffer>) => void,
): Promise<void> {
  let size = 0;
  let piece = new Uint8Array(BEGINNING_BYTES);
  let filled = 0;
  for await (const sent of body as AsyncIterable<Uint8Array>) {
    size += sent.byteLength;
    if (size > maxBytes) {
      throw new ChartfoldError('net.too_large', { detail: `${where}, over ${maxBytes} bytes` });
    }
    for (let at = 0; at < sent.byteLength; ) {
      const some = sent.subarray(at, at + piece.byteLength - filled);
      piece.set(some, filled);
      at += some.byteLength;
      filled += some.byteLength;
      if (filled < piece.byteLength) continue;
      take(piece);
      piece = new Uint8Array(PIECE_BYTES);
      filled = 0;
    }
  }
  if (filled > 0) take(piece.slice(0, filled));
}

function streamOf(pieces: readonly Uint8Array<ArrayBuffer>[]): ReadableStream<Uint8Array> {
  const left = pieces.values();
  return new ReadableStream({
    pull(controller) {
      const { value, done } = left.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
}

/** The body is whole by now, and mostly unpacked; headers about its transfer would be untrue. */
function withoutTransferHeaders(headers: Headers, isPacked: boolean): Headers {
  const kept = new Headers(headers);
  for (const name of ['content-length', 'transfer-encoding']) kept.delete(name);
  if (!isPacked) kept.delete('content-encoding');
  return kept;
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'not an address';
}
