import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from './support/browser.ts';
import { DESKTOP, expectAccessible, look, signInAtPortal } from './support/page.ts';
import { type Running, startRunning } from './support/running.ts';
import { seededWords } from './support/seeded.ts';

let running: Running;
let browser: Browser;
let page: Page;
const consoleErrors: string[] = [];

beforeAll(async () => {
  running = await startRunning();
  browser = await openBrowser();
  const context = await browser.newContext({ viewport: DESKTOP });
  context.setDefaultTimeout(8_000);
  page = await context.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error') consoleErrors.push(message.text());
  });
  page.on('pageerror', (error) => consoleErrors.push(error.message));
});
afterAll(async () => {
  await browser?.close();
  await running?.close();
});

/** The page's heading has the focus, so that reading goes on there. */
async function expectFocusOn(heading: RegExp): Promise<void> {
  const focused = () =>
    page.evaluate(
      () => `${document.activeElement?.tagName} ${document.activeElement?.textContent}`,
    );
  await expect.poll(focused).toMatch(new RegExp(`^H1 .*${heading.source}`, heading.flags));
}

async function post(path: string, body: unknown): Promise<void> {
  await fetch(`${running.simulatorUrl}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

describe('a newcomer', () => {
  it('signs in by the printed link, by a click, and finds an empty record', async () => {
    await page.goto(running.signInLink());
    await look(page, 'sign-in');
    await page.getByRole('button', { name: /sign in/i }).click();
    await page
      .getByRole('heading', { level: 1 })
      .or(page.getByText(/connect the portals/i))
      .first()
      .waitFor();
    expect(new URL(page.url()).hash).toBe('');
    await expectFocusOn(/connect the portals/i);
    await look(page, 'empty');
  });

  it('finds that a used link says so', async () => {
    const other = await browser.newContext();
    const tab = await other.newPage();
    await tab.goto(running.signInLink());
    await tab.getByRole('button', { name: /sign in/i }).click();
    await tab
      .getByText(/used|ended/i)
      .first()
      .waitFor();
    await expectAccessible(tab, 'a used sign-in link');
    await other.close();
  });

  it('who denies access at the portal is told so, and nothing is stored', async () => {
    await page.goto(`${running.publicUrl}/connections/add`);
    await page.getByText('Harbor Lane Family Medicine').first().click();
    await look(page, 'add-a-portal');
    await page
      .getByRole('button', { name: /sign in at/i })
      .first()
      .click();
    await signInAtPortal(page, 'deny');
    await page.waitForURL(/\/connections\//);
    await page
      .getByText(/did not allow access/i)
      .first()
      .waitFor();
    await look(page, 'denied');
  });

  it('connects, and is asked whether this is the right patient before anything is stored', async () => {
    await page.goto(`${running.publicUrl}/connections/add`);
    await page.getByText('Harbor Lane Family Medicine').first().click();
    await page
      .getByRole('button', { name: /sign in at/i })
      .first()
      .click();
    await signInAtPortal(page, 'allow');
    await page.waitForURL(/\/connections\/[\w-]+/);
    await page.getByRole('heading', { name: /right patient/i }).waitFor();
    await page.getByText('March 11, 1979').waitFor();
    await expectFocusOn(/right patient/i);
    await look(page, 'confirm');
  });

  it('watches the sync, which survives a reload, to its end', async () => {
    await post('/_simulator/faults', { on: [{ name: 'reply.slow', delayMs: 1_000 }] });
    await page.getByRole('button', { name: /^yes/i }).click();
    await page
      .getByText(/syncing, \d+ of \d+ questions/i)
      .first()
      .waitFor();
    await expectFocusOn(/Harbor Lane Family Medicine/);
    await look(page, 'syncing');
    await page.reload();
    await page
      .getByText(/syncing, \d+ of \d+ questions/i)
      .first()
      .waitFor();
    await post('/_simulator/faults', { on: [] });
    await page
      .getByText(/\d+ of \d+ (answered|questions answered)|19 of 19/i)
      .first()
      .waitFor({ timeout: 60_000 });
    await look(page, 'connection');
    await page.goto(`${running.publicUrl}/connections`);
    await page.getByText('Harbor Lane Family Medicine').first().waitFor();
    await look(page, 'connections');
  });

  it('reads the receipt: every question, and totals that add up', async () => {
    await page
      .getByRole('link', { name: /receipt/i })
      .first()
      .click();
    await page.getByRole('heading', { name: 'Receipt' }).waitFor();
    await page.getByText(/all 19 were answered in full/i).waitFor();
    await look(page, 'receipt');
  });

  it('reads the timeline, and a record in its sheet with its exact text', async () => {
    await page.getByRole('link', { name: 'Timeline' }).first().click();
    await page.getByRole('heading', { name: 'Timeline' }).waitFor();
    await expectFocusOn(/Timeline/);
    await page
      .getByText(/office visit/i)
      .first()
      .waitFor();
    await look(page, 'timeline');
    await page
      .getByText(/office visit/i)
      .first()
      .click();
    await page
      .getByRole('button', { name: /raw resource/i })
      .or(page.getByRole('link', { name: /raw resource/i }))
      .first()
      .waitFor();
    await look(page, 'timeline-sheet');
    await page
      .getByText(/raw resource/i)
      .first()
      .click();
    await page
      .getByText(/"resourceType"\s*:\s*"Encounter"/)
      .first()
      .waitFor();
    await look(page, 'raw');
    await page.keyboard.press('Escape');
  });

  it('reads a result with its history and its exact text', async () => {
    await page.getByRole('link', { name: 'Results' }).first().click();
    await page.getByRole('heading', { name: 'Results' }).waitFor();
    await page.getByText('Hemoglobin', { exact: true }).first().waitFor();
    await look(page, 'results');
    await page.getByText('Hemoglobin', { exact: true }).first().click();
    await page.getByText(/raw/i).first().waitFor();
    await look(page, 'result-sheet');
    await page.keyboard.press('Escape');
  });

  it('finds everything as it was after a stop and a start, simulator included', async () => {
    await running.stop();
    await running.start();
    await page.goto(`${running.publicUrl}/connections`);
    await page.getByText('Harbor Lane Family Medicine').first().waitFor();
    await page
      .getByRole('button', { name: /ask now/i })
      .first()
      .click();
    await page
      .getByText(/receipt/i)
      .first()
      .waitFor();
  });

  it('disconnects, and keeps the record', async () => {
    await page.goto(`${running.publicUrl}/connections`);
    await page
      .getByRole('button', { name: /disconnect/i })
      .first()
      .click();
    await page
      .getByText(/kept|stays/i)
      .first()
      .waitFor();
    await look(page, 'disconnect');
    await page
      .getByRole('button', { name: /^(yes, )?disconnect/i })
      .last()
      .click();
    await page
      .getByText(/disconnected/i)
      .first()
      .waitFor();
    await page.getByRole('link', { name: 'Results' }).first().click();
    await page.getByText('Hemoglobin', { exact: true }).first().waitFor();
  });

  it('takes the sample record away with one click, and a page open elsewhere shows it no more', async () => {
    const other = await page.context().newPage();
    await other.goto(`${running.publicUrl}/`);
    await other
      .getByText(/office visit/i)
      .first()
      .waitFor();
    await page.goto(`${running.publicUrl}/connections`);
    await page
      .getByRole('button', { name: /remove the sample/i })
      .first()
      .click();
    await page
      .getByRole('button', { name: /remove/i })
      .last()
      .click();
    await page
      .getByText(/connect a portal/i)
      .first()
      .waitFor();
    await expect
      .poll(async () => page.getByText('Harbor Lane Family Medicine').count(), { timeout: 15_000 })
      .toBe(0);
    await other.getByText(/this record is not shown to you/i).waitFor();
    await expect.poll(() => other.getByText(/office visit|Nora/i).count()).toBe(0);
    await other.getByRole('link', { name: /first page/i }).click();
    await other.getByText(/connect the portals/i).waitFor();
    await other.close();
  });

  it('saw no error in the browser’s console, and nothing of hers is in the log', async () => {
    expect(
      consoleErrors.filter(
        (text) =>
          !/status of (401|410)|net::ERR_(CONNECTION_REFUSED|INCOMPLETE_CHUNKED_ENCODING)/.test(
            text,
          ),
      ),
    ).toEqual([]);
    const log = running.log();
    expect(log).toContain('sync.finished');
    const seeded = await seededWords(running.simulatorUrl);
    expect(seeded.length).toBeGreaterThan(1_000);
    for (const word of [...seeded, '1979-03-11', 'eyJ']) {
      expect(log.includes(word), word).toBe(false);
    }
  });
});
