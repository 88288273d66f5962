// Owns the addresses of sign-in and sign-out.

import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { z } from 'zod';
import { listPeople } from '../../access/people.ts';
import { SESSION_MS } from '../../access/sessions.ts';
import { countResources } from '../../records/read.ts';
import { type Api, type ApiContext, route } from '../api.ts';
import type { App } from '../app.ts';
import { session, signIn } from '../contract.ts';
import { cookieName, SESSION_COOKIE } from '../guards.ts';

export function sessionRoutes(api: Api, app: App): void {
  const name = cookieName(app, SESSION_COOKIE);
  const keep = (c: ApiContext, token: string) =>
    setCookie(c, name, token, {
      httpOnly: true,
      sameSite: 'Lax',
      secure: app.publicUrl.startsWith('https:'),
      path: '/',
      maxAge: SESSION_MS / 1000,
    });

  route(
    api,
    {
      method: 'get',
      path: '/api/session',
      summary: 'Whether this browser is signed in, and whose records there are',
      reply: session,
    },
    async (c) => {
      const token = getCookie(c, name);
      if (!token || !(await app.sessions.isSignedIn(token))) return { signedIn: false as const };
      // Every visit begins here: the browser keeps the session as long from its last use as we do.
      keep(c, token);
      return signedInSession(app);
    },
  );

  route(
    api,
    {
      method: 'post',
      path: '/api/session',
      summary: 'Exchange a sign-in link for a session',
      body: signIn,
      reply: session,
    },
    async (c, body) => {
      const token = await app.sessions.signIn(body.secret, addressOf(c));
      await app.sessions.signOut(getCookie(c, name));
      keep(c, token);
      return signedInSession(app);
    },
  );

  route(
    api,
    {
      method: 'delete',
      path: '/api/session',
      summary: 'Sign out',
      reply: z.object({ signedIn: z.literal(false) }),
    },
    async (c) => {
      await app.sessions.signOut(getCookie(c, name));
      deleteCookie(c, name, { path: '/' });
      return { signedIn: false as const };
    },
  );
}

async function signedInSession(app: App) {
  const people = await listPeople(app.db);
  return {
    signedIn: true as const,
    simulator: app.simulatorUrl !== null,
    people: await Promise.all(
      people.map(async ({ id, name, birthDate, sample }) => ({
        id,
        name,
        birthDate,
        sample,
        records: await countResources(app.db, id),
      })),
    ),
  };
}

/** The socket's address; forwarding headers count only behind proxies that the operator named. */
function addressOf(c: ApiContext): string {
  const incoming = (c.env as { incoming?: { socket?: { remoteAddress?: string } } } | undefined)
    ?.incoming;
  return incoming?.socket?.remoteAddress ?? 'local';
}
