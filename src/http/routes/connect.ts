// Owns the addresses that a browser passes through on its way to a portal and back. Of an account's attempt the way there
// is for that account; whoever comes back without a session is asked to sign in before anything is done.

import type { Context, Hono } from 'hono';
import { getCookie } from 'hono/cookie';
import { followLink } from '../../connections/begin.ts';
import { handleCallback } from '../../connections/callback.ts';
import type { Returning } from '../../connections/returning.ts';
import { asChartfoldError, type ChartfoldError } from '../../platform/errors.ts';
import { vendors } from '../../portals/index.ts';
import { cookieName, giveCookie } from '../cookies.ts';
import type { App } from '../app.ts';
import { callerOf } from '../caller.ts';
import { headsOfLinks } from '../guards.ts';
import { errorPage, page } from '../page.ts';
import type { Env } from '../problem.ts';

export function connectRoutes(router: Hono<Env>, app: App): void {
  router.get('/connect/:link', headsOfLinks(), async (c) => {
    try {
      const followed = await followLink(app, c.req.param('link'), await browserOf(c, app));
      if ('failed' in followed) return notSent(c, followed);
      const { location, cookie } = followed;
      if (cookie) giveCookie(c, app, cookie.name, cookie.value, cookie.maxAgeS);
      return c.redirect(location, 302);
    } catch (error) {
      app.log.error('connection.link_failed', asChartfoldError(error), {
        requestId: c.get('requestId'),
      });
      return errorPage(c, error);
    }
  });

  const paths = new Set(vendors.map(({ portal }) => portal.callbackPath));
  for (const path of paths) {
    router.get(path, headsOfLinks(), async (c) => {
      try {
        const answer = { callbackPath: path, parameters: new URL(c.req.url).searchParams };
        const result = await handleCallback(app, app.refresher, answer, await browserOf(c, app));
        // Whoever is not signed in is asked to, there, and comes back to it.
        const same = result.wasKnown ? '#same-patient' : '';
        if (result.via === 'app')
          return c.redirect(`/connections/${result.connectionId}${same}`, 303);
        return result.failed ? errorPage(c, result.failed) : signedInPage(c);
      } catch (error) {
        app.log.error('connection.callback_refused', asChartfoldError(error), {
          requestId: c.get('requestId'),
        });
        return errorPage(c, error);
      }
    });
  }
}

/** Why nobody was sent away: in the app where it was begun there, else on a page. */
function notSent(
  c: Context<Env>,
  followed: { failed: ChartfoldError; connectionId: string; via: 'app' | 'command-line' },
): Response {
  return followed.via === 'app'
    ? c.redirect(`/connections/${followed.connectionId}`, 303)
    : errorPage(c, followed.failed);
}

function signedInPage(c: Context<Env>): Response {
  return page(c, {
    title: 'Signed in',
    sentence:
      'Chartfold has what it needs from this portal. You can close this window and go back to the terminal.',
  });
}

async function browserOf(c: Context<Env>, app: App): Promise<Returning> {
  const caller = await callerOf(c, app);
  return {
    cookieOf: (name) => getCookie(c, cookieName(app, name)),
    accountId: caller?.session.accountId ?? null,
  };
}
