// Owns what the browser tests do on a page: one of somebody signed in, axe, pictures in both sizes and themes, the
// portal's own pages.

import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';
import type { Served } from './served.ts';

const SHOTS = resolve(import.meta.dirname, '../shots');
export const DESKTOP = { width: 1440, height: 900 };
export const MOBILE = { width: 390, height: 844 };

/** A page of somebody who is signed in. `options` of its browser context. */
export async function signedInPage(
  served: Pick<Served, 'signInBrowser'>,
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<Page> {
  const context = await browser.newContext({ viewport: DESKTOP, ...options });
  context.setDefaultTimeout(8_000);
  await served.signInBrowser(context);
  return context.newPage();
}

/** A page in a state that is worth a look: accessible, no wider than a small screen, and pictured. */
export async function look(page: Page, what: string): Promise<void> {
  await expectAccessible(page, what);
  await expectNoSidewaysScroll(page, what);
  await picture(page, what);
}

/** axe finds nothing on the page as it stands, in both themes. */
export async function expectAccessible(page: Page, what: string): Promise<void> {
  expect(page.frames(), `frames of ${what}`).toHaveLength(1);
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    // In the page itself, not in a blank one that is opened for frames from elsewhere: it takes a third of the time. And
    // whatever is in order is not described.
    const { violations } = await new AxeBuilder({ page })
      .setLegacyMode()
      .options({ resultTypes: ['violations'] })
      .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
      .analyze();
    const found = violations.map(
      (v) => `${v.id}: ${v.help} (${v.nodes.map((n) => n.target.join(' ')).join(', ')})`,
    );
    expect(found, `axe on ${what}, ${scheme}`).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: 'light' });
}

/** Pictures of the page at both sizes and in both themes, where CHARTFOLD_SHOTS is set. */
export async function picture(page: Page, name: string): Promise<void> {
  if (!process.env.CHARTFOLD_SHOTS) return;
  mkdirSync(SHOTS, { recursive: true });
  for (const [size, viewport] of [
    ['desktop', DESKTOP],
    ['mobile', MOBILE],
  ] as const) {
    await resize(page, viewport);
    for (const scheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
      await page.waitForTimeout(250);
      await page.screenshot({ path: join(SHOTS, `${name}-${size}-${scheme}.png`) });
    }
  }
  await resize(page, DESKTOP);
  await page.emulateMedia({ colorScheme: 'light' });
}

/** No page is wider than the screen. */
export async function expectNoSidewaysScroll(page: Page, what: string): Promise<void> {
  await resize(page, MOBILE);
  const over = () =>
    page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
  // A sheet that comes in may be wider for a moment.
  await expect.poll(over, { message: `${what} scrolls sideways at 390 px` }).toBeLessThanOrEqual(0);
  await resize(page, DESKTOP);
}

/** The page is told of its size with the next frame, and shows itself by it with the one after: a key may come before. */
async function resize(page: Page, viewport: typeof DESKTOP): Promise<void> {
  await page.setViewportSize(viewport);
  await page.evaluate(async () => {
    for (let frames = 0; frames < 2; frames += 1) await new Promise(requestAnimationFrame);
  });
}

/** Fills in the simulated portal's pages: sign-in, practice where it asks, consent. */
export async function signInAtPortal(page: Page, decision: 'allow' | 'deny'): Promise<void> {
  await page.getByLabel('Email').fill('nora@example.org');
  await page.getByLabel('Password').fill('Sample-Login-1');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('radio').first().check();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: decision === 'allow' ? 'Allow' : 'Deny' }).click();
}
