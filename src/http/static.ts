// Owns serving the built web part: files with hashed names for ever, compressed once, and the one page that
// every address of the app begins with, its style nonce filled in.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';
import type { Hono } from 'hono';
import type { Env } from './problem.ts';

/** Off the main thread: a first visit must not hold up a sync. */
const compress = promisify(brotliCompress);

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};
const COMPRESSIBLE = new Set(['.css', '.html', '.js', '.json', '.svg', '.webmanifest']);

type File = {
  readonly type: string;
  readonly plain: Buffer<ArrayBuffer>;
  /** Begun by the first who takes it. */
  brotli?: Promise<Buffer<ArrayBuffer>>;
};

/** Reads every file once; they are few and small. */
export function staticRoutes(router: Hono<Env>, webRoot: string): void {
  const files = new Map<string, File>();
  for (const entry of readdirSync(webRoot, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const path = `/${relative(webRoot, file).split(sep).join('/')}`;
    files.set(path, {
      type: TYPES[extname(path)] ?? 'application/octet-stream',
      plain: readFileSync(file),
    });
  }
  const index = existsSync(join(webRoot, 'index.html'))
    ? readFileSync(join(webRoot, 'index.html'), 'utf8')
    : '';

  router.get('*', async (c, next) => {
    const path = new URL(c.req.url).pathname;
    const file = path === '/index.html' ? undefined : files.get(path);
    if (file) {
      c.header('content-type', file.type);
      c.header(
        'cache-control',
        path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
      );
      c.header('vary', 'accept-encoding');
      if (
        !COMPRESSIBLE.has(extname(path)) ||
        !/\bbr\b/.test(c.req.header('accept-encoding') ?? '')
      ) {
        return c.body(file.plain);
      }
      file.brotli ??= compress(file.plain, {
        params: { [constants.BROTLI_PARAM_QUALITY]: 9 },
      });
      const body = await file.brotli;
      c.header('content-encoding', 'br');
      return c.body(body);
    }
    // An address of the app, not of a file or of the API: the page itself finds out what to show.
    if (!index || path.startsWith('/api/') || path.startsWith('/assets/') || extname(path))
      return next();
    return c.html(index.replaceAll('__CSP_NONCE__', c.get('nonce')));
  });
}
