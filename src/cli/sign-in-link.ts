// Owns the links that the terminal prints: whoever reads it has the machine, and so every right already.

import { type Account, accountNamed, ensureOwner } from '../access/accounts.ts';
import { newLink } from '../access/sessions.ts';
import type { App } from '../http/app.ts';
import { ChartfoldError } from '../platform/errors.ts';

/**
 * An address that signs in to an account, once, within 15 minutes.
 * @param name the account's; the first owner's where none is given
 * @throws `access.account_not_found`
 */
export async function newSignInLink(
  app: App,
  name?: string,
): Promise<{ url: string; account: Account }> {
  const account =
    name === undefined ? await ensureOwner(app.db, app.clock) : await accountNamed(app.db, name);
  if (!account) throw new ChartfoldError('access.account_not_found', { detail: name ?? '' });
  const secret = await newLink(app.db, app.clock, account.id);
  return { url: `${app.publicUrl}/sign-in#${secret}`, account };
}
