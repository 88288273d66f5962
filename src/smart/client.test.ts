// Proves that a portal on https is never sent a secret over http.

import { expect, it } from 'vitest';
import type { SmartClient } from './client.ts';
import { publicClient } from './client-auth/public.ts';
import { refreshTokens } from './token.ts';

it('an http token endpoint named by a portal on https is not asked [SMART 2.2 @1]', async () => {
  const asked: string[] = [];
  const outbound = async (url: string) => {
    asked.push(url);
    return Response.json({ access_token: 'a', token_type: 'bearer' });
  };
  const client = (fhirBaseUrl: string): SmartClient => ({
    server: {
      issuer: null,
      authorizationEndpoint: 'https://portal.example/authorize',
      tokenEndpoint: 'http://portal.example/token',
      revocationEndpoint: null,
      jwksUri: null,
      capabilities: [],
      scopesSupported: [],
      clientAuth: [],
      brandBundle: null,
    },
    fhirBaseUrl,
    clientId: 'me',
    authenticate: publicClient(),
  });
  const refresh = (base: string) => refreshTokens(client(base), outbound, 'r', {});
  await expect(refresh('https://portal.example/fhir')).rejects.toThrow();
  expect(asked).toEqual([]);
  await refresh('http://localhost:1/fhir');
  expect(asked).toEqual(['http://portal.example/token']);
});
