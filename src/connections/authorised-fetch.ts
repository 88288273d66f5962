// Owns asking a connected portal: a fetch that is bound to the connection's FHIR base and carries its token,
// so that who uses it never holds a token and can't send it elsewhere.

import { ChartfoldError } from '../platform/errors.ts';
import type { OutboundOptions } from '../platform/outbound.ts';
import { CLINIC } from '../portals/portal.ts';
import type { PortalEntry } from '../portals/registry.ts';
import { type ConnectionContext, paceOf } from './context.ts';
import { type Grant, opened, type StoredGrant, storedGrant } from './grant.ts';
import type { Refresher } from './refresh.ts';

/** As of a way out. */
type Asking = Pick<OutboundOptions, 'maxBytes' | 'leavePacked' | 'seeing'> & {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** Other media types than those of records. */
  readonly accept?: string;
};

export type AuthorisedFetch = {
  /** The absolute address of a question below the FHIR base, with what the vendor wants on every call. */
  addressOf(request: string): string;
  /**
   * A link that the portal gave, as an address to ask; relative ones are resolved.
   * @throws `net.foreign_origin` for one outside this connection's FHIR base, or with a name in it
   */
  followable(link: string): string;
  /**
   * Asks. A 401 renews the access once and asks again; what comes then is returned as it is. A redirect is followed
   * where a link would be, with the same headers; one that leads elsewhere is returned, and the token goes nowhere.
   * It waits for its turn there.
   * @throws `smart.sign_in_again`, `smart.no_refresh`, `net.*`
   */
  get(address: string, options: Asking): Promise<Response>;
  /** Tells that the server has refused one as too many, and for how long, where it said: all who ask there wait. */
  tooMany(retryAfterMs: number | null): void;
};

/** Whose tokens are used. */
type Access = {
  current(): Promise<Grant | undefined>;
  /** Fresh ones in place of those with an access token that was refused or has ended. */
  renew(staleAccessToken: string): Promise<Grant>;
};

/** A portal, and the clinic whose id fills what the vendor wants in every call. */
type Target = { readonly entry: PortalEntry; readonly clinicId: string };

/**
 * Binds a fetch to a connection, for the length of a sync. Its tokens are read once, and stay sealed but for a call: each
 * page would else wait for whatever the store is doing. Others that came meanwhile are met where these are refused.
 */
export function authorisedFetch(
  context: ConnectionContext,
  refresher: Refresher,
  { connectionId, ...target }: Target & { readonly connectionId: string },
): AuthorisedFetch {
  let held: StoredGrant | undefined;
  return bound(context, target, {
    async current() {
      held ??= await storedGrant(context.db, connectionId);
      return held && opened(context, held);
    },
    renew: (stale) =>
      refresher.refresh(connectionId, stale).finally(() => {
        // Not before: who asks while it is under way reads the old ones.
        held = undefined;
      }),
  });
}

/** Binds a fetch to what a sign-in has just brought, before it is any connection's. */
export function fetchOfSignIn(
  context: ConnectionContext,
  target: Target,
  grant: Grant,
): AuthorisedFetch {
  return bound(context, target, {
    current: async () => grant,
    renew: async () => {
      throw new ChartfoldError('smart.sign_in_again');
    },
  });
}

function bound(context: ConnectionContext, target: Target, access: Access): AuthorisedFetch {
  const { entry } = target;
  const followable = (link: string) => followableOf(link, target);
  const send = senderFor(context, target);
  return {
    addressOf: (request) => followable(`${entry.fhirBaseUrl}/${request}`),
    followable,
    tooMany: (retryAfterMs) => paceOf(context, entry).refused(retryAfterMs),
    async get(address, options) {
      let grant = await access.current();
      if (!grant) throw new ChartfoldError('smart.sign_in_again');
      const hasEnded = grant.expiresAt !== null && grant.expiresAt <= context.clock.now();
      if (hasEnded && grant.refreshToken) {
        grant = await access.renew(grant.accessToken);
      }
      const response = await send(address, grant.accessToken, options);
      if (response.status !== 401) return response;
      const renewed = await access.renew(grant.accessToken);
      return send(address, renewed.accessToken, options);
    },
  };
}

/** @throws `net.foreign_origin` */
function followableOf(link: string, { entry, clinicId }: Target): string {
  const base = new URL(`${entry.fhirBaseUrl}/`);
  const url = URL.canParse(link, base.href) ? new URL(link, base.href) : undefined;
  // Some servers give their next pages at the base itself: `fhir/r4?_getpages=…`.
  const isBelow = url && `${url.pathname}/`.startsWith(base.pathname);
  const isOwn = entry.vendor.portal.links === 'rebased' || url?.origin === base.origin;
  if (!isBelow || !isOwn || url.username) throw new ChartfoldError('net.foreign_origin');
  return withEveryCall(`${base.origin}${url.pathname}${url.search}`, entry, clinicId);
}

/** Sends a request, and sends it on where the portal leads within itself. */
function senderFor(context: ConnectionContext, target: Target) {
  const { entry } = target;
  const pace = paceOf(context, entry);
  const sendOnce = (
    address: string,
    token: string,
    { accept = entry.vendor.portal.accept, ...options }: Asking,
  ) =>
    pace.run(
      () =>
        context.outbound(address, {
          ...options,
          headers: { accept, authorization: `Bearer ${token}` },
        }),
      options.signal,
    );
  return async (link: string, token: string, options: Asking): Promise<Response> => {
    let address: string | null = followableOf(link, target);
    let answer = await sendOnce(address, token, options);
    for (let hop = 0; hop < MOST_REDIRECTS; hop += 1) {
      address = redirectOf(answer, address, target);
      if (address === null) break;
      answer = await sendOnce(address, token, options);
    }
    return answer;
  };
}

/** Where an answer to a GET sends one on within the portal; null where it does not. */
function redirectOf({ status, headers }: Response, from: string, target: Target): string | null {
  const to = REDIRECTS.has(status) ? headers.get('location') : null;
  if (to === null || !URL.canParse(to, from)) return null;
  try {
    return followableOf(new URL(to, from).href, target);
  } catch {
    return null; // It leads out of the portal.
  }
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** A portal that sends one on and on is not gone after. */
const MOST_REDIRECTS = 3;

/** Adds the vendor's parameters where the address lacks them, their values unencoded as the vendor wants them. */
function withEveryCall(address: string, entry: PortalEntry, clinicId: string): string {
  const url = new URL(address);
  const extra = Object.entries(entry.vendor.portal.everyCall)
    .filter(
      ([name, value]) =>
        !url.searchParams.has(name) && !(clinicId === '' && value.includes(CLINIC)),
    )
    .map(([name, value]) => `${name}=${value.replace(CLINIC, encodeURIComponent(clinicId))}`);
  if (extra.length === 0) return address;
  return `${address}${url.search ? '&' : '?'}${extra.join('&')}`;
}
