// Owns the addresses of sign-in and sign-out: by link, password, recovery code or passkey.

import { getCookie } from 'hono/cookie';
import { z } from 'zod';
import { listPeople } from '../../access/people.ts';
import { beginPasskeySignIn, passkeyHolder } from '../../access/passkeys.ts';
import { allowOn, mayOn } from '../../access/policy.ts';
import type { SignInWay } from '../../access/session-tables.ts';
import {
  endSession,
  openSession,
  SESSION_MS,
  signInByLink,
  type SignedIn,
  type Visitor,
} from '../../access/sessions.ts';
import { rememberDevice, signInByPassword, signInByRecoveryCode } from '../../access/sign-in.ts';
import { isPlainHttp } from '../../platform/addresses.ts';
import { asChartfoldError } from '../../platform/errors.ts';
import { countSeen } from '../../chart/count-seen.ts';
import { countResources } from '../../records/read.ts';
import { type Api, type ApiContext, route } from '../api.ts';
import type { App } from '../app.ts';
import { type Caller, callerOf, originOf, refuseOthersPage, visitorOf } from '../caller.ts';
import * as wire from '../contract.ts';
import {
  CEREMONY_COOKIE,
  CEREMONY_S,
  cookieName,
  DEVICE_COOKIE,
  giveCookie,
  SESSION_COOKIE,
  takeCookieAway,
} from '../cookies.ts';
import { presentOwnAccount } from '../present/account.ts';

/** As long as a browser keeps any cookie. */
const DEVICE_S = 400 * 24 * 3600;
const open = (why: string) => ({ open: why });

export function sessionRoutes(api: Api): void {
  const { app } = api;
  route(
    api,
    {
      method: 'get',
      path: '/api/session',
      summary: 'Whether this browser is signed in, and whose records there are',
      access: open('it says who is signed in, and nothing to anybody else'),
      reply: wire.session,
    },
    async (c) => {
      const caller = await callerOf(c, app);
      const token = getCookie(c, cookieName(app, SESSION_COOKIE));
      if (!caller || !token) return { signedIn: false as const };
      // Every visit begins here: the browser keeps the session as long from its last use as we do.
      giveCookie(c, app, SESSION_COOKIE, token, SESSION_MS / 1000);
      return presentSession(app, caller);
    },
  );
  route(
    api,
    {
      method: 'delete',
      path: '/api/session',
      summary: 'Sign out',
      access: open('signing out twice does no harm'),
      reply: z.object({ signedIn: z.literal(false) }),
    },
    async (c) => {
      const caller = await callerOf(c, app);
      if (caller) {
        refuseOthersPage(c, caller.session);
        await endSession(app.db, caller.session.accountId, caller.session.id);
        app.changes.tell({ sessionsOf: caller.session.accountId });
        await app.audit.act({
          door: 'app',
          accountId: caller.session.accountId,
          act: 'sign-out',
          personId: null,
          origin: originOf(c, app),
          detail: {},
        });
      }
      takeCookieAway(c, app, SESSION_COOKIE);
      return { signedIn: false as const };
    },
  );
  signInRoutes(api);
}

function signInRoutes(api: Api): void {
  const { app } = api;
  const ways = open('it is how one signs in');
  route(
    api,
    {
      method: 'post',
      path: '/api/session',
      summary: 'Exchange a sign-in link for a session',
      access: ways,
      body: wire.signInByLink,
      reply: wire.session,
    },
    (c, body) =>
      enter(app, c, 'link', (visitor) => signInByLink(app.db, app.clock, body.secret, visitor)),
  );
  route(
    api,
    {
      method: 'post',
      path: '/api/session/password',
      summary: 'Sign in with name and password',
      access: ways,
      body: wire.signInByPassword,
      reply: wire.session,
    },
    (c, body) =>
      enter(app, c, 'password', (visitor) => signInByPassword(app.db, app.clock, body, visitor)),
  );
  route(
    api,
    {
      method: 'post',
      path: '/api/session/recovery-code',
      summary: 'Sign in with name and a recovery code',
      access: ways,
      body: wire.signInByRecoveryCode,
      reply: wire.session,
    },
    (c, body) =>
      enter(app, c, 'recovery-code', (visitor) =>
        signInByRecoveryCode(app.db, app.clock, body, visitor),
      ),
  );
  route(
    api,
    {
      method: 'post',
      path: '/api/session/passkey/begin',
      summary: 'Begin to sign in with a passkey',
      access: ways,
      reply: wire.passkeyOptions,
    },
    async (c) => {
      const { options, secret } = await beginPasskeySignIn(app.db, app.clock, app.party);
      giveCookie(c, app, CEREMONY_COOKIE, secret, CEREMONY_S);
      return { options: { ...options } };
    },
  );
  route(
    api,
    {
      method: 'post',
      path: '/api/session/passkey',
      summary: 'Sign in with a passkey',
      access: ways,
      body: wire.passkeyAnswer,
      reply: wire.session,
    },
    (c, body) =>
      enter(app, c, 'passkey', async (visitor) => {
        const secret = getCookie(c, cookieName(app, CEREMONY_COOKIE)) ?? '';
        takeCookieAway(c, app, CEREMONY_COOKIE);
        const given = { secret, response: body.response };
        const holder = await passkeyHolder(app.db, app.clock, app.party, given);
        return openSession(app.db, app.clock, holder, 'passkey', visitor);
      }),
  );
}

/**
 * Signs in, ends the session that the browser had before, and tells the audit either way. Whoever comes back is given
 * a new session: one that was planted in a browser is never the one that is signed in.
 */
async function enter(
  app: App,
  c: ApiContext,
  how: SignInWay,
  signIn: (visitor: Visitor) => Promise<SignedIn>,
) {
  const visitor = visitorOf(c, app);
  const event = { door: 'app', personId: null, origin: originOf(c, app) } as const;
  const before = await callerOf(c, app);
  let signedIn: SignedIn;
  try {
    signedIn = await signIn(visitor);
  } catch (thrown) {
    const { code } = asChartfoldError(thrown);
    const detail = { what: how, refused: code };
    app.audit.read({ ...event, act: 'sign-in.refused', accountId: null, detail });
    throw thrown;
  }
  const { accountId, token } = signedIn;
  await app.audit.act({ ...event, act: 'sign-in', accountId, detail: { what: how } });
  if (before) {
    await endSession(app.db, before.session.accountId, before.session.id);
    app.changes.tell({ sessionsOf: before.session.accountId });
  }
  const deviceKey = await rememberDevice(app.db, app.clock, accountId, visitor.deviceKey);
  giveCookie(c, app, DEVICE_COOKIE, deviceKey, DEVICE_S);
  giveCookie(c, app, SESSION_COOKIE, token, SESSION_MS / 1000);
  const caller = await callerFor(app, c, token);
  return presentSession(app, caller);
}

/** The caller that the new session makes of this request. */
async function callerFor(app: App, c: ApiContext, token: string): Promise<Caller> {
  const caller = await callerOf(c, app, token);
  if (!caller) throw new Error('a session that was just opened is not there');
  return caller;
}

function kindsSeen(actor: Caller['actor'], personId: string): wire.SightKind[] | null {
  const sight = allowOn(actor, 'record.read', personId);
  return sight === 'all' ? null : ([...sight] as wire.SightKind[]);
}

/** No more than may be seen: how much there is of the other kinds would say something of them. */
async function countSeenBy(app: App, actor: Caller['actor'], personId: string): Promise<number> {
  const sight = allowOn(actor, 'record.read', personId);
  return sight === 'all' ? countResources(app.db, personId) : countSeen(app.db, personId, sight);
}

async function presentSession(app: App, { actor, session }: Caller) {
  const people = (await listPeople(app.db)).filter((p) => mayOn(actor, 'record.read', p.id));
  return {
    signedIn: true as const,
    simulator: app.simulatorUrl !== null,
    plainHttp: isPlainHttp(app.publicUrl),
    account: await presentOwnAccount(app, session),
    people: await Promise.all(
      people.map(async ({ id, name, birthDate, sample }) => ({
        id,
        name,
        birthDate,
        sample,
        records: await countSeenBy(app, actor, id),
        manages: mayOn(actor, 'record.rights', id),
        kinds: kindsSeen(actor, id),
      })),
    ),
  };
}
