// Proves what is made of a server's SMART configuration, odd ones included.

import { describe, expect, it } from 'vitest';
import { readConfiguration } from './discovery.ts';

const BASE = 'https://fhir.example.org/r4';
const whole = {
  authorization_endpoint: 'https://login.example.org/authorize',
  token_endpoint: 'https://login.example.org/token',
};
const read = (body: object) => readConfiguration(Response.json(body), BASE);

describe('a SMART configuration', () => {
  it('with relative addresses has them below the FHIR base [SMART 2.2 @379]', async () => {
    const found = await read({ ...whole, token_endpoint: 'auth/token', jwks_uri: '/keys' });
    expect(found.tokenEndpoint).toBe(`${BASE}/auth/token`);
    expect(found.jwksUri).toBe('https://fhir.example.org/keys');
  });

  it('that leaves empty what it does not offer is read as not offering it', async () => {
    expect(await read({ ...whole, revocation_endpoint: '', jwks_uri: null })).toMatchObject({
      revocationEndpoint: null,
      jwksUri: null,
    });
  });

  it('with an address of brands that is none is read without', async () => {
    const at = (user_access_brand_bundle: unknown) => read({ ...whole, user_access_brand_bundle });
    expect((await at('brands.json')).brandBundle).toBe(`${BASE}/brands.json`);
    for (const odd of ['javascript:alert(1)', '', 7, null])
      expect((await at(odd)).brandBundle).toBeNull();
  });

  it('with lists that hold anything has the words in them', async () => {
    const capabilities = ['client-public', 7, null, ['permission-v2']];
    const found = await read({ ...whole, capabilities, scopes_supported: 'openid' });
    expect(found).toMatchObject({ capabilities: ['client-public'], scopesSupported: [] });
  });

  it('that offers no way of PKCE that is one says so in a few words', async () => {
    const methods = Array.from({ length: 10_000 }, () => 0);
    await expect(
      read({ ...whole, code_challenge_methods_supported: methods }),
    ).rejects.toMatchObject({
      code: 'smart.discovery_incomplete',
      detail: 'PKCE with S256 is not offered',
    });
  });

  it.each([
    ['', 'token_endpoint'],
    ['https://', 'token_endpoint'],
    ['javascript:alert(1)', 'authorization_endpoint'],
    ['https://[', 'revocation_endpoint'],
    ['file:///etc/hosts', 'jwks_uri'],
    ['http://login.example.org/authorize', 'authorization_endpoint'],
    ['http://login.example.org/token', 'token_endpoint'],
  ])(
    'with %j as an address lacks what is needed, and says at which name',
    async (address, name) => {
      await expect(read({ ...whole, [name]: address })).rejects.toMatchObject({
        code: 'smart.discovery_incomplete',
        detail: name,
      });
    },
  );
});
