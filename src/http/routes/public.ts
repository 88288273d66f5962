// Owns the addresses that anyone may read: health, public keys, the description of the API.

import type { Hono } from 'hono';
import { jwksPath, publicKeys, rings } from '../../keys/keyring.ts';
import type { Api } from '../api.ts';
import { page } from '../page.ts';
import type { Env } from '../problem.ts';

/** Short, so that a new key is known soon; authorization servers keep the set at least this long. */
const JWKS_MAX_AGE_S = 60;

export function publicRoutes(router: Hono<Env>, { app, router: described }: Api): void {
  router.get('/api/health', (c) => c.json({ status: 'ok' }));
  router.get('/api/openapi.json', (c) =>
    c.json(
      described.getOpenAPI31Document({
        openapi: '3.1.0',
        info: {
          title: 'Chartfold',
          version: '1',
          description: 'The API of one Chartfold instance. Errors are problem+json with a code.',
        },
      }),
    ),
  );
  for (const ring of rings) {
    router.get(jwksPath(ring), async (c) => {
      c.header('cache-control', `public, max-age=${JWKS_MAX_AGE_S}`);
      return c.json(await publicKeys(app.db, ring));
    });
  }
  router.get('/signed-out', (c) =>
    page(c, {
      title: 'Signed out',
      sentence: 'You are signed out at the portal. Your record here is as it was.',
      link: { href: '/connections', text: 'Back to Connections' },
    }),
  );
}
