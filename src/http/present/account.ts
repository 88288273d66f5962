// Owns how an account looks to whoever is signed in with it.

import { firstOwner, getAccount } from '../../access/accounts.ts';
import { passkeysOf } from '../../access/passkeys.ts';
import { type Session, sessionsOf } from '../../access/sessions.ts';
import { recoveryCodesLeft } from '../../access/sign-in.ts';
import type { App } from '../app.ts';
import type { AccountPage, OwnAccount } from '../contract.ts';

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
  const [account, passkeys, sessions] = await Promise.all([
    presentOwnAccount(app, session),
    passkeysOf(app.db, session.accountId),
    sessionsOf(app.db, app.clock, session.accountId),
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
  };
}
