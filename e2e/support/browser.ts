// Owns the real browser of the tests: found on the machine, started without a network of its own.

import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome'];
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A browser on the PATH or named by CHARTFOLD_BROWSER, else Playwright's own; undefined where there is none. */
export function findBrowser(): string | undefined {
  const named = process.env.CHARTFOLD_BROWSER;
  if (named) return named;
  const folders = (process.env.PATH ?? '').split(delimiter);
  const onPath = folders
    .flatMap((folder) => NAMES.map((name) => join(folder, name)))
    .find((file) => existsSync(file));
  return onPath ?? [chromium.executablePath()].find((file) => existsSync(file));
}

/**
 * @param more arguments and environment beside the common ones
 * @throws when there is no browser; the message says how to get one
 */
export async function openBrowser(
  more: { args?: readonly string[]; env?: Readonly<Record<string, string>> } = {},
): Promise<Browser> {
  const executablePath = findBrowser();
  if (!executablePath)
    throw new Error('No browser was found. Install Chromium, or name one with CHARTFOLD_BROWSER.');
  return chromium.launch({
    executablePath,
    args: [...ARGS, ...(more.args ?? [])],
    env: { ...process.env, ...more.env },
  });
}
