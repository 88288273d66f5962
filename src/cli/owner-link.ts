// Owns the link that signs the owner in: whoever reads this terminal has the machine, and so every right already.

import { ensureOwner } from '../access/accounts.ts';
import { newLink } from '../access/sessions.ts';
import type { App } from '../http/app.ts';

/** An address that signs the owner in, once, within 15 minutes. */
export async function newOwnerLink(app: App): Promise<string> {
  const owner = await ensureOwner(app.db, app.clock);
  return `${app.publicUrl}/sign-in#${await newLink(app.db, app.clock, owner.id)}`;
}
