// Proves who is asked at sign-in how they come back: whoever has no way but a link, owner or not.

import { afterEach, beforeEach, expect, it } from 'vitest';
import { appOf, signedIn } from '../../e2e/support/http.ts';
import { startProgram, type TestProgram } from '../../e2e/support/program.ts';
import { createAccount, ensureOwner } from '../access/accounts.ts';
import type { Role } from '../access/policy.ts';
import { setPassword } from '../access/sign-in.ts';
import type { App } from './app.ts';
import type { AccountPage } from './contract.ts';

let program: TestProgram;
let app: App;
beforeEach(async () => {
  program = await startProgram();
  app = appOf(program);
  await ensureOwner(app.db, app.clock);
});
afterEach(() => program.close());

const isAsked = async (accountId?: string) => {
  const browser = await signedIn(app, accountId);
  const page = (await (await browser.fetch('/api/account')).json()) as AccountPage;
  return page.account.mustChooseSignIn;
};
const invite = (name: string, ...roles: Role[]) =>
  createAccount(app.db, app.clock, { name, roles });

it('a member and an owner who were invited are asked', async () => {
  expect(await isAsked((await invite('Ben')).id)).toBe(true);
  expect(await isAsked((await invite('Nora', 'owner')).id)).toBe(true);
});

it('whoever has a password is not asked', async () => {
  const { id } = await invite('Ben', 'owner');
  await setPassword(app.db, id, 'four brown owls at noon');
  expect(await isAsked(id)).toBe(false);
});

it('the first owner, for whom the terminal prints links, is not asked', async () => {
  expect(await isAsked()).toBe(false);
});
