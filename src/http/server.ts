// Owns putting the routes behind the guards. What listens is in listen.ts.

import { Hono } from 'hono';
import { ChartfoldError, isChartfoldError } from '../platform/errors.ts';
import { type Api, createApi } from './api.ts';
import type { App } from './app.ts';
import { headers, hosts, origins } from './guards.ts';
import { wantsPage, wrongAddressPage } from './page.ts';
import { answerProblem, type Env } from './problem.ts';
import { rates } from './rate.ts';
import { accountRoutes } from './routes/account.ts';
import { attachmentRoutes } from './routes/attachments.ts';
import { auditRoutes } from './routes/audit.ts';
import { backupRoutes } from './routes/backup.ts';
import { changesRoutes } from './routes/changes.ts';
import { chartRoutes } from './routes/chart.ts';
import { connectRoutes } from './routes/connect.ts';
import { connectionRoutes } from './routes/connections.ts';
import { directoryRoutes } from './routes/directory.ts';
import { serverRoutes } from './routes/servers.ts';
import { eventRoutes } from './routes/events.ts';
import { peopleRoutes } from './routes/people.ts';
import { publicRoutes } from './routes/public.ts';
import { sampleRoutes } from './routes/sample.ts';
import { sessionRoutes } from './routes/session.ts';
import { staticRoutes } from './static.ts';

/** Where work is done for whoever asks. The app's files cost next to nothing, and a page takes many at once. */
const COUNTED = ['/api/*', '/connect/*', '/:vendor/callback', '/.well-known/*'];

/** The addresses of the program, ready to be listened for or called directly. */
export function createServer(app: App): Hono<Env> {
  const router = new Hono<Env>();
  router.onError((error, c) =>
    isChartfoldError(error, 'access.wrong_host') && wantsPage(c)
      ? wrongAddressPage(c, app.publicUrl)
      : answerProblem(c, error, app.log),
  );
  router.use(headers(app), hosts(app), origins(app));
  const rate = rates(app);
  for (const path of COUNTED) router.use(path, rate);

  const api = createApi(app);
  declareRoutes(api);
  publicRoutes(router, api);
  connectRoutes(router, app);
  router.route('/', api.router);
  if (app.webRoot) staticRoutes(router, app.webRoot);
  router.notFound((c) => answerProblem(c, new ChartfoldError('http.not_found'), app.log));
  return router;
}

/** Declares every route of the API. @returns what was declared, for the pages and tests made from it */
export function declareRoutes(api: Api): Api['declared'] {
  sessionRoutes(api);
  accountRoutes(api);
  peopleRoutes(api);
  connectionRoutes(api);
  directoryRoutes(api);
  serverRoutes(api);
  chartRoutes(api);
  changesRoutes(api);
  attachmentRoutes(api);
  auditRoutes(api);
  backupRoutes(api);
  sampleRoutes(api);
  eventRoutes(api);
  return api.declared;
}
