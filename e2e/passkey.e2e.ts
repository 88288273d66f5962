// Proves passkeys with a real browser and its virtual authenticator, which checks its user: one is added, signs in by
// itself, stands in for a recent sign-in, and is removed.

import type { Browser, CDPSession } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from './support/browser.ts';
import { type Member, member, movableClock } from './support/members.ts';
import { look } from './support/page.ts';
import { type Served, startServed } from './support/served.ts';

const clock = movableClock();
let served: Served;
let browser: Browser;
let ann: Member;
let authenticator: CDPSession;
let authenticatorId: string;

beforeAll(async () => {
  served = await startServed({ clock });
  browser = await openBrowser();
  ann = await member(served, browser, 'Ann');
  authenticator = await ann.context.newCDPSession(ann.page);
  await authenticator.send('WebAuthn.enable');
  ({ authenticatorId } = await authenticator.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  }));
});
afterAll(async () => {
  await browser?.close();
  await served?.close();
});

describe('a passkey', () => {
  it('is added under a name', async () => {
    const { page } = ann;
    await page.goto(`${served.publicUrl}/settings`);
    await page.getByText(/no password and no passkey yet/).waitFor();
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await page.getByLabel('What to call it').fill('my laptop');
    await look(ann.page, 'passkey-adding');
    await page.keyboard.press('Enter');
    await page.getByText('my laptop').waitFor();
    expect(await page.getByText(/no password and no passkey yet/).count()).toBe(0);
    const { credentials } = await authenticator.send('WebAuthn.getCredentials', {
      authenticatorId,
    });
    expect(credentials).toHaveLength(1);
    await look(ann.page, 'passkey-added');
  });

  it('is not added twice on one device', async () => {
    const { page } = ann;
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await page.getByRole('button', { name: 'Create the passkey' }).click();
    await page
      .getByRole('alert')
      .getByText(/has a passkey for your account already/)
      .waitFor();
  });

  it('does not sign in where the device does not know its user', async () => {
    const { page } = ann;
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await authenticator.send('WebAuthn.setUserVerified', {
      authenticatorId,
      isUserVerified: false,
    });
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await page
      .getByRole('alert')
      .getByText(/gave no passkey/)
      .waitFor();
    await look(ann.page, 'passkey-refused');
    await authenticator.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: true });
  });

  it('signs in without a name being typed', async () => {
    const { page } = ann;
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await page.getByRole('heading', { name: 'No record is shown to you yet.' }).waitFor();
    await page.getByRole('link', { name: 'Settings' }).first().click();
    await page.getByText(/Signed in with a passkey/).waitFor();
  });

  it('stands in for a recent sign-in, and is removed after a question', async () => {
    const { page } = ann;
    clock.forward(16 * 60_000);
    await page.getByRole('button', { name: 'Remove my laptop' }).click();
    await page.getByText(/only way to sign in/).waitFor();
    await look(ann.page, 'passkey-removing');
    // What is asked before the removal is answered as it was then, after the removal.
    const asked = Promise.withResolvers<void>();
    const removed = page.waitForResponse(
      (reply) => reply.request().method() === 'DELETE' && reply.ok(),
    );
    await page.route('**/api/account', async (route) => {
      const response = await route.fetch();
      asked.resolve();
      await removed;
      // By now the page may have given the question up.
      await route.fulfill({ response }).catch(() => undefined);
    });
    await page.getByRole('button', { name: 'Remove the passkey' }).click();
    await page.route('**/api/account/passkeys/*', (route) =>
      asked.promise.then(() => route.continue()),
    );
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await expect.poll(() => page.getByText('my laptop').count()).toBe(0);
    await page.getByText(/no password and no passkey yet/).waitFor();
    await page.unrouteAll({ behavior: 'wait' });
    await page.evaluate(
      () => new Promise((painted) => setTimeout(() => requestAnimationFrame(painted))),
    );
    expect(await page.getByText('my laptop').count()).toBe(0);
    expect(ann.errors).toEqual([]);
  });
});
