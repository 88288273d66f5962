// Proves plain http at an address of the network: Chartfold can be read there, and says that it is weaker so. Without
// an address but loopback there is nothing to try, and that is the reason given.

import { networkInterfaces } from 'node:os';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser } from './support/browser.ts';
import { signInAtPortal } from './support/page.ts';
import { freePort, type Running, startRunning } from './support/running.ts';

const address = Object.values(networkInterfaces())
  .flat()
  .find((one) => one?.family === 'IPv4' && !one.internal)?.address;

let running: Running;
let browser: Browser;
let page: Page;
const errors: string[] = [];

beforeAll(async () => {
  if (!address) return;
  const port = await freePort();
  running = await startRunning({
    HOST: address,
    PORT: String(port),
    PUBLIC_URL: `http://${address}:${port}`,
  });
  browser = await openBrowser();
  page = await browser.newPage();
  page.setDefaultTimeout(15_000);
  page.on('pageerror', (error) => errors.push(error.message));
});
afterAll(async () => {
  await browser?.close();
  await running?.close();
});

it('signs in, connects and reads at an address of the network in plain http', async (context) => {
  if (!address) return context.skip('this machine has no address but loopback');
  await page.goto(running.signInLink());
  expect(await page.evaluate(() => window.isSecureContext)).toBe(false);
  await page.getByRole('button', { name: /sign in/i }).click();
  await page
    .getByText(/connect the portals/i)
    .first()
    .waitFor();
  await page.goto(`${running.publicUrl}/connections/add`);
  await page.getByText('Harbor Lane Family Medicine').first().click();
  await page
    .getByRole('button', { name: /sign in at/i })
    .first()
    .click();
  await signInAtPortal(page, 'allow');
  await page.getByRole('heading', { name: /right patient/i }).waitFor();
  await page.getByRole('button', { name: /^yes/i }).click();
  await page
    .getByText(/19 of 19|\d+ of \d+ (questions )?answered/i)
    .first()
    .waitFor({ timeout: 60_000 });
  const people = page.getByRole('link', { name: /results/i }).first();
  await people.click();
  await page.getByRole('heading', { level: 1, name: /results/i }).waitFor();
  expect(errors).toEqual([]);
});

it('is said to be weaker by the session', async (context) => {
  if (!address) return context.skip('this machine has no address but loopback');
  const session = await page.evaluate(async () => (await fetch('/api/session')).json());
  expect(session).toMatchObject({ signedIn: true, plainHttp: true });
});

it('gives a cookie that no script can read', async (context) => {
  if (!address) return context.skip('this machine has no address but loopback');
  const cookies = await page.context().cookies(running.publicUrl);
  const session = cookies.find((cookie) => cookie.name === 'chartfold-session');
  expect(session).toMatchObject({ httpOnly: true, secure: false, sameSite: 'Lax' });
});
