// Owns asking for one page: retried with back-off where that can help, every failure given its code.
// All of a sync's network is here. Nothing is stored here.

import type { AuthorisedFetch } from '../connections/authorised-fetch.ts';
import { longestPauseMs } from '../connections/pace.ts';
import { outcomeText } from '../fhir/outcome.ts';
import type { Clock } from '../platform/clock.ts';
import { asChartfoldError, ChartfoldError, type ErrorCode } from '../platform/errors.ts';
import { piecesOf } from '../platform/outbound.ts';
import type { Portal, PortalHooks } from '../portals/portal.ts';
import { nextLinkIn } from './beginning.ts';
import { type PageBytes, type ReadPage, readPage } from './read-page.ts';

export type PageAnswer =
  | { readonly ok: true; readonly page: ReadPage; readonly retries: number }
  | {
      readonly ok: false;
      readonly error: ChartfoldError;
      /** The portal's own words: for the receipt, not for a log. */
      readonly said: string | null;
      readonly httpStatus: number | null;
      readonly retries: number;
    };

/**
 * `address`: absolute, or below the FHIR base. `heard` is told the link to the next page as soon as the page has begun to
 * come, where it stands there, and again where it is tried again: what the page then says is what counts.
 */
export type FetchPage = (
  address: string,
  signal: AbortSignal,
  heard?: (next: string | null) => void,
) => Promise<PageAnswer>;

/** Trying again can help with these; of the rest the first answer stands. */
const WORTH_RETRYING: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'fhir.server_error',
  'fhir.rate_limited',
  'fhir.not_json',
  'fhir.truncated',
  'fhir.not_a_bundle',
  'net.unreachable',
  'net.timeout',
  // Met while access was renewed on the way.
  'smart.discovery_failed',
  'smart.token_reply_invalid',
]);
/** A fetcher of pages for one connection. It throws only when `signal` is aborted. */
export function createFetchPage(
  portal: AuthorisedFetch,
  options: {
    requests: Portal['requests'];
    hooks: PortalHooks;
    clock: Clock;
    /** What of a page is asked about, and gathered. */
    reads: Pick<PageBytes, 'about' | 'referenced'>;
    random?: () => number;
  },
): FetchPage {
  const { requests, hooks, clock, reads, random = Math.random } = options;

  return async (address, signal, heard) => {
    for (let attempt = 1; ; attempt += 1) {
      const tried = await tryOnce(address, signal, heard);
      if (tried.ok) return { ...tried, retries: attempt - 1 };
      const isLast = attempt >= requests.attempts || !WORTH_RETRYING.has(tried.error.code);
      const backoff = requests.backoffMs * 2 ** (attempt - 1) * (0.5 + random());
      const pause = tried.pauseMs ?? backoff;
      if (isLast || pause > longestPauseMs) return { ...tried, retries: attempt - 1 };
      await clock.wait(pause, signal);
    }
  };

  async function tryOnce(...[address, signal, heard]: Parameters<FetchPage>) {
    let status: number | null = null;
    try {
      const response = await portal.get(address, {
        timeoutMs: requests.timeoutMs,
        signal,
        leavePacked: true,
        ...(heard && { seeing: (bytes, headers) => heard(nextLinkIn(bytes, headers)) }),
      });
      status = response.status;
      const page = status === 200 ? await pageIn(response) : null;
      if (page && !page.refusal) return { ok: true as const, page };
      // What a failed answer says is shown, not stored: it may be read as well as can be.
      const refusal = page?.refusal ?? { status, text: await response.text() };
      const { error, said } = classify(refusal.status, refusal.text, hooks);
      const pauseMs = retryAfter(response, clock);
      if (error.code === 'fhir.rate_limited') portal.tooMany(pauseMs);
      return { ok: false as const, error, said, httpStatus: status, pauseMs };
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      return {
        ok: false as const,
        error: asChartfoldError(error),
        said: null,
        httpStatus: status,
        pauseMs: null,
      };
    }
  }

  async function pageIn(response: Response): Promise<ReadPage> {
    const contentType = response.headers.get('content-type');
    const coding = response.headers.get('content-encoding');
    return readPage({ pieces: await piecesOf(response), contentType, coding, ...reads });
  }
}

/** What a failed answer means, the vendor's hook asked first; and the portal's own words, if it has any. */
export function classify(
  status: number,
  text: string,
  hooks: PortalHooks,
): { error: ChartfoldError; said: string | null } {
  const said = outcomeText(text);
  const code = hooks.classifyError?.({ status, outcomeText: said ?? '' }) ?? codeOf(status);
  return { error: new ChartfoldError(code), said: said?.slice(0, 300) ?? null };
}

/** Retry-After in milliseconds: seconds, or an HTTP date by the portal's own clock (RFC 9110 section 10.2.3). */
export function retryAfter(response: Response, clock: Clock): number | null {
  const value = response.headers.get('retry-after');
  if (value === null) return null;
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const at = Date.parse(value);
  const now = Date.parse(response.headers.get('date') ?? '');
  return Number.isNaN(at) ? null : Math.max(0, at - (Number.isNaN(now) ? clock.now() : now));
}

function codeOf(status: number): ErrorCode {
  if (status === 401) return 'fhir.unauthorized';
  if (status === 403) return 'fhir.forbidden';
  if (status === 404 || status === 410) return 'fhir.not_found';
  if (status === 429) return 'fhir.rate_limited';
  if (status >= 500) return 'fhir.server_error';
  if (status >= 300 && status < 400) return 'net.foreign_origin';
  return 'fhir.rejected';
}
