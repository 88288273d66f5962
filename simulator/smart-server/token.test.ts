// The token endpoint, through real HTTP: each way of client authentication, the id_token, refresh and revocation.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  allScopes,
  type AppKey,
  assertion,
  authorize,
  connect,
  makeApp,
  startWithApps,
} from '../testing/app.ts';
import type { RunningSimulator } from '../start.ts';

let simulator: RunningSimulator;
let key: AppKey;
let close: () => Promise<void>;
let base: string;

beforeAll(async () => {
  ({ simulator, key, close } = await startWithApps());
  base = `${simulator.url}/athenahealth/production`;
});
afterAll(() => close());
afterEach(() => {
  simulator.control.setFaults([]);
});

describe('discovery', () => {
  it('lists neither refresh_token nor scopes, and an issuer that is not the FHIR base', async () => {
    const found = await (await fetch(`${base}/fhir/r4/.well-known/smart-configuration`)).json();
    expect(found.grant_types_supported).toEqual(['authorization_code', 'client_credentials']);
    expect(found).not.toHaveProperty('scopes_supported');
    expect(found.code_challenge_methods_supported).toEqual(['S256']);
    expect(found.issuer).toBe(`${base}/okta`);
    expect(found.capabilities).toContain('authorize-post');
  });

  it('serves openid-configuration at the issuer and not at the host', async () => {
    const found = await (await fetch(`${base}/okta/.well-known/openid-configuration`)).json();
    expect(found.issuer).toBe(`${base}/okta`);
    expect((await fetch(`${base}/.well-known/openid-configuration`)).status).toBe(404);
    expect((await fetch(`${simulator.url}/.well-known/openid-configuration`)).status).toBe(404);
  });
});

describe.each(['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'] as const)(
  'with %s',
  (auth) => {
    it('a code becomes tokens, and the id_token holds [OpenID Connect Core 3.1.3.7]', async () => {
      const returned = await authorize(simulator, { clientId: auth });
      const { status, body } = await makeApp(simulator, auth, key).exchange(returned);
      expect(status).toBe(200);
      expect(body).toMatchObject({
        token_type: 'Bearer',
        expires_in: 3600,
        scope: allScopes,
        patient: 'a-24411.E-2051',
      });
      expect(body.refresh_token).toBeTypeOf('string');
      const keys = createRemoteJWKSet(new URL(`${base}/oauth2/v1/keys`));
      const { payload, protectedHeader } = await jwtVerify(String(body.id_token), keys, {
        issuer: `${base}/okta`,
        audience: auth,
      });
      expect(protectedHeader.alg).toBe('RS256');
      expect(payload.nonce).toBe(returned.nonce);
      expect(payload.fhirUser).toBe(`${base}/fhir/r4/Patient/a-24411.E-2051`);
    });

    it('a refresh works and leaves the old refresh token in force', async () => {
      const app = makeApp(simulator, auth, key);
      const { body: first } = await app.exchange(await authorize(simulator, { clientId: auth }));
      for (let turn = 0; turn < 2; turn += 1) {
        const { status, body } = await app.refresh(first.refresh_token);
        expect(status).toBe(200);
        expect(body).not.toHaveProperty('refresh_token');
        expect(body.access_token).not.toBe(first.access_token);
        expect(body.patient).toBe(first.patient);
      }
    });
  },
);

describe('the access token', () => {
  it('is a JWT that tells the practice, which the reply does not', async () => {
    const { token } = await connect(simulator, key);
    expect(token).not.toHaveProperty('ah_practice');
    const claims = decodeJwt(String(token.access_token));
    expect(claims.ah_practice).toBe('a-1.Practice-24411');
    expect(claims.exp).toBeGreaterThan(Date.now() / 1000 + 3500);
    expect(decodeProtectedHeader(String(token.access_token)).alg).toBe('RS256');
  });

  it('is worth nothing after a change to it', async () => {
    const { token, fhirBase, patient } = await connect(simulator, key);
    const [head, payload, signature] = String(token.access_token).split('.');
    const claims = { ...decodeJwt(String(token.access_token)), scp: ['patient/*.read'] };
    const forged = Buffer.from(JSON.stringify(claims)).toString('base64url');
    for (const bad of [`${head}.${forged}.${signature}`, `${head}.${payload}.${payload}`, 'x']) {
      const response = await fetch(`${fhirBase}/Patient/${patient}`, {
        headers: { authorization: `Bearer ${bad}` },
      });
      expect(response.status).toBe(401);
    }
  });

  it('comes without a refresh token when offline_access was not asked for', async () => {
    const scope = 'openid launch/patient patient/Patient.read';
    const { token } = await connect(simulator, key, { scope });
    expect(token).not.toHaveProperty('refresh_token');
  });
});

describe('a vendor that differs', () => {
  it.each([
    ['token-reply', 'a-1.Practice-24411', undefined],
    ['nowhere', undefined, undefined],
  ] as const)('tells the practice %s', async (practiceTold, inReply, inToken) => {
    const other = await startWithApps({ behaviour: { athenahealth: { practiceTold } } });
    try {
      const { token } = await connect(other.simulator, other.key);
      expect(token.ah_practice).toBe(inReply);
      expect(decodeJwt(String(token.access_token)).ah_practice).toBe(inToken);
    } finally {
      await other.close();
    }
  });
});

describe('a code', () => {
  it('is refused with another verifier [RFC 7636 4.6]', async () => {
    const app = makeApp(simulator, 'none', key);
    const returned = await authorize(simulator);
    const { status, body } = await app.exchange({ ...returned, verifier: 'x'.repeat(43) });
    expect([status, body.error]).toEqual([400, 'invalid_grant']);
  });

  it('is refused the second time, and takes the first tokens with it [RFC 6749 4.1.2]', async () => {
    const app = makeApp(simulator, 'none', key);
    const returned = await authorize(simulator);
    const { body: first } = await app.exchange(returned);
    expect((await app.exchange(returned)).body.error).toBe('invalid_grant');
    expect((await app.refresh(first.refresh_token)).body.error).toBe('invalid_grant');
  });

  it('is refused from another client and with another redirect address', async () => {
    const returned = await authorize(simulator);
    const other = makeApp(simulator, 'client_secret_basic', key);
    expect((await other.exchange(returned)).body.error).toBe('invalid_grant');
    const app = makeApp(simulator, 'none', key);
    const moved = await app.exchange(returned, { redirect_uri: 'http://localhost:4200/other' });
    expect(moved.body.error).toBe('invalid_grant');
  });

  it('is already expired under the fault token.expired-code', async () => {
    simulator.control.setFaults(['token.expired-code']);
    const returned = await authorize(simulator);
    const { status, body } = await makeApp(simulator, 'none', key).exchange(returned);
    expect([status, body.error]).toEqual([400, 'invalid_grant']);
  });
});

describe('a client assertion [RFC 7523 3, SMART 2.2 @323–@332]', () => {
  const now = Math.floor(Date.now() / 1000);
  it.each([
    ['lives longer than five minutes', { exp: now + 3600 }, {}],
    ['is addressed to the issuer', { aud: 'issuer' }, {}],
    ['has no kid', {}, { kid: undefined }],
    ['names a key that is not published', {}, { kid: 'other' }],
    ['has no jti', { jti: undefined }, {}],
    ['is for another client', { iss: 'none', sub: 'none' }, {}],
  ])('is refused when it %s', async (_what, claims: Record<string, unknown>, header) => {
    const returned = await authorize(simulator, { clientId: 'private_key_jwt' });
    const audience = claims.aud === 'issuer' ? { aud: `${base}/okta` } : {};
    const bad = await assertion(key, `${base}/oauth2/v1/token`, { ...claims, ...audience }, header);
    const app = makeApp(simulator, 'private_key_jwt', key);
    const { status, body } = await app.exchange(returned, { client_assertion: bad });
    expect([status, body.error]).toEqual([401, 'invalid_client']);
  });

  it('is refused when it was used before', async () => {
    const app = makeApp(simulator, 'private_key_jwt', key);
    const once = await assertion(key, `${base}/oauth2/v1/token`);
    const { body } = await app.exchange(
      await authorize(simulator, { clientId: 'private_key_jwt' }),
      {
        client_assertion: once,
      },
    );
    const fields = { client_id: 'private_key_jwt', scope: allScopes, client_assertion: once };
    const again = await app.refresh(body.refresh_token, fields);
    expect([again.status, again.body.error]).toEqual([401, 'invalid_client']);
  });
});

describe('a client secret', () => {
  it('is refused when it is wrong', async () => {
    const returned = await authorize(simulator, { clientId: 'client_secret_post' });
    const app = makeApp(simulator, 'client_secret_post', key);
    const { status, body } = await app.exchange(returned, { client_secret: 'wrong' });
    expect([status, body.error]).toEqual([401, 'invalid_client']);
  });
});

describe('a refresh', () => {
  it.each([
    ['client_id', { scope: allScopes }],
    ['scope', { client_id: 'client_secret_basic' }],
  ])('without %s is refused with invalid_request', async (missing, fields) => {
    const app = makeApp(simulator, 'client_secret_basic', key);
    const { body } = await app.exchange(
      await authorize(simulator, { clientId: 'client_secret_basic' }),
    );
    const refused = await app.refresh(body.refresh_token, fields as Record<string, string>);
    expect([refused.status, refused.body.error]).toEqual([400, 'invalid_request']);
    expect(refused.body.error_description).toContain(missing);
  });

  it('rotates under refresh.rotates, and an old token ends the whole grant [RFC 9700 4.14.2]', async () => {
    simulator.control.setFaults(['refresh.rotates']);
    const { app, token, fhirBase, patient } = await connect(simulator, key);
    const { body: second } = await app.refresh(token.refresh_token);
    expect(second.refresh_token).not.toBe(token.refresh_token);
    expect((await app.refresh(token.refresh_token)).body.error).toBe('invalid_grant');
    expect((await app.refresh(second.refresh_token)).body.error).toBe('invalid_grant');
    const headers = { authorization: `Bearer ${String(second.access_token)}` };
    expect((await fetch(`${fhirBase}/Patient/${patient}`, { headers })).status).toBe(401);
  });

  it('loses the new token under refresh.rotates-then-500', async () => {
    simulator.control.setFaults([{ name: 'refresh.rotates-then-500', times: 1 }]);
    const { app, token } = await connect(simulator, key);
    const lost = await app.refresh(token.refresh_token);
    expect(lost.status).toBe(500);
    expect(JSON.stringify(lost.body)).not.toContain('refresh_token');
    expect((await app.refresh(token.refresh_token)).body.error).toBe('invalid_grant');
  });

  it('is refused with invalid_grant once access was revoked', async () => {
    const { app, token, get, patient } = await connect(simulator, key);
    simulator.control.setFaults(['access.revoked']);
    expect((await get(`Patient/${patient}`)).status).toBe(403);
    const { status, body } = await app.refresh(token.refresh_token);
    expect([status, body.error]).toEqual([400, 'invalid_grant']);
  });

  it('gives the narrower scope that is asked for, and refuses a wider one', async () => {
    const { app, token } = await connect(simulator, key, { untick: ['patient/Goal.read'] });
    const narrow = 'openid patient/Patient.read';
    const asked = await app.refresh(token.refresh_token, { client_id: 'none', scope: narrow });
    expect(asked.body.scope).toBe(narrow);
    const wider = { client_id: 'none', scope: `${allScopes} patient/Coverage.read` };
    expect((await app.refresh(token.refresh_token, wider)).body.error).toBe('invalid_scope');
  });
});

describe('revocation', () => {
  it('of the refresh token ends the grant and its access tokens [RFC 7009 2.1]', async () => {
    const { app, token, get, patient } = await connect(simulator, key);
    const form = { token: String(token.refresh_token), token_type_hint: 'refresh_token' };
    expect((await app.post('revoke', form)).status).toBe(200);
    expect((await app.refresh(token.refresh_token)).body.error).toBe('invalid_grant');
    expect((await get(`Patient/${patient}`)).status).toBe(401);
  });

  it('takes the access token in the form in which it was given out', async () => {
    const { app, token, get, patient } = await connect(simulator, key);
    expect((await get(`Patient/${patient}`)).status).toBe(200);
    expect((await app.post('revoke', { token: String(token.access_token) })).status).toBe(200);
    expect((await get(`Patient/${patient}`)).status).toBe(401);
  });

  it('shows in introspection, which a confidential client may ask', async () => {
    const app = makeApp(simulator, 'client_secret_basic', key);
    const { body } = await app.exchange(
      await authorize(simulator, { clientId: 'client_secret_basic' }),
    );
    const form = { token: String(body.access_token), token_type_hint: 'access_token' };
    expect((await app.post('introspect', form)).body.active).toBe(true);
    await app.post('revoke', { token: String(body.refresh_token) });
    expect((await app.post('introspect', form)).body.active).toBe(false);
  });
});

describe('faults of the authorization server', () => {
  it('token.expires-early gives tokens of three seconds, refused when they have passed', async () => {
    simulator.control.setFaults(['token.expires-early']);
    const { token, get, patient } = await connect(simulator, key);
    expect((await get(`Patient/${patient}`)).status).toBe(200);
    expect(token.expires_in).toBe(3);
    const { exp = 0 } = decodeJwt(String(token.access_token));
    expect(exp - Date.now() / 1000).toBeLessThanOrEqual(3);
    const status = async () => (await get(`Patient/${patient}`)).status;
    await expect.poll(status, { timeout: 8000, interval: 200 }).toBe(401);
  });

  it('token.html answers the exchange with a page and status 200', async () => {
    simulator.control.setFaults([{ name: 'token.html', times: 1 }]);
    const app = makeApp(simulator, 'none', key);
    const returned = await authorize(simulator);
    const { status, body } = await app.exchange(returned);
    expect(status).toBe(200);
    expect(body.text).toContain('<html>');
    expect((await app.exchange(returned)).status).toBe(200);
  });

  it('token.rate-limit refuses the sixth request of a minute in preview, without Retry-After', async () => {
    simulator.control.setFaults(['token.rate-limit']);
    const post = () =>
      fetch(`${simulator.url}/athenahealth/preview/oauth2/v1/token`, {
        method: 'POST',
        body: new URLSearchParams({ grant_type: 'refresh_token', client_id: 'none' }),
      });
    // Twelve requests hold six of one minute even when the minute ends between them.
    const answers = await Promise.all(Array.from({ length: 12 }, post));
    const limited = answers.filter(({ status }) => status === 429);
    expect(limited.length).toBeGreaterThanOrEqual(1);
    expect(limited[0]?.headers.get('retry-after')).toBeNull();
    expect(answers.filter(({ status }) => status === 400).length).toBeGreaterThanOrEqual(5);
  });

  it('discovery.html gives a page in place of the document', async () => {
    simulator.control.setFaults(['discovery.html']);
    const response = await fetch(`${base}/fhir/r4/.well-known/smart-configuration`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('text/html');
  });

  it('scope.narrowed grants less than was agreed to', async () => {
    simulator.control.setFaults([{ name: 'scope.narrowed', scopes: ['patient/Device.read'] }]);
    const { token } = await connect(simulator, key);
    expect(String(token.scope).split(' ')).not.toContain('patient/Device.read');
    expect(String(token.scope).split(' ')).toHaveLength(24);
  });
});

describe('a restart', () => {
  it('keeps grants, refresh tokens, access tokens, keys and edits', async () => {
    const stateDirectory = await mkdtemp(join(tmpdir(), 'simulator-'));
    try {
      const first = await startWithApps({ stateDirectory });
      const { token, patient } = await connect(first.simulator, first.key);
      const { port } = new URL(first.simulator.url);
      const before = first.simulator.control.truth('production', patient);
      const goal = before.resources.find(({ type }) => type === 'Goal')?.id ?? '';
      first.simulator.control.edit({
        environment: 'production',
        type: 'Goal',
        id: goal,
        delete: true,
      });
      await first.close();
      const second = await startWithApps({
        stateDirectory,
        port: Number(port),
        anchor: '2026-01-15',
      });
      try {
        const app = makeApp(second.simulator, 'none', second.key);
        expect((await app.refresh(token.refresh_token)).status).toBe(200);
        const headers = { authorization: `Bearer ${String(token.access_token)}` };
        const fhirBase = `${second.simulator.url}/athenahealth/production/fhir/r4`;
        expect((await fetch(`${fhirBase}/Patient/${patient}`, { headers })).status).toBe(200);
        expect((await fetch(`${fhirBase}/Goal/${goal}`, { headers })).status).toBe(404);
        const after = second.simulator.control.truth('production', patient);
        expect(after.resources).toEqual(before.resources.filter(({ id }) => id !== goal));
      } finally {
        await second.close();
      }
    } finally {
      await rm(stateDirectory, { recursive: true });
    }
  });
});
