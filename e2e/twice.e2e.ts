// Proves in a browser that what is clicked twice, or said in two tabs, is done once.

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Connection } from '../src/http/contract.ts';
import { openBrowser } from './support/browser.ts';
import { DESKTOP, signInAtPortal } from './support/page.ts';
import { type Running, startRunning } from './support/running.ts';

let running: Running;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  running = await startRunning();
  browser = await openBrowser();
  const context = await browser.newContext({ viewport: DESKTOP });
  context.setDefaultTimeout(8_000);
  page = await context.newPage();
});
afterAll(async () => {
  await browser?.close();
  await running?.close();
});

const connections = async () =>
  (
    (await (await page.request.get(`${running.publicUrl}/api/connections`)).json()) as {
      connections: Connection[];
    }
  ).connections;

/** Begins to connect a clinic in a tab, with a double click. */
async function connect(tab: Page): Promise<void> {
  await tab.goto(`${running.publicUrl}/connections/add`);
  await tab.getByText('Harbor Lane Family Medicine').first().click();
  await tab
    .getByRole('button', { name: /sign in at/i })
    .first()
    .dblclick();
  await signInAtPortal(tab, 'allow');
  await tab.getByRole('heading', { name: /right patient/i }).waitFor();
}

describe('a double click', () => {
  it('on the button of a sign-in link signs in, and shows no refusal', async () => {
    const answers: number[] = [];
    page.on('response', (response) => {
      if (response.url().endsWith('/api/session') && response.request().method() === 'POST')
        answers.push(response.status());
    });
    await page.goto(running.signInLink());
    await page.getByRole('button', { name: 'Sign in' }).dblclick();
    await page.getByText(/connect the portals/i).waitFor();
    expect(answers).toEqual([200]);
  });

  it('on the way to a portal makes one connection', async () => {
    await connect(page);
    expect(await connections()).toHaveLength(1);
  });
});

describe('one patient confirmed in two tabs', () => {
  it('is one connection and one person, and both tabs show it', async () => {
    const other = await page.context().newPage();
    await connect(other);
    expect(await connections()).toHaveLength(2);
    const tabs = [page, other];
    await Promise.all(tabs.map((tab) => tab.getByRole('button', { name: /^yes/i }).click()));
    for (const tab of tabs) await tab.getByRole('heading', { name: 'Receipts' }).waitFor();
    const [one, ...more] = await connections();
    expect(more).toEqual([]);
    for (const tab of tabs) expect(new URL(tab.url()).pathname).toBe(`/connections/${one?.id}`);
    await other.close();
  });
});
