// Owns how an error leaves the server: problem+json (RFC 9457) with a code, or a small page where a browser
// stands at an address of the sign-in flow.

import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { asChartfoldError, type ChartfoldError } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';
import type { Problem } from './contract.ts';

export type Env = { Variables: { requestId: string; nonce: string } };

/** The answer to an error; an unexpected one is logged with the request's id and says nothing of itself. */
export function answerProblem(c: Context<Env>, thrown: unknown, log: Log): Response {
  const error = asChartfoldError(thrown);
  const requestId = c.get('requestId');
  if (error.row.status >= 500)
    log.error('http.failed', error, { requestId, route: c.req.routePath });
  return c.body(
    JSON.stringify(problemOf(error, requestId)),
    error.row.status as ContentfulStatusCode,
    {
      'content-type': 'application/problem+json',
      ...(error.retryAfterS === undefined ? {} : { 'retry-after': String(error.retryAfterS) }),
    },
  );
}

export function problemOf(error: ChartfoldError, requestId: string): Problem {
  const { sentence, status, act, retry } = error.row;
  return {
    type: `urn:chartfold:error:${error.code}`,
    title: sentence,
    status,
    code: error.code,
    ...(error.detail === undefined || status >= 500 ? {} : { detail: error.detail }),
    requestId,
    act,
    retry,
  };
}
