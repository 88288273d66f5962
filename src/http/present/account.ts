// Owns how an account looks to whoever is signed in with it.

import { accountNames, firstOwner, getAccount } from '../../access/accounts.ts';
import { passkeysOf } from '../../access/passkeys.ts';
import { type Session, sessionsOf } from '../../access/sessions.ts';
import { recoveryCodesLeft } from '../../access/sign-in.ts';
import { isoTime } from '../../platform/clock.ts';
import type { App } from '../app.ts';
import type { AccountPage, OwnAccount } from '../contract.ts';

/** How long one is told of a link that somebody else made. */
const LINK_TOLD_MS = 30 * 24 * 3_600_000;

export async function presentOwnAccount(app: App, session: Session): Promise<OwnAccount> {
  const [account, passkeys, codes, first] = await Promise.all([
    getAccount(app.db, session.accountId),
    passkeysOf(app.db, session.accountId),
    recoveryCodesLeft(app.db, session.accountId),
    firstOwner(app.db),
  ]);
  return {
    id: account.id,
    name: account.name,
    roles: [...account.roles],
    hasPassword: account.hasPassword,
    passkeys: passkeys.length,
    recoveryCodes: codes,
    // The terminal prints a link for the first owner whenever the program starts.
    mustChooseSignIn: !account.hasPassword && passkeys.length === 0 && account.id !== first?.id,
  };
}

export async function presentAccountPage(app: App, session: Session): Promise<AccountPage> {
  const [account, passkeys, sessions, newLink] = await Promise.all([
    presentOwnAccount(app, session),
    passkeysOf(app.db, session.accountId),
    sessionsOf(app.db, app.clock, session.accountId),
    newLinkOf(app, session.accountId),
  ]);
  return {
    account,
    passkeys,
    sessions: sessions.map(({ id, how, device, address, createdAt, lastSeenAt }) => ({
      id,
      how,
      device,
      address,
      createdAt,
      lastSeenAt,
      current: id === session.id,
    })),
    newLink,
  };
}

/** Who made a link for an account has been able to become it: its holder is told. */
async function newLinkOf(app: App, accountId: string): Promise<AccountPage['newLink']> {
  await app.audit.flush();
  const lines = await app.audit.lines({ about: accountId, limit: 100 });
  const since = isoTime(app.clock.now() - LINK_TOLD_MS);
  const made = lines.find(
    (line) => line.detail.did === 'link' && line.accountId !== accountId && line.at >= since,
  );
  if (!made) return null;
  const names = await accountNames(app.db);
  return { at: made.at, by: made.accountId === null ? null : (names.get(made.accountId) ?? null) };
}
