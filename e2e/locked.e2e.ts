// Proves that a locked instance can be unlocked where a person would do it: in a browser, by its own form. The command
// line and the limit of tries are proven beside the code, in src/cli/locked.test.ts.

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser } from './support/browser.ts';
import { type CommandLine, commandLine, type Started } from './support/command-line.ts';
import { DESKTOP, look } from './support/page.ts';

const PASSPHRASE = 'five quiet herons wade';

let line: CommandLine;
let server: Started;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  line = await commandLine({ CHARTFOLD_SIMULATOR: 'off' });
  expect(await line.run('people', 'add', 'Ada')).toMatchObject({ code: 0 });
  expect(await line.start(['keys', 'lock'], {}, `${PASSPHRASE}\n`).ended).toMatchObject({
    code: 0,
  });
  server = line.start(['serve']);
  await server.said(/Chartfold is locked/);
  browser = await openBrowser();
  page = await (await browser.newContext({ viewport: DESKTOP })).newPage();
  page.setDefaultTimeout(15_000);
});
afterAll(async () => {
  await browser?.close();
  await line?.close();
});

async function give(passphrase: string): Promise<void> {
  await page.getByLabel('Passphrase').fill(passphrase);
  await page.getByRole('button', { name: 'Unlock' }).click();
}

it('a wrong passphrase is said in the browser, and asked for again', async () => {
  await page.goto(`${line.publicUrl}/unlock`);
  await page.getByRole('heading', { name: 'Chartfold is locked' }).waitFor();
  await look(page, 'locked');
  await give('five quiet herons fly');
  await page
    .getByRole('alert')
    .getByText(/passphrase/)
    .waitFor();
  await look(page, 'locked-refused');
});

it('the right passphrase unlocks it in the browser, and the way leads to the sign-in page', async () => {
  await give(PASSPHRASE);
  await page.getByRole('heading', { name: 'Unlocked' }).waitFor();
  await look(page, 'locked-unlocked');
  await server.said(/sign-in#\S+/);
  await page.getByRole('link', { name: 'Go on' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
});
