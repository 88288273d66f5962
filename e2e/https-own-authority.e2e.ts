// Proves https with what `tls make` makes, in a browser that trusts its authority: signing in, a portal connected there
// and back, the live stream.

import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser, Page, Response } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser } from './support/browser.ts';
import { type CommandLine, commandLine } from './support/command-line.ts';
import { signInAtPortal } from './support/page.ts';
import { freePort, type Running, startRunning } from './support/running.ts';
import { trusting } from './support/trust.ts';

const HEALTH = resolve(import.meta.dirname, '../deploy/health.js');

let line: CommandLine;
let folder: string;
let running: Running;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chartfold-authority-'));
  const port = await freePort();
  const publicUrl = `https://localhost:${port}`;
  line = await commandLine({ PUBLIC_URL: publicUrl });
  const tls = join(folder, 'tls');
  expect(await line.run('tls', 'make', '--out', tls)).toMatchObject({ code: 0 });
  running = await startRunning({
    PORT: String(port),
    PUBLIC_URL: publicUrl,
    TLS_CERT: join(tls, 'cert.pem'),
    TLS_KEY: join(tls, 'key.pem'),
  });
  browser = await openBrowser(trusting(tls, folder));
  page = await (await browser.newContext()).newPage();
  page.setDefaultTimeout(15_000);
});
afterAll(async () => {
  await browser?.close();
  await running?.close();
  await line?.close();
  await rm(folder, { recursive: true, force: true });
});

it('is refused by a browser that does not trust the authority', async () => {
  const stranger = await openBrowser();
  try {
    const tab = await stranger.newPage();
    await expect(tab.goto(running.publicUrl)).rejects.toThrow(/ERR_CERT/);
  } finally {
    await stranger.close();
  }
});

it('signs in, connects a portal and comes back, with cookies that this host alone can set', async () => {
  await page.goto(running.signInLink());
  await page.getByRole('button', { name: /sign in/i }).click();
  await page
    .getByText(/connect the portals/i)
    .first()
    .waitFor();
  expect(await page.evaluate(() => window.isSecureContext)).toBe(true);

  await page.goto(`${running.publicUrl}/connections/add`);
  await page.getByText('Harbor Lane Family Medicine').first().click();
  const button = page.getByRole('button', { name: /sign in at/i }).first();
  await button.click();
  await page.waitForURL(/\/sign-in\//);
  const cookies = await page.context().cookies(running.publicUrl);
  const names = cookies.map((cookie) => cookie.name);
  expect(names.filter((name) => /-attempt-|-session$/.test(name))).toHaveLength(2);
  for (const cookie of cookies)
    expect(cookie).toMatchObject({
      name: expect.stringMatching(/^__Host-chartfold-/),
      secure: true,
      httpOnly: true,
      sameSite: 'Lax',
      path: '/',
    });

  await signInAtPortal(page, 'allow');
  await page.waitForURL(/\/connections\/[\w-]+/);
  expect(page.url().startsWith(`${running.publicUrl}/connections/`)).toBe(true);
  await page.getByRole('heading', { name: /right patient/i }).waitFor();
});

it('shows the sync as it runs, by the live stream alone', async () => {
  const streams: string[] = [];
  page.on('request', (request) => {
    if (request.url().endsWith('/api/events')) streams.push(request.url());
  });
  await page.reload();
  await page.getByRole('heading', { name: /right patient/i }).waitFor();
  await page.getByRole('button', { name: /^yes/i }).click();
  await page
    .getByText(/19 of 19|\d+ of \d+ (questions )?answered/i)
    .first()
    .waitFor({ timeout: 60_000 });
  expect(streams).toHaveLength(1);
});

it('is found healthy by the check of the container', async () => {
  const { port } = new URL(running.publicUrl);
  const check = (env: Record<string, string>) =>
    spawnSync(process.execPath, [HEALTH], {
      env: { PUBLIC_URL: running.publicUrl, PORT: port, TLS_CERT: 'given', ...env },
    }).status;
  expect(check({})).toBe(0);
  for (const wrong of [{ TLS_CERT: '' }, { PUBLIC_URL: 'https://elsewhere.lan' }, { PORT: '1' }])
    expect(check(wrong), JSON.stringify(wrong)).toBe(1);
});

it('asks the API so little for a page that nobody meets a limit', async () => {
  for (const path of ['/', '/connections', '/connections/add']) {
    let [asked, refused] = [0, 0];
    const count = (response: Response) => {
      if (new URL(response.url()).pathname.startsWith('/api/')) asked += 1;
      if (response.status() === 429) refused += 1;
    };
    page.on('response', count);
    await page.goto(`${running.publicUrl}${path}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    page.off('response', count);
    expect([path, asked < 10, refused]).toEqual([path, true, 0]);
  }
});
