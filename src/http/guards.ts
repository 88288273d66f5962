// Owns what every request must pass before a route sees it: a request id, security headers, a host that is
// ours, an origin that is ours for unsafe methods. Who may do what is each route's own declaration: api.ts.

import { randomBytes } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { ChartfoldError } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import type { App } from './app.ts';
import type { Env } from './problem.ts';

/** What they must know of the program; a locked one has no more. */
export type Guarded = {
  readonly publicUrl: string;
  readonly config: Pick<App['config'], 'allowedHosts'>;
};

const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS'];

/** An id for the request, a nonce for its page, and the headers of every answer. */
export function headers(app: Guarded): MiddlewareHandler<Env> {
  const isHttps = app.publicUrl.startsWith('https:');
  return async (c, next) => {
    const nonce = randomBytes(16).toString('base64url');
    c.set('requestId', newId());
    c.set('nonce', nonce);
    await next();
    const set = (name: string, value: string) => c.res.headers.set(name, value);
    // A file of a record has a stricter one.
    if (!c.res.headers.has('content-security-policy'))
      set('content-security-policy', contentSecurityPolicy(nonce));
    // A page with a form of its own has set another: guards of origins need the form's Origin.
    if (!c.res.headers.has('referrer-policy')) set('referrer-policy', 'no-referrer');
    set('x-content-type-options', 'nosniff');
    set('x-frame-options', 'DENY');
    set('cross-origin-opener-policy', 'same-origin');
    set('cross-origin-resource-policy', 'same-origin');
    set('permissions-policy', 'camera=(), geolocation=(), microphone=(), payment=(), usb=()');
    if (isHttps) set('strict-transport-security', 'max-age=31536000');
    if (!c.res.headers.has('cache-control')) set('cache-control', 'no-store');
  };
}

/** Refuses a Host that is not ours (DNS rebinding). */
export function hosts(app: Guarded): MiddlewareHandler<Env> {
  const allowed = new Set(app.config.allowedHosts);
  return async (c, next) => {
    const host = c.req.header('host')?.toLowerCase() ?? '';
    if (!allowed.has(host))
      throw new ChartfoldError('access.wrong_host', { detail: host.slice(0, 100) });
    await next();
  };
}

/** What may be followed once is not used up by whoever only asks for its head: a preview, a scanner of links. */
export function headsOfLinks(): MiddlewareHandler<Env> {
  return async (c, next) => (c.req.method === 'HEAD' ? c.body(null, 200) : next());
}

/** Unsafe methods need the exact Origin of this instance: PUBLIC_URL, or an allowed host in the same scheme. */
export function origins(app: Guarded): MiddlewareHandler<Env> {
  const scheme = new URL(app.publicUrl).protocol;
  const allowed = new Set(app.config.allowedHosts.map((host) => `${scheme}//${host}`));
  return async (c, next) => {
    if (!SAFE_METHODS.includes(c.req.method)) {
      const origin = c.req.header('origin');
      if (!origin || !allowed.has(origin)) throw new ChartfoldError('access.wrong_origin');
    }
    await next();
  };
}

function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join('; ');
}
