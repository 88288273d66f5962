// Owns what is answered while the root key is locked with a passphrase: whether the program is up, the page to unlock it,
// and nothing else. There is no store yet, so tries are counted here.

import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Clock } from '../platform/clock.ts';
import { asChartfoldError, ChartfoldError } from '../platform/errors.ts';
import { type Bucket, type Limit, take } from '../platform/leaky-bucket.ts';
import type { Log } from '../platform/log.ts';
import { type Guarded, headers, hosts, origins } from './guards.ts';
import { formPage, page } from './page.ts';
import { answerProblem, type Env } from './problem.ts';

const MOST_BYTES = 4_096;
/** The terminal's own way in, npx chartfold unlock, is never held up. */
const TRIES: Limit = { most: 5, forgetMs: 30_000 };

type Locked = Guarded & {
  readonly clock: Clock;
  readonly log: Log;
  /** @throws keys.wrong_passphrase */
  unlock(passphrase: string): Promise<void>;
};

/** The addresses of a locked instance. */
export function createLockedServer(locked: Locked): Hono<Env> {
  const { clock, log, unlock } = locked;
  const router = new Hono<Env>();
  const takeTry = tries(clock);
  router.onError((error, c) => answerProblem(c, error, log));
  router.use(headers(locked), hosts(locked), origins(locked));
  router.get('/api/health', (c) => c.json({ status: 'locked' }));
  router.get('/unlock', (c) => formPage(c, FORM));
  router.post(
    '/unlock',
    bodyLimit({
      maxSize: MOST_BYTES,
      onError: () => {
        throw new ChartfoldError('http.too_large');
      },
    }),
    async (c) => {
      try {
        takeTry();
        const { passphrase } = await c.req.parseBody();
        await unlock(typeof passphrase === 'string' ? passphrase : '');
      } catch (thrown) {
        const error = asChartfoldError(thrown);
        const { row } = error;
        if (row.status >= 500)
          log.error('http.failed', error, { requestId: c.get('requestId'), route: '/unlock' });
        return formPage(c, { ...FORM, sentence: row.sentence }, row.status as ContentfulStatusCode);
      }
      return page(c, {
        title: 'Unlocked',
        sentence: 'Chartfold is starting with its root key.',
        link: { href: '/', text: 'Go on' },
      });
    },
  );
  router.notFound((c) =>
    // Whoever opens another page gets the one that can be used.
    c.req.method === 'GET' && c.req.header('accept')?.includes('text/html')
      ? formPage(c, FORM, 503)
      : answerProblem(c, new ChartfoldError('store.locked'), log),
  );
  return router;
}

const FORM = {
  title: 'Chartfold is locked',
  sentence: 'Enter the passphrase of the root key. Until then nothing can be read here.',
  action: '/unlock',
  label: 'Passphrase',
  name: 'passphrase',
  button: 'Unlock',
};

/** One bucket for all together: a passphrase is guessed at from anywhere. */
function tries(clock: Clock): () => void {
  let bucket: Bucket = { emptyAt: 0 };
  return () => {
    const taken = take(bucket, clock.now(), TRIES);
    if ('waitMs' in taken) throw new ChartfoldError('access.too_many_attempts');
    bucket = taken;
  };
}
