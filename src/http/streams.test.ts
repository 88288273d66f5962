// Proves that a live stream hears at once that its session or a right has ended, whoever ended it, and that it says so
// to its page before it ends. The heartbeat never comes here: nothing that is told was found by looking again.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appOf, type Browser, signedIn } from '../../e2e/support/http.ts';
import { startProgram, type TestProgram } from '../../e2e/support/program.ts';
import { createAccount, ensureOwner } from '../access/accounts.ts';
import { createPerson } from '../access/people.ts';
import { giveRight } from '../access/rights.ts';
import { newLink } from '../access/sessions.ts';
import type { App } from './app.ts';

const MINUTE = 60_000;

/** A clock whose waits end only when it is put forward. */
function standingClock() {
  let now = Date.UTC(2026, 10, 22, 12);
  const waits = new Set<{ until: number; done: () => void }>();
  return {
    now: () => now,
    wait: (ms: number, signal?: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        const wait = { until: now + ms, done: resolve };
        waits.add(wait);
        signal?.addEventListener('abort', () => {
          waits.delete(wait);
          reject(signal.reason);
        });
      }),
    /** Resolves when something waits for at most this long. */
    waitedFor: async (ms: number) => {
      await expect.poll(() => [...waits].some(({ until }) => until - now <= ms)).toBe(true);
    },
    forward(ms: number) {
      now += ms;
      for (const wait of waits)
        if (wait.until <= now) {
          waits.delete(wait);
          wait.done();
        }
    },
  };
}

let clock: ReturnType<typeof standingClock>;
let program: TestProgram;
let app: App;
let ben: string;
let owner: Browser;
let here: Browser;
beforeEach(async () => {
  clock = standingClock();
  program = await startProgram({ clock });
  app = appOf(program);
  await ensureOwner(app.db, app.clock);
  ({ id: ben } = await createAccount(app.db, app.clock, { name: 'Ben' }));
  owner = await signedIn(app);
  here = await signedIn(app, ben);
});
afterEach(() => program.close());

/** Opens the stream of a browser. `rest` resolves with all that is told until it ends, `said` when it has said what matches. */
async function streamOf(browser: Browser) {
  const reader = (await browser.fetch('/api/events')).body?.getReader();
  let told = '';
  const ended = (async () => {
    for (;;) {
      const { done, value } = (await reader?.read()) ?? { done: true };
      if (done) return;
      told += new TextDecoder().decode(value);
    }
  })();
  await expect.poll(() => told).toContain('event: connections');
  return {
    rest: async () => {
      await ended;
      return told.split('event: connections').slice(1).join('');
    },
    said: (words: string) => expect.poll(() => told).toContain(words),
    close: () => reader?.cancel(),
  };
}

describe('a page that stands open', () => {
  it.each<[string, () => Promise<unknown>]>([
    [
      'it is ended as one of all others',
      async () => (await another()).post('/api/account/sessions', undefined, 'DELETE'),
    ],
    [
      'the password is changed elsewhere',
      async () =>
        (await another()).post(
          '/api/account/password',
          { password: 'three blue herons at dusk' },
          'PUT',
        ),
    ],
    ['its account is closed', () => owner.post(`/api/accounts/${ben}`, undefined, 'DELETE')],
    ['it signs out in another tab', () => here.post('/api/session', undefined, 'DELETE')],
    [
      'another account signs in in the same browser',
      async () =>
        here.post('/api/session', {
          secret: await newLink(app.db, clock, (await ensureOwner(app.db, clock)).id),
        }),
    ],
  ])('is told at once that its session ended when %s [ASVS 7.4.1]', async (_why, end) => {
    const stream = await streamOf(here);
    await end();
    expect(await stream.rest()).toContain('event: session');
  });

  it('is told at once that its session was ended by its id', async () => {
    const stream = await streamOf(here);
    const other = await another();
    const { sessions } = (await (await other.fetch('/api/account')).json()) as {
      sessions: { id: string; current: boolean }[];
    };
    const id = sessions.find((one) => !one.current)?.id ?? '';
    expect((await other.post(`/api/account/sessions/${id}`, undefined, 'DELETE')).status).toBe(200);
    expect(await stream.rest()).toContain('event: session');
  });

  it('is told of a right that ends by itself when it ends, not at the next look', async () => {
    const person = await createPerson(app.db, { name: 'Mia', by: null, now: clock.now() });
    const right = { accountId: ben, personId: person.id, level: 'read', givenBy: null } as const;
    await giveRight(app.db, clock.now(), { ...right, expiresAt: clock.now() + 5_000 });
    const stream = await streamOf(here);
    await clock.waitedFor(5_000);
    clock.forward(5_000);
    await stream.said('event: people');
    await stream.close();
  });

  it('looks again in any case where a right lasts longer than its heartbeat', async () => {
    const person = await createPerson(app.db, { name: 'Mia', by: null, now: clock.now() });
    const right = { accountId: ben, personId: person.id, level: 'read', givenBy: null } as const;
    await giveRight(app.db, clock.now(), { ...right, expiresAt: clock.now() + 60 * MINUTE });
    const stream = await streamOf(here);
    await clock.waitedFor(20_000);
    await stream.close();
  });
});

const another = () => signedIn(app, ben);
