// Owns the pictures of the papers: a Chartfold of its own with the sample record, connected as a person would, and the
// pages as they then look. `node scripts/pictures.ts` writes docs/pictures; the web part must be built.

import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { openBrowser } from '../e2e/support/browser.ts';
import { DESKTOP, signInAtPortal } from '../e2e/support/page.ts';
import { startRunning } from '../e2e/support/running.ts';
import { ROOT } from './check/tree.ts';

const FOLDER = join(ROOT, 'docs', 'pictures');
const MAX_BYTES = 300_000;
const CLINIC = 'Harbor Lane Family Medicine';

const running = await startRunning();
const browser = await openBrowser();
try {
  const page = await browser.newPage({
    viewport: DESKTOP,
    colorScheme: 'light',
    reducedMotion: 'reduce',
  });
  await connect(page);
  mkdirSync(FOLDER, { recursive: true });
  await take(page, 'receipt');
  await page.getByRole('link', { name: 'Timeline' }).first().click();
  await page
    .getByText(/office visit/i)
    .first()
    .waitFor();
  await take(page, 'timeline');
  await page.getByRole('link', { name: 'Results' }).first().click();
  await page.getByRole('heading', { level: 1, name: 'Results' }).waitFor();
  await page.getByRole('table').first().waitFor();
  await take(page, 'results');
} finally {
  await browser.close();
  await running.close();
}

async function connect(page: Page): Promise<void> {
  await page.goto(running.signInLink());
  await page.getByRole('button', { name: /sign in/i }).click();
  await page.waitForURL((url) => url.hash === '' && url.pathname !== '/sign-in');
  await page.goto(`${running.publicUrl}/connections/add`);
  await page.getByText(CLINIC).first().click();
  await page
    .getByRole('button', { name: /sign in at/i })
    .first()
    .click();
  await signInAtPortal(page, 'allow');
  await page.getByRole('button', { name: /^yes/i }).click();
  await page.getByRole('link', { name: /read the .* records/i }).waitFor({ timeout: 120_000 });
  await page.getByRole('table').getByRole('link').first().click();
  await page.getByText(/were answered in full/i).waitFor();
}

async function take(page: Page, name: string): Promise<void> {
  await page.evaluate(() => document.fonts.ready);
  const file = join(FOLDER, `${name}.png`);
  await page.screenshot({ path: file });
  const { size } = statSync(file);
  if (size > MAX_BYTES) throw new Error(`${name}.png has ${size} bytes, more than ${MAX_BYTES}`);
  process.stdout.write(`docs/pictures/${name}.png, ${Math.round(size / 1000)} kB\n`);
}
