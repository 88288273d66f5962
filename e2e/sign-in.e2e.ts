// Proves how one signs in without a passkey: an invitation, a password, a recovery code, a session ended from elsewhere,
// and that what changes who can sign in asks for a recent sign-in and then goes on.

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newLink } from '../src/access/sessions.ts';
import { openBrowser } from './support/browser.ts';
import { type Member, member, movableClock, stranger } from './support/members.ts';
import { look } from './support/page.ts';
import { type Served, startServed } from './support/served.ts';

const PASSWORD = 'lantern orchard violin';
const clock = movableClock();
let served: Served;
let browser: Browser;
let owner: Member;
let ben: Omit<Member, 'id'>;

beforeAll(async () => {
  served = await startServed({ clock });
  browser = await openBrowser();
  owner = await member(served, browser);
  ben = await stranger(browser);
});
afterAll(async () => {
  await browser?.close();
  await served?.close();
});

async function signOut({ page }: Pick<Member, 'page'>): Promise<void> {
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
}

describe('somebody invited', () => {
  it('is given a link by the owner, shown once', async () => {
    const { page } = owner;
    await page.goto(`${served.publicUrl}/settings/accounts`);
    await page.getByLabel('Name').fill('Ben Ortega');
    await look(owner.page, 'accounts');
    await page.getByRole('button', { name: 'Make the invitation' }).click();
    await page.getByRole('heading', { name: 'The link for Ben Ortega' }).waitFor();
    await look(owner.page, 'accounts-invited');
    const link = (await page.locator('[data-link]').textContent()) ?? '';
    expect(link).toMatch(/\/sign-in#\S{40,}$/);
    await page.getByRole('button', { name: 'Done' }).click();
    await expect.poll(() => page.locator('[data-link]').count()).toBe(0);
    await ben.page.goto(link);
  });

  it('is led to a way to come back, which must not be easy to guess', async () => {
    const { page } = ben;
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'How will you sign in next time?' }).waitFor();
    await look(ben.page, 'choose-sign-in');
    await page.getByRole('button', { name: 'Set a password' }).click();
    await page.getByLabel('New password').fill('too short');
    await page.getByRole('button', { name: 'Save the password' }).click();
    await page.getByRole('alert').getByText('It takes 12 characters').waitFor();
    await page.getByLabel('Show the password').check();
    expect(await page.getByLabel('New password').getAttribute('type')).toBe('text');
    await page.getByLabel('New password').fill('password1234');
    await page.getByRole('button', { name: 'Save the password' }).click();
    await page
      .getByRole('alert')
      .getByText(/too easy to guess/)
      .waitFor();
    await look(ben.page, 'choose-password-refused');
    await page.getByLabel('New password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Save the password' }).click();
  });

  it('finds that no record is shown yet', async () => {
    const { page } = ben;
    await page.getByRole('heading', { name: 'No record is shown to you yet.' }).waitFor();
    await look(ben.page, 'nothing-shown');
    expect(await page.getByRole('link', { name: 'Accounts' }).count()).toBe(0);
  });
});

describe('a password', () => {
  it('that is wrong says no more than that, and one comes back to where one wanted to go', async () => {
    const { page } = ben;
    await signOut(ben);
    await page.goto(`${served.publicUrl}/settings/people`);
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await look(ben.page, 'sign-in-form');
    const order: (string | undefined)[] = [];
    for (let n = 0; n < 6; n += 1) {
      await page.keyboard.press('Tab');
      order.push(
        (await page.evaluate(() => {
          const on = document.activeElement;
          return on instanceof HTMLInputElement ? on.labels?.[0]?.innerText : on?.textContent;
        })) ?? undefined,
      );
    }
    expect(order).toEqual([
      'Name',
      'Password',
      'Sign in',
      'Use a passkey',
      'Use a recovery code',
      'You have no password and no passkey yet',
    ]);
    await page.getByLabel('Name').fill('Ben Ortega');
    await page.getByLabel('Password').fill('not the one at all');
    await page.keyboard.press('Enter');
    await page
      .getByRole('alert')
      .getByText(/That did not work/)
      .waitFor();
    await look(ben.page, 'sign-in-refused');
    await page.getByLabel('Password').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Add a person' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/settings/people');
  });

  it('is asked for again by what changes who can sign in, a quarter of an hour later, which then goes on', async () => {
    const { page } = ben;
    clock.forward(16 * 60_000);
    await page.goto(`${served.publicUrl}/settings`);
    await page.getByRole('button', { name: 'Make recovery codes' }).click();
    await page.getByRole('heading', { name: 'Is it you, Ben Ortega?' }).waitFor();
    await look(ben.page, 'settings-sign-in-again');
    await page.getByLabel('Password').fill('not the one at all');
    await page.keyboard.press('Enter');
    await page
      .getByRole('alert')
      .getByText(/That did not work/)
      .waitFor();
    expect(new URL(page.url()).pathname).toBe('/settings');
    await page.getByLabel('Password').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Keep these where your devices are not' }).waitFor();
    await look(ben.page, 'settings-recovery-codes');
  });
});

describe('a recovery code', () => {
  it('signs in once', async () => {
    const { page } = ben;
    const code =
      (await page
        .getByRole('listitem')
        .filter({ hasText: /^[\dA-Z-]{16,}$/ })
        .first()
        .textContent()) ?? '';
    for (const works of [true, false]) {
      await page.goto(`${served.publicUrl}/settings`);
      await signOut(ben);
      await page.getByRole('button', { name: 'Use a recovery code' }).click();
      await page.getByLabel('Name').fill('ben ortega');
      await page.getByLabel('Recovery code').fill(code);
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
      if (works)
        await page.getByRole('heading', { name: 'No record is shown to you yet.' }).waitFor();
      else
        await page
          .getByRole('alert')
          .getByText(/That did not work/)
          .waitFor();
    }
  });
});

describe('a session', () => {
  it('that is ended from another browser is over there', async () => {
    const { page } = ben;
    const phone = await stranger(browser);
    for (const one of [ben, phone]) {
      await one.page.goto(`${served.publicUrl}/sign-in`);
      await one.page.getByLabel('Name').fill('Ben Ortega');
      await one.page.getByLabel('Password').fill(PASSWORD);
      await one.page.keyboard.press('Enter');
      await one.page.getByRole('heading', { name: 'No record is shown to you yet.' }).waitFor();
    }
    await page.getByRole('link', { name: 'Settings' }).first().click();
    await page.getByText(', this browser').waitFor();
    await look(ben.page, 'settings');
    await page.getByRole('button', { name: 'End all others' }).click();
    await expect.poll(() => page.getByRole('button', { name: /^End the session/ }).count()).toBe(0);
    await phone.page.getByRole('link', { name: 'Settings' }).first().click();
    await phone.page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(phone.errors).toEqual([]);
  });
});

describe('an account', () => {
  it('that is closed is over in the browser where it is open', async () => {
    const { page } = owner;
    await page.goto(`${served.publicUrl}/settings/accounts`);
    await page.getByRole('button', { name: 'Close the account of Ben Ortega' }).click();
    await look(owner.page, 'accounts-closing');
    await page.getByRole('button', { name: 'Close the account', exact: true }).click();
    await page.getByRole('heading', { name: 'Is it you, Owner?' }).waitFor();
    // Without password and passkey only a new link makes the sign-in recent.
    await page.getByText('npx chartfold sign-in-link').waitFor();
    await look(owner.page, 'accounts-link-needed');
    const { db, clock: now } = served.app;
    await page.goto(`${served.publicUrl}/sign-in#${await newLink(db, now, owner.id)}`);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: /^Connect the portals/ }).waitFor();
    await page.goto(`${served.publicUrl}/settings/accounts`);
    await page.getByRole('button', { name: 'Close the account of Ben Ortega' }).click();
    await page.getByRole('button', { name: 'Close the account', exact: true }).click();
    await ben.page.getByRole('heading', { name: 'Sign in' }).waitFor();
  });

  it('reports no error of a page in all of this', () => {
    expect([...owner.errors, ...ben.errors]).toEqual([]);
  });
});
