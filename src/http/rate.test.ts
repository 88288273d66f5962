import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { appOf, browserOf, codeOf, signedIn } from '../../e2e/support/http.ts';
import { startProgram, type TestProgram } from '../../e2e/support/program.ts';
import { type Clock, systemClock } from '../platform/clock.ts';
import { createBuckets } from './rate.ts';

let now = Date.now();
const clock: Clock = { ...systemClock, now: () => now };

describe('a bucket', () => {
  it('lets as many through as a minute brings, and then one at a time', () => {
    const buckets = createBuckets(clock, 60);
    const taken = Array.from({ length: 60 }, () => buckets.take('a'));
    expect(taken).toEqual(Array(60).fill(0));
    expect(buckets.take('a')).toBe(1_000);
    expect(buckets.take('b')).toBe(0);
    now += 400;
    expect(buckets.take('a')).toBe(600);
    now += 600;
    expect([buckets.take('a'), buckets.take('a')]).toEqual([0, 1_000]);
  });

  it('that nobody took from for a minute is full, and never fuller', () => {
    const buckets = createBuckets(clock, 10);
    for (let n = 0; n < 10; n += 1) buckets.take('a');
    now += 3_600_000;
    const taken = Array.from({ length: 11 }, () => buckets.take('a'));
    expect(taken.filter((wait) => wait === 0)).toHaveLength(10);
  });

  it('is one of a bounded number, of which the longest unused goes first [CWE-770]', () => {
    const buckets = createBuckets(clock, 1, 3);
    for (const key of ['a', 'b', 'c', 'd']) buckets.take(key);
    // Those that are remembered have to wait; taking from the one that was forgotten forgets the next.
    for (const key of ['d', 'c', 'b']) expect(buckets.take(key), key).toBeGreaterThan(0);
    expect(buckets.take('a')).toBe(0);
    expect(buckets.take('b')).toBe(0);
  });
});

describe('a request', () => {
  let program: TestProgram;
  beforeAll(async () => {
    program = await startProgram({ clock });
  });
  afterAll(() => program.close());
  beforeEach(() => {
    now += 3_600_000;
  });

  /** Asks until refused. @returns how often it was answered, and the refusal */
  async function askUntilRefused(ask: () => Promise<Response>) {
    for (let answered = 0; answered < 2_000; answered += 1) {
      const response = await ask();
      if (response.status === 429) return { answered, response };
    }
    throw new Error('nothing was refused');
  }

  it('without a session is refused after 300 a minute, with when to come back [CWE-770]', async () => {
    const browser = browserOf(appOf(program));
    const { answered, response } = await askUntilRefused(() => browser.fetch('/api/session'));
    expect(answered).toBe(300);
    expect(response.headers.get('retry-after')).toBe('1');
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await codeOf(response)).toBe('access.too_many_requests');
    now += 1_000;
    expect((await browser.fetch('/api/session')).status).toBe(200);
  });

  it('is counted at every address that does work [CWE-770]', async () => {
    for (const path of ['/connect/none', '/athena/callback?state=x', '/.well-known/jwks.json']) {
      const browser = browserOf(appOf(program));
      const { answered } = await askUntilRefused(() => browser.fetch(path));
      expect(answered, path).toBe(300);
    }
  });

  it('with a made-up session counts as one without [CWE-770]', async () => {
    const browser = browserOf(appOf(program));
    let tries = 0;
    const { answered } = await askUntilRefused(() => {
      tries += 1;
      return browser.fetch('/api/session', { headers: { cookie: `chartfold-session=${tries}` } });
    });
    expect(answered).toBe(300);
  });

  it('of who is signed in is let through while strangers at the same address are held up', async () => {
    const app = appOf(program);
    const browser = await signedIn(app);
    const stranger = { headers: { cookie: 'none=1' } };
    await askUntilRefused(() => browser.fetch('/api/session', stranger));
    const { answered } = await askUntilRefused(() => browser.fetch('/api/people'));
    expect(answered).toBe(600);
  });

  it('for a page or a file of the app is not counted', async () => {
    const app = { ...appOf(program), webRoot: import.meta.dirname };
    const browser = browserOf(app);
    await askUntilRefused(() => browser.fetch('/api/session'));
    expect((await browser.fetch('/rate.ts')).status).toBe(200);
  });
});
