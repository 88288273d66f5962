// Proves the way back from a portal where nobody is signed in any more: the browser is asked to sign in, goes on by
// itself for the account that began, and for no other.

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setPassword } from '../src/access/sign-in.ts';
import { openBrowser } from './support/browser.ts';
import { type Member, member, stranger } from './support/members.ts';
import { expectAccessible, picture } from './support/page.ts';
import { type Served, startServed } from './support/served.ts';

const PASSWORD = 'lantern orchard violin';
let served: Served;
let browser: Browser;
let ann: Member;

beforeAll(async () => {
  served = await startServed();
  browser = await openBrowser();
  ann = await withPassword('Ann');
});
afterAll(async () => {
  await browser?.close();
  await served?.close();
});

/** Ann goes to the portal and signs in there. @returns the address that it sends her browser back to */
async function atThePortal(): Promise<string> {
  const { go } = await served.program.begin({ by: ann.id });
  const { query } = await served.program.browse(go);
  return `${served.publicUrl}/athena/callback?${query}`;
}

/** Signs in on the page that asks for it. */
async function signInHere({ page }: Pick<Member, 'page'>, name: string): Promise<void> {
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

/** Somebody with a password, signed in. */
async function withPassword(name: string): Promise<Member> {
  const one = await member(served, browser, name);
  await setPassword(served.app.db, one.id, PASSWORD);
  return one;
}

const question = /Is this/;

describe('a browser that comes back from the portal', () => {
  it('after its session ended is asked to sign in, and then goes on', async () => {
    const back = await atThePortal();
    await ann.context.clearCookies();
    await ann.page.goto(back);
    await signInHere(ann, 'Ann');
    await ann.page.getByRole('heading', { name: question }).waitFor();
    await expectAccessible(ann.page, 'come-back-later');
    await picture(ann.page, 'come-back-later');
    expect(ann.errors).toEqual([]);
  });

  it('as another profile of the same person is asked to sign in, and then goes on', async () => {
    const phone = await stranger(browser);
    await phone.page.goto(await atThePortal());
    await signInHere(phone, 'Ann');
    await phone.page.getByRole('heading', { name: question }).waitFor();
    expect(phone.errors).toEqual([]);
  });

  it('with another account signed in is refused in a sentence [CWE-352]', async () => {
    const ben = await member(served, browser, 'Ben');
    await ben.page.goto(await atThePortal());
    await ben.page.getByText('Another account began this sign-in.').waitFor();
    await picture(ben.page, 'come-back-as-another');
  });

  it('and then signs in as another account is shown no such connection', async () => {
    const bea = await withPassword('Bea');
    await bea.context.clearCookies();
    await bea.page.goto(await atThePortal());
    await signInHere(bea, 'Bea');
    await bea.page.getByRole('heading', { name: 'There is no such connection' }).waitFor();
  });
});
