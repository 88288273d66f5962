// Owns putting the routes behind the guards. What listens is in listen.ts.

import { Hono } from 'hono';
import { ChartfoldError, isChartfoldError } from '../platform/errors.ts';
import { createApi } from './api.ts';
import type { App } from './app.ts';
import { headers, hosts, origins, signedIn } from './guards.ts';
import { wantsPage, wrongAddressPage } from './page.ts';
import { answerProblem, type Env } from './problem.ts';
import { chartRoutes } from './routes/chart.ts';
import { connectRoutes } from './routes/connect.ts';
import { connectionRoutes } from './routes/connections.ts';
import { eventRoutes } from './routes/events.ts';
import { publicRoutes } from './routes/public.ts';
import { sampleRoutes } from './routes/sample.ts';
import { sessionRoutes } from './routes/session.ts';
import { staticRoutes } from './static.ts';

/** The addresses of the program, ready to be listened for or called directly. */
export function createServer(app: App): Hono<Env> {
  const router = new Hono<Env>();
  router.onError((error, c) =>
    isChartfoldError(error, 'access.wrong_host') && wantsPage(c)
      ? wrongAddressPage(c, app.publicUrl)
      : answerProblem(c, error, app.log),
  );
  router.use(headers(app), hosts(app), origins(app));

  const open = createApi();
  sessionRoutes(open, app);
  const guarded = createApi();
  guarded.use('/api/*', signedIn(app));
  connectionRoutes(guarded, app);
  chartRoutes(guarded, app);
  sampleRoutes(guarded, app);
  eventRoutes(guarded, app);

  guarded.openAPIRegistry.definitions.unshift(...open.openAPIRegistry.definitions);
  publicRoutes(router, guarded, app);
  connectRoutes(router, app);
  router.route('/', open);
  router.route('/', guarded);
  if (app.webRoot) staticRoutes(router, app.webRoot);
  router.notFound((c) => answerProblem(c, new ChartfoldError('http.not_found'), app.log));
  return router;
}
