// Owns what is answered while the root key is locked with a passphrase: whether the program is up, the page to unlock it,
// and nothing else. There is no store yet, so tries are counted here.

import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { tooManyTries } from '../access/limits.ts';
import { isPlainHttp } from '../platform/addresses.ts';
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
  const form = { ...FORM, ...(isPlainHttp(locked.publicUrl) ? { small: PLAIN_HTTP } : {}) };
  router.onError((error, c) => answerProblem(c, error, log));
  router.use(headers(locked), hosts(locked), origins(locked));
  router.get('/api/health', (c) => c.json({ status: 'locked' }));
  router.get('/unlock', (c) => formPage(c, form));
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
        const { row, detail, retryAfterS } = error;
        if (row.status >= 500)
          log.error('http.failed', error, { requestId: c.get('requestId'), route: '/unlock' });
        if (retryAfterS !== undefined) c.header('retry-after', String(retryAfterS));
        const refused = [row.sentence, detail && `${sentenceCase(detail)}.`]
          .filter(Boolean)
          .join(' ');
        return formPage(c, { ...form, refused }, row.status as ContentfulStatusCode);
      }
      return page(c, {
        title: 'Unlocked',
        sentence: 'Chartfold is starting with its root key. That takes a few seconds.',
        link: { href: '/', text: 'Go on' },
      });
    },
  );
  router.notFound((c) =>
    // Whoever opens another page gets the one that can be used.
    c.req.method === 'GET' && c.req.header('accept')?.includes('text/html')
      ? formPage(c, form, 503)
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

const PLAIN_HTTP =
  'This address is plain http: who is on this network could read along, what you type here included.';

/** Its first letter large: a detail is the end of a line elsewhere. */
function sentenceCase(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

/** One bucket for all together: a passphrase is guessed at from anywhere. */
function tries(clock: Clock): () => void {
  let bucket: Bucket = { emptyAt: 0 };
  return () => {
    const taken = take(bucket, clock.now(), TRIES);
    if ('waitMs' in taken) throw tooManyTries(taken.waitMs);
    bucket = taken;
  };
}
