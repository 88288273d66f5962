// Owns the names and attributes of the cookies that are set here.

import type { Context } from 'hono';
import { deleteCookie, setCookie } from 'hono/cookie';
import { CHALLENGE_MS } from '../access/passkeys.ts';
import type { App } from './app.ts';
import type { Env } from './problem.ts';

export const SESSION_COOKIE = 'chartfold-session';
/** The browser's own: whoever signed in here before is not held up by strangers' tries. */
export const DEVICE_COOKIE = 'chartfold-device';
/** Names the challenge of a passkey ceremony. */
export const CEREMONY_COOKIE = 'chartfold-passkey';
/** As long as a challenge is good, in seconds (access/passkeys.ts). */
export const CEREMONY_S = CHALLENGE_MS / 1000;

/** The name of a cookie here: with the `__Host-` prefix on https, plain on http, where browsers refuse it. */
export function cookieName(app: Pick<App, 'publicUrl'>, name: string): string {
  return app.publicUrl.startsWith('https:') ? `__Host-${name}` : name;
}

/** Lax, so that it comes along when a portal sends the browser back. */
export function giveCookie(
  c: Context<Env>,
  app: App,
  name: string,
  value: string,
  maxAge: number,
): void {
  setCookie(c, cookieName(app, name), value, {
    httpOnly: true,
    sameSite: 'Lax',
    secure: app.publicUrl.startsWith('https:'),
    path: '/',
    maxAge,
  });
}

export function takeCookieAway(c: Context<Env>, app: App, name: string): void {
  deleteCookie(c, cookieName(app, name), {
    path: '/',
    secure: app.publicUrl.startsWith('https:'),
  });
}
