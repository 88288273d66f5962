// Owns who stands behind a request: the session of its cookie and the account's rights as they are at this moment, and
// where it comes from. Forwarding headers count only from proxies that the operator named.

import type { Context } from 'hono';
import { getCookie } from 'hono/cookie';
import { actorOf } from '../access/accounts.ts';
import type { AuditEvent } from '../access/audit.ts';
import type { Actor } from '../access/policy.ts';
import { type Session, sessionOf, type Visitor } from '../access/sessions.ts';
import { clientAddress } from '../platform/addresses.ts';
import { ChartfoldError, isChartfoldError } from '../platform/errors.ts';
import type { App } from './app.ts';
import { cookieName, DEVICE_COOKIE, SESSION_COOKIE } from './cookies.ts';
import type { Env } from './problem.ts';

/** Who is signed in, with what they may do now. */
export type Caller = { readonly actor: Actor; readonly session: Session };

/** The caller of a request, by its cookie unless a token is given; null where nobody is signed in. */
export async function callerOf(
  c: Context<Env>,
  app: App,
  token = getCookie(c, cookieName(app, SESSION_COOKIE)),
): Promise<Caller | null> {
  const session = await sessionOf(app.db, app.clock, token);
  if (!session) return null;
  try {
    return { session, actor: await actorOf(app.db, app.clock, session.accountId, 'app') };
  } catch (error) {
    // Closed between the two looks.
    if (isChartfoldError(error, 'access.account_not_found')) return null;
    throw error;
  }
}

/** Names the account that a page was loaded for. */
const PAGE_ACCOUNT = 'x-chartfold-account';

/**
 * Refuses what a page asks that was loaded for another account than the one signed in by now: a second tab of the same
 * browser shares its cookie. Who says nothing of an account is taken for what the cookie says.
 * @throws `access.other_account`
 */
export function refuseOthersPage(c: Context<Env>, { accountId }: Session): void {
  const loadedFor = c.req.header(PAGE_ACCOUNT);
  if (loadedFor !== undefined && loadedFor !== accountId)
    throw new ChartfoldError('access.other_account');
}

/** Who stands at the door, signed in or not. */
export function visitorOf(c: Context<Env>, app: App): Visitor {
  return {
    address: addressOf(c, app),
    device: deviceWords(c.req.header('user-agent') ?? ''),
    deviceKey: getCookie(c, cookieName(app, DEVICE_COOKIE)) ?? null,
  };
}

/** Where a request comes from, in the audit's words. */
export function originOf(c: Context<Env>, app: App): AuditEvent['origin'] {
  const { device, address } = visitorOf(c, app);
  return `${device}, ${address}`;
}

/** The address of whoever asks: of the connection, or what trusted proxies say. */
export function addressOf(c: Context<Env>, app: App): string {
  const { incoming } = (c.env ?? {}) as {
    incoming?: { socket?: { remoteAddress?: string | undefined } };
  };
  const socket = incoming?.socket?.remoteAddress ?? 'unknown';
  return clientAddress(socket, c.req.header('x-forwarded-for'), app.config.trustedProxies);
}

const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/Edg\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/SamsungBrowser\//, 'Samsung Internet'],
  [/Firefox\/|FxiOS\//, 'Firefox'],
  [/Chrome\/|CriOS\//, 'Chrome'],
  [/Safari\//, 'Safari'],
  [/^curl\//, 'curl'],
];
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Mac OS X|Macintosh/, 'macOS'],
  [/CrOS/, 'ChromeOS'],
  [/Linux|X11/, 'Linux'],
];

/** Browser and system as a person would name them; nothing more of the header is kept. */
function deviceWords(agent: string): string {
  const named = (list: typeof BROWSERS) => list.find(([pattern]) => pattern.test(agent))?.[1];
  const words = [named(BROWSERS), named(SYSTEMS)].filter((word) => word !== undefined);
  return words.join(', ') || 'Unknown browser';
}
