// Owns the addresses of one's own account (name, password, passkeys, recovery codes, sessions), and for the owner those
// of everyone's: who there is, inviting, closing.

import { getCookie } from 'hono/cookie';
import {
  type Account,
  closeAccount,
  createAccount,
  freeName,
  getAccount,
  listAccounts,
  onlyManaged,
  refuseToClose,
  renameAccount,
} from '../../access/accounts.ts';
import { addPasskey, beginPasskey, passkeysOf, removePasskey } from '../../access/passkeys.ts';
import { listPeople } from '../../access/people.ts';
import { type Actor, mayOn } from '../../access/policy.ts';
import { endLinks, endSession, endSessions, newLink, sessionsOf } from '../../access/sessions.ts';
import { newRecoveryCodes, setPassword } from '../../access/sign-in.ts';
import { ChartfoldError } from '../../platform/errors.ts';
import { newId } from '../../platform/ids.ts';
import { type Api, parameter, route } from '../api.ts';
import type { App } from '../app.ts';
import * as wire from '../contract.ts';
import { CEREMONY_COOKIE, CEREMONY_S, cookieName, giveCookie, takeCookieAway } from '../cookies.ts';
import { presentAccountPage } from '../present/account.ts';

const DONE = { done: true as const };
const change = { act: 'account.change', audit: 'told' } as const;
/** What decides who may sign in is not left to whoever finds a browser open. */
const changeSignIn = { ...change, recent: true } as const;
const manage = { act: 'accounts.manage', audit: 'told', recent: true } as const;

export function accountRoutes(api: Api): void {
  const { app } = api;
  route(
    api,
    {
      method: 'get',
      path: '/api/account',
      summary: 'One’s own account: ways to sign in, sessions and devices',
      access: { act: 'account.read', audit: 'none' },
      reply: wire.accountPage,
    },
    (_c, _body, { session }) => presentAccountPage(app, session),
  );
  route(
    api,
    {
      method: 'put',
      path: '/api/account/name',
      summary: 'Change one’s name',
      access: change,
      body: wire.changeName,
      reply: wire.accountPage,
    },
    async (_c, body, { session, tell }) => {
      const name = await freeName(app.db, body.name, session.accountId);
      await tell({ did: 'name' });
      await renameAccount(app.db, session.accountId, name);
      return presentAccountPage(app, session);
    },
  );
  signInWays(api);
  sessionList(api);
  everyone(api);
}

function signInWays(api: Api): void {
  const { app } = api;
  route(
    api,
    {
      method: 'put',
      path: '/api/account/password',
      summary: 'Set a password; every other session ends, and every link that nobody has used',
      access: changeSignIn,
      body: wire.changePassword,
      reply: wire.accountPage,
    },
    async (_c, body, { session, tell }) => {
      const { accountId } = session;
      await setPassword(app.db, accountId, body.password, () => tell({ did: 'password' }));
      await endLinks(app.db, accountId);
      await endSessions(app.db, session.accountId, session.id);
      app.changes.tell({ sessionsOf: session.accountId });
      return presentAccountPage(app, session);
    },
  );
  route(
    api,
    {
      method: 'post',
      path: '/api/account/recovery-codes',
      summary: 'New recovery codes in place of the old ones; shown once',
      access: { ...changeSignIn, audit: 'act', did: 'recovery-codes' },
      reply: wire.recoveryCodes,
    },
    async (_c, _body, { session }) => ({
      codes: await newRecoveryCodes(app.db, session.accountId),
    }),
  );
  route(
    api,
    {
      method: 'post',
      path: '/api/account/passkeys/begin',
      summary: 'Begin to add a passkey',
      access: { ...changeSignIn, audit: 'none' },
      reply: wire.passkeyOptions,
    },
    async (c, _body, { session }) => {
      const { db, clock, party } = app;
      const { options, secret } = await beginPasskey(db, clock, party, session.accountId);
      giveCookie(c, app, CEREMONY_COOKIE, secret, CEREMONY_S);
      return { options: { ...options } };
    },
  );
  route(
    api,
    {
      method: 'post',
      path: '/api/account/passkeys',
      summary: 'Add the passkey that the browser made',
      access: changeSignIn,
      body: wire.newPasskey,
      reply: wire.accountPage,
    },
    async (c, body, { session, tell }) => {
      const secret = getCookie(c, cookieName(app, CEREMONY_COOKIE)) ?? '';
      takeCookieAway(c, app, CEREMONY_COOKIE);
      const made = { ...body, secret };
      const before = () => tell({ did: 'passkey-add' });
      await addPasskey(app.db, app.clock, app.party, session.accountId, made, before);
      return presentAccountPage(app, session);
    },
  );
  route(
    api,
    {
      method: 'delete',
      path: '/api/account/passkeys/{id}',
      summary: 'Remove a passkey',
      access: changeSignIn,
      reply: wire.accountPage,
    },
    async (c, _body, { session, tell }) => {
      const passkeys = await passkeysOf(app.db, session.accountId);
      if (!passkeys.some(({ id }) => id === parameter(c, 'id')))
        throw new ChartfoldError('access.passkey_not_found');
      await tell({ did: 'passkey-remove' });
      await removePasskey(app.db, session.accountId, parameter(c, 'id'));
      return presentAccountPage(app, session);
    },
  );
}

function sessionList(api: Api): void {
  const { app } = api;
  route(
    api,
    {
      method: 'delete',
      path: '/api/account/sessions/{id}',
      summary: 'End a session',
      access: change,
      reply: wire.accountPage,
    },
    async (c, _body, { session, tell }) => {
      const open = await sessionsOf(app.db, app.clock, session.accountId);
      if (!open.some(({ id }) => id === parameter(c, 'id')))
        throw new ChartfoldError('access.session_not_found');
      await tell({ did: 'session-end' });
      await endSession(app.db, session.accountId, parameter(c, 'id'));
      app.changes.tell({ sessionsOf: session.accountId });
      return presentAccountPage(app, session);
    },
  );
  route(
    api,
    {
      method: 'delete',
      path: '/api/account/sessions',
      summary: 'End every session but this one, and every link that nobody has used',
      access: { ...change, audit: 'act', did: 'sessions-end' },
      reply: wire.accountPage,
    },
    async (_c, _body, { session }) => {
      await endLinks(app.db, session.accountId);
      await endSessions(app.db, session.accountId, session.id);
      app.changes.tell({ sessionsOf: session.accountId });
      return presentAccountPage(app, session);
    },
  );
}

function everyone(api: Api): void {
  const { app } = api;
  route(
    api,
    {
      method: 'get',
      path: '/api/accounts',
      summary: 'Everyone who may sign in here',
      access: { act: 'accounts.manage', audit: 'none' },
      reply: wire.accounts,
    },
    async (_c, _body, { actor }) => ({
      accounts: await Promise.all(
        (await listAccounts(app.db)).map((one) => listed(app, actor, one)),
      ),
    }),
  );
  route(
    api,
    {
      method: 'post',
      path: '/api/accounts',
      summary: 'Invite somebody: an account, and a link for its first sign-in',
      access: manage,
      body: wire.invite,
      reply: wire.invited,
    },
    async (_c, body, { actor, tell }) => {
      const name = await freeName(app.db, body.name, null);
      const id = newId();
      await tell({ did: 'invite', what: id });
      const account = await createAccount(app.db, app.clock, { ...body, name, id });
      return { account: await listed(app, actor, account), link: await invitation(app, account) };
    },
  );
  route(
    api,
    {
      method: 'post',
      path: '/api/accounts/{id}/link',
      summary: 'A new link for an account that can’t sign in; the one made before ends',
      access: manage,
      reply: wire.invited,
    },
    async (c, _body, { actor, tell }) => {
      const account = await getAccount(app.db, parameter(c, 'id'));
      await tell({ did: 'link', what: account.id });
      return { account: await listed(app, actor, account), link: await invitation(app, account) };
    },
  );
  route(
    api,
    {
      method: 'delete',
      path: '/api/accounts/{id}',
      summary: 'Close an account: its sessions and rights end',
      access: manage,
      reply: wire.done,
    },
    async (c, _body, { tell }) => {
      await refuseToClose(app.db, app.clock, parameter(c, 'id'));
      await tell({ did: 'close', what: parameter(c, 'id') });
      await closeAccount(app.db, app.clock, parameter(c, 'id'));
      app.changes.tell({ sessionsOf: parameter(c, 'id') });
      return DONE;
    },
  );
}

async function invitation(app: App, account: Account): Promise<string> {
  return `${app.publicUrl}/sign-in#${await newLink(app.db, app.clock, account.id, 'invitation')}`;
}

async function listed(app: App, actor: Actor, { id, name, roles, createdAt }: Account) {
  const [last] = await sessionsOf(app.db, app.clock, id);
  const people = await listPeople(app.db);
  const nameOf = (personId: string) =>
    mayOn(actor, 'record.read', personId)
      ? `the record of ${people.find((one) => one.id === personId)?.name ?? 'somebody'}`
      : 'a record that is not shown to you';
  return {
    id,
    name,
    roles: [...roles],
    createdAt,
    lastSeenAt: last?.lastSeenAt ?? null,
    hasSignedIn: last !== undefined || (await hasSignedIn(app, id)),
    onlyManagerOf: (await onlyManaged(app.db, app.clock, id)).map(nameOf),
  };
}

async function hasSignedIn(app: App, accountId: string): Promise<boolean> {
  const device = await app.db
    .selectFrom('known_device')
    .select('account_id')
    .where('account_id', '=', accountId)
    .executeTakeFirst();
  return device !== undefined;
}
