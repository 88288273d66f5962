// Owns the people of a household in a browser test: accounts made by the program itself, each with a browser of its own.

import type { Browser, BrowserContext, Page } from 'playwright-core';
import { createAccount, ensureOwner } from '../../src/access/accounts.ts';
import { newLink } from '../../src/access/sessions.ts';
import { systemClock, type Clock } from '../../src/platform/clock.ts';
import { DESKTOP } from './page.ts';
import type { Served } from './served.ts';

export type Member = {
  readonly id: string;
  readonly context: BrowserContext;
  readonly page: Page;
  /** What the page reported as an error, refusals by the server not counted: those are meant. */
  readonly errors: string[];
};

/** An account, the owner's where no name is given, signed in by a link in a browser of its own. */
export async function member(served: Served, browser: Browser, name?: string): Promise<Member> {
  const { db, clock } = served.app;
  const { id } =
    name === undefined ? await ensureOwner(db, clock) : await createAccount(db, clock, { name });
  const own = await stranger(browser);
  await own.context.request.post(`${served.publicUrl}/api/session`, {
    data: { secret: await newLink(db, clock, id) },
    headers: { origin: served.publicUrl },
  });
  return { id, ...own };
}

/** A browser that is signed in to nothing. */
export async function stranger(browser: Browser): Promise<Omit<Member, 'id'>> {
  const context = await browser.newContext({ viewport: DESKTOP });
  context.setDefaultTimeout(8_000);
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !/status of 4\d\d/.test(message.text()))
      errors.push(message.text());
  });
  return { context, page, errors };
}

/** A clock that can be put forward, and whose waits are short, so that what happens by itself happens soon. */
export function movableClock(): Clock & { forward(ms: number): void } {
  let ahead = 0;
  return {
    now: () => systemClock.now() + ahead,
    wait: (ms, signal) => systemClock.wait(Math.min(ms, 200), signal),
    forward: (ms) => {
      ahead += ms;
    },
  };
}
