// Proves in a browser that a person sees when a connection syncs next, chooses how often, and stops a sync.

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { queueSync } from '../src/connections/queue-sync.ts';
import { openBrowser } from './support/browser.ts';
import { look, signedInPage } from './support/page.ts';
import { type Served, startServed } from './support/served.ts';

let served: Served;
let browser: Browser;
let page: Page;
let connection: string;

beforeAll(async () => {
  served = await startServed({
    isSample: true,
    vendor: (one) => ({ ...one, portal: { ...one.portal, refreshTokenDays: 10 } }),
  });
  connection = await served.program.connect();
  await served.program.sync(connection);
  await served.program.db.deleteFrom('job').execute();
  browser = await openBrowser();
  page = await signedInPage(served, browser, { timezoneId: 'America/New_York' });
});
afterAll(async () => {
  await browser?.close();
  await served?.close();
});

const kept = () =>
  served.program.db
    .selectFrom('connection')
    .select(['sync_every', 'quiet_hours'])
    .executeTakeFirstOrThrow();

it('the card says when it syncs next, and by which day to sign in again', async () => {
  await page.goto(`${served.publicUrl}/connections`);
  await page.getByText(/^Next sync (today|tomorrow), about/).waitFor();
  await page.getByText(/^Sign in again by /).waitFor();
  await page.getByRole('button', { name: 'Sign in now' }).waitFor();
  await look(page, 'schedule-card');
});

it('how often and the quiet hours are chosen on its page', async () => {
  await page.goto(`${served.publicUrl}/connections/${connection}`);
  // What is chosen while the choice before it is still on its way is not lost.
  const { promise: both, resolve: bothChosen } = Promise.withResolvers<void>();
  await page.route('**/schedule', async (route) => {
    await both;
    await route.continue();
  });
  await page.getByLabel('How often').selectOption({ label: 'Every week' });
  await page.getByLabel('Not during quiet hours').check();
  bothChosen();
  await page.getByText(/^Next sync about/).waitFor();
  await page.getByLabel('From').fill('21:30');
  await page.getByLabel('From').blur();
  await expect
    .poll(async () => JSON.parse((await kept()).quiet_hours ?? 'null'))
    .toEqual({ from: '21:30', to: '06:00', zone: 'America/New_York' });
  expect((await kept()).sync_every).toBe('week');
  await look(page, 'schedule-chosen');
});

it('off is said', async () => {
  await page.getByLabel('How often').selectOption({ label: 'Only when I ask' });
  await page.getByText('It does not sync by itself.').first().waitFor();
});

it('a sync that waits is stopped', async () => {
  await queueSync(served.app, connection);
  await page.getByText('Waiting to sync').waitFor();
  await look(page, 'schedule-waiting');
  await page.getByRole('button', { name: 'Stop this sync' }).click();
  await page.getByText('Connected', { exact: true }).waitFor();
  expect(await served.program.jobs.isLive('sync', connection)).toBe(false);
});
