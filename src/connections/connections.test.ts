import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterEach, describe, expect, it } from 'vitest';
import { startProgram, type TestProgram } from '../../e2e/support/program.ts';
import { type ErrorCode, isChartfoldError } from '../platform/errors.ts';
import { type Outbound, outbound } from '../platform/outbound.ts';
import { beginAgain, beginConnection, followLink } from './begin.ts';
import { handleCallback } from './callback.ts';
import { candidateOf, confirmPatient, rejectPatient } from './confirm.ts';
import { getConnection, listConnections } from './context.ts';
import { disconnect } from './disconnect.ts';
import { openGrant } from './grant.ts';

let program: TestProgram;
afterEach(() => program.close());

const REQUEST = {
  portal: 'athenahealth/production',
  clinicId: '',
  personId: null,
  via: 'app',
  confirms: false,
} as const;
const code = (expected: ErrorCode) => (error: unknown) => isChartfoldError(error, expected);

/** Records what is sent to token endpoints: bodies and the names of headers with the Authorization scheme. */
function recorder() {
  const calls: { url: string; body: URLSearchParams; authorization: string | null }[] = [];
  const record: Outbound = (url, init) => {
    if (init?.method === 'POST') {
      const headers = new Headers(init.headers);
      calls.push({
        url,
        body: new URLSearchParams(String(init.body)),
        authorization: headers.get('authorization'),
      });
    }
    return outbound(url, init);
  };
  return { calls, record };
}

describe('the authorization request', () => {
  it('is a standalone launch with every parameter that SMART asks for [SMART 2.2 @3 @32 @33 @34 @36 @37 @41 @44 @45 @13]', async () => {
    program = await startProgram();
    const { go } = await beginConnection(program.context, REQUEST);
    const { location } = await followLink(
      program.context,
      go.split('/').at(-1) ?? '',
      () => undefined,
    );
    const q = new URL(location).searchParams;
    expect(q.get('response_type')).toBe('code');
    expect(q.get('client_id')).toBe('chartfold-athenahealth-production');
    expect(q.get('redirect_uri')).toBe('http://localhost:4200/athena/callback');
    expect(q.get('aud')).toBe(`${program.simulator.url}/athenahealth/production/fhir/r4`);
    expect(q.get('code_challenge_method')).toBe('S256');
    expect(q.get('code_challenge')).toMatch(/^[\w-]{43}$/);
    expect(q.get('nonce')).toMatch(/^[\w-]{43}$/);
    expect(q.has('launch')).toBe(false);
  });

  it('asks for the 21 kinds of the registration and the four launch scopes, no wildcard [SMART 2.2 @47 @148 @152 @166 @216]', async () => {
    program = await startProgram();
    const { go } = await beginConnection(program.context, REQUEST);
    const { location } = await followLink(
      program.context,
      go.split('/').at(-1) ?? '',
      () => undefined,
    );
    const scopes = new URL(location).searchParams.get('scope')?.split(' ') ?? [];
    expect(scopes.slice(0, 4)).toEqual(['openid', 'fhirUser', 'offline_access', 'launch/patient']);
    expect(scopes.filter((s) => /^patient\/[A-Z]\w+\.read$/.test(s))).toHaveLength(21);
    expect(scopes).toHaveLength(25);
  });

  it('carries a state of 256 random bits, another each time [SMART 2.2 @2 @40]', async () => {
    program = await startProgram();
    const states = new Set<string>();
    for (let n = 0; n < 5; n += 1) {
      const { go } = await beginConnection(program.context, REQUEST);
      const { location } = await followLink(
        program.context,
        go.split('/').at(-1) ?? '',
        () => undefined,
      );
      states.add(new URL(location).searchParams.get('state') ?? '');
    }
    expect(states.size).toBe(5);
    for (const state of states) expect(Buffer.from(state, 'base64url')).toHaveLength(32);
  });
});

describe('the link of an attempt', () => {
  it('leads the same browser to the same place when followed again, and refuses another browser', async () => {
    program = await startProgram();
    const { go } = await beginConnection(program.context, REQUEST);
    const link = go.split('/').at(-1) ?? '';
    const first = await followLink(program.context, link, () => undefined);
    const again = await followLink(program.context, link, () => first.cookie?.value);
    expect(again.location).toBe(first.location);
    await expect(followLink(program.context, link, () => undefined)).rejects.toSatisfy(
      code('smart.attempt_used'),
    );
    await expect(followLink(program.context, link, () => 'another')).rejects.toSatisfy(
      code('smart.attempt_used'),
    );
  });

  it('ends after ten minutes', async () => {
    let now = Date.parse('2026-11-21T12:00:00Z');
    program = await startProgram({ clock: { now: () => now, wait: async () => undefined } });
    const { go } = await beginConnection(program.context, REQUEST);
    now += 10 * 60_000 + 1;
    await expect(
      followLink(program.context, go.split('/').at(-1) ?? '', () => undefined),
    ).rejects.toSatisfy(code('smart.attempt_expired'));
  });

  it('says that the portal is down where discovery is not JSON', async () => {
    program = await startProgram();
    program.simulator.control.setFaults(['discovery.html']);
    const { go } = await beginConnection(program.context, REQUEST);
    await expect(
      followLink(program.context, go.split('/').at(-1) ?? '', () => undefined),
    ).rejects.toSatisfy(code('smart.discovery_failed'));
  });

  it('says that the portal cannot be reached where nothing listens', async () => {
    let isDown = false;
    const nowhere: Outbound = (url, init) =>
      outbound(isDown ? url.replace(/:\d+\//, ':9/') : url, init);
    program = await startProgram({ outbound: nowhere });
    const { go } = await beginConnection(program.context, REQUEST);
    isDown = true;
    await expect(
      followLink(program.context, go.split('/').at(-1) ?? '', () => undefined),
    ).rejects.toSatisfy(code('net.unreachable'));
  });
});

describe('coming back', () => {
  it.each(['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'] as const)(
    'with %s ends in a patient to confirm, and nothing of a record is stored before',
    async (auth) => {
      program = await startProgram({ auth });
      const result = await program.signIn();
      expect(result.failed).toBeNull();
      const connection = await getConnection(program.db, result.connectionId);
      expect(connection.status).toBe('confirm');
      expect(candidateOf(program.context, connection)).toMatchObject({
        name: expect.stringContaining('Ellingsen'),
        birthDate: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      });
      expect(await program.db.selectFrom('resource').selectAll().execute()).toEqual([]);
      expect(connection.candidate).not.toContain('Ellingsen');
    },
  );

  it('refuses a callback whose state is not the one we sent [SMART 2.2 @4 @39 @60]', async () => {
    program = await startProgram();
    const { go } = await beginConnection(program.context, REQUEST);
    const back = await program.browse(go);
    back.query.set('state', 'x'.repeat(43));
    await expect(
      handleCallback(
        program.context,
        program.refresher,
        '/athena/callback',
        back.query,
        back.cookieOf,
      ),
    ).rejects.toSatisfy(code('smart.state_mismatch'));
  });

  it('refuses a state that is ours but was sent by another browser [SMART 2.2 @61]', async () => {
    program = await startProgram();
    const { go } = await beginConnection(program.context, REQUEST);
    const back = await program.browse(go);
    await expect(
      handleCallback(
        program.context,
        program.refresher,
        '/athena/callback',
        back.query,
        () => undefined,
      ),
    ).rejects.toSatisfy(code('smart.state_mismatch'));
    await expect(
      handleCallback(
        program.context,
        program.refresher,
        '/athena/callback',
        back.query,
        () => 'stolen',
      ),
    ).rejects.toSatisfy(code('smart.state_mismatch'));
  });

  it('refuses an answer that names another issuer [RFC 9207]', async () => {
    program = await startProgram();
    const { go } = await beginConnection(program.context, REQUEST);
    const back = await program.browse(go);
    back.query.set('iss', 'https://evil.example');
    const result = await handleCallback(
      program.context,
      program.refresher,
      '/athena/callback',
      back.query,
      back.cookieOf,
    );
    expect(result.failed?.code).toBe('smart.issuer_mismatch');
  });

  it('twice (reload, Back, double submit) does nothing twice', async () => {
    program = await startProgram();
    const { go, connectionId } = await beginConnection(program.context, REQUEST);
    const back = await program.browse(go);
    const call = () =>
      handleCallback(
        program.context,
        program.refresher,
        '/athena/callback',
        back.query,
        back.cookieOf,
      );
    const results = await Promise.all([call(), call()]);
    expect(results.map((r) => r.failed)).toEqual([null, null]);
    expect((await call()).connectionId).toBe(connectionId);
    expect((await getConnection(program.db, connectionId)).status).toBe('confirm');
  });

  it('lets two tabs connect at once', async () => {
    program = await startProgram();
    const one = await beginConnection(program.context, REQUEST);
    const two = await beginConnection(program.context, REQUEST);
    const [backOne, backTwo] = [
      await program.browse(one.go),
      await program.browse(two.go, { practice: '40192' }),
    ];
    const cookies = (name: string) => backOne.cookieOf(name) ?? backTwo.cookieOf(name);
    for (const back of [backTwo, backOne]) {
      const result = await handleCallback(
        program.context,
        program.refresher,
        '/athena/callback',
        back.query,
        cookies,
      );
      expect(result.failed).toBeNull();
    }
    const clinics = (await listConnections(program.db)).map((c) => c.clinic_id).sort();
    expect(clinics).toEqual(['24411', '40192']);
  });

  it('says that access was not allowed where the person denied it, and keeps nothing', async () => {
    program = await startProgram();
    const result = await program.signIn({}, { decision: 'deny' });
    expect(result.failed?.code).toBe('smart.access_denied');
    expect(await getConnection(program.db, result.connectionId)).toMatchObject({
      status: 'failed',
      status_code: 'smart.access_denied',
    });
    expect(await openGrant(program.context, result.connectionId)).toBeUndefined();
  });

  it.each([
    ['token.expired-code', 'smart.code_expired'],
    ['token.html', 'smart.token_reply_invalid'],
  ] as const)('with %s gives its own code', async (fault, expected) => {
    program = await startProgram();
    program.simulator.control.setFaults([fault]);
    const result = await program.signIn();
    expect(result.failed?.code).toBe(expected);
    expect((await getConnection(program.db, result.connectionId)).status).toBe('failed');
  });

  it('tells the operator where the secret is wrong', async () => {
    const wrong: Outbound = (url, init) => {
      const headers = new Headers(init?.headers);
      if (headers.has('authorization') && init?.method === 'POST')
        headers.set(
          'authorization',
          `Basic ${Buffer.from('chartfold-athenahealth-production:wrong').toString('base64')}`,
        );
      return outbound(url, { ...init, headers });
    };
    program = await startProgram({ auth: 'client_secret_basic', outbound: wrong });
    const result = await program.signIn();
    expect(result.failed?.code).toBe('smart.wrong_client');
    expect(result.failed?.row.act).toBe('operator');
  });

  it('refuses an id_token whose signature does not hold [SMART 2.2 @201 @218]', async () => {
    const tampered: Outbound = async (url, init) => {
      const response = await outbound(url, init);
      if (!url.endsWith('/token')) return response;
      const body = (await response.json()) as { id_token: string };
      const [header, payload, signature = ''] = body.id_token.split('.');
      const flipped = `${signature[0] === 'A' ? 'B' : 'A'}${signature.slice(1)}`;
      return Response.json({ ...body, id_token: `${header}.${payload}.${flipped}` });
    };
    program = await startProgram({ outbound: tampered });
    const result = await program.signIn();
    expect(result.failed?.code).toBe('smart.id_token_invalid');
    expect(await openGrant(program.context, result.connectionId)).toBeUndefined();
  });

  it('refuses an id_token made for another sign-in: its nonce is not ours [SMART 2.2 @201]', async () => {
    let stolen: string | undefined;
    const replay: Outbound = async (url, init) => {
      const response = await outbound(url, init);
      if (!url.endsWith('/token')) return response;
      const body = (await response.json()) as { id_token: string };
      stolen ??= body.id_token;
      return Response.json({ ...body, id_token: stolen });
    };
    program = await startProgram({ outbound: replay });
    expect((await program.signIn()).failed).toBeNull();
    expect((await program.signIn()).failed?.code).toBe('smart.id_token_invalid');
  });

  it('takes the issuer from discovery, which is not the FHIR base', async () => {
    program = await startProgram();
    const configuration = (await (
      await fetch(
        `${program.simulator.url}/athenahealth/production/fhir/r4/.well-known/smart-configuration`,
      )
    ).json()) as { issuer: string };
    expect(configuration.issuer).not.toContain('/fhir/r4');
    expect((await program.signIn()).failed).toBeNull();
  });

  it('says so where the portal signed in at another clinic than the one chosen', async () => {
    program = await startProgram();
    const result = await program.signIn({ clinicId: '99999' });
    const connection = await getConnection(program.db, result.connectionId);
    expect(connection.clinic_id).toBe('24411');
    expect(connection.clinic_note).toContain('practice 24411');
  });
});

describe('client authentication', () => {
  it('of a public client sends its id in the body and nothing else [SMART 2.2 @62 @63 @68 @69 @70 @71]', async () => {
    const { calls, record } = recorder();
    program = await startProgram({ outbound: record });
    await program.signIn();
    const token = calls.find((c) => c.url.endsWith('/token'));
    expect([...(token?.body.keys() ?? [])].sort()).toEqual([
      'client_id',
      'code',
      'code_verifier',
      'grant_type',
      'redirect_uri',
    ]);
    expect(token?.authorization).toBeNull();
    expect(token?.body.get('redirect_uri')).toBe('http://localhost:4200/athena/callback');
  });

  it('with a secret is HTTP Basic, form-encoded, and no id in the body [SMART 2.2 @72 @345]', async () => {
    const { calls, record } = recorder();
    program = await startProgram({ auth: 'client_secret_basic', outbound: record });
    expect((await program.signIn()).failed).toBeNull();
    const token = calls.find((c) => c.url.endsWith('/token'));
    expect(token?.authorization).toMatch(/^Basic /);
    expect(token?.body.has('client_id')).toBe(false);
    expect(token?.body.has('client_secret')).toBe(false);
  });

  it('with private_key_jwt signs RS384 with the thumbprint as kid, for the token endpoint, for at most five minutes, once each [SMART 2.2 @319 @322 @323 @327 @328 @329 @330 @331 @332 @333 @334]', async () => {
    const { calls, record } = recorder();
    program = await startProgram({ auth: 'private_key_jwt', outbound: record });
    const { connectionId } = await program.signIn();
    await program.refresher.refresh(
      connectionId,
      (await openGrant(program.context, connectionId))?.accessToken ?? '',
    );
    const assertions = calls
      .filter((c) => c.body.has('client_assertion'))
      .map((c) => ({
        url: c.url,
        jwt: c.body.get('client_assertion') ?? '',
        type: c.body.get('client_assertion_type'),
      }));
    expect(assertions).toHaveLength(2);
    for (const { url, jwt, type } of assertions) {
      expect(type).toBe('urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
      const active = await program.signer('production');
      expect(decodeProtectedHeader(jwt)).toMatchObject({
        alg: 'RS384',
        typ: 'JWT',
        kid: active.kid,
      });
      const claims = decodeJwt(jwt);
      expect(claims).toMatchObject({
        iss: 'chartfold-athenahealth-production',
        sub: 'chartfold-athenahealth-production',
        aud: url,
      });
      expect((claims.exp ?? 0) - Date.now() / 1000).toBeLessThanOrEqual(300);
    }
    expect(new Set(assertions.map(({ jwt }) => decodeJwt(jwt).jti)).size).toBe(2);
  });
});

describe('renewal', () => {
  it('resends client_id and scope, and keeps the old refresh token when no new one comes [SMART 2.2 @105 @106]', async () => {
    const { calls, record } = recorder();
    program = await startProgram({ outbound: record });
    const { connectionId } = await program.signIn();
    const before = await openGrant(program.context, connectionId);
    const after = await program.refresher.refresh(connectionId, before?.accessToken ?? '');
    expect(after.refreshToken).toBe(before?.refreshToken);
    expect(after.accessToken).not.toBe(before?.accessToken);
    const refresh = calls.find((c) => c.body.get('grant_type') === 'refresh_token');
    expect(refresh?.body.get('client_id')).toBe('chartfold-athenahealth-production');
    expect(refresh?.body.get('scope')).toContain('patient/Observation.read');
  });

  it('puts a rotated refresh token in place of the old one [SMART 2.2 @117]', async () => {
    program = await startProgram();
    const { connectionId } = await program.signIn();
    program.simulator.control.setFaults(['refresh.rotates']);
    const before = await openGrant(program.context, connectionId);
    const once = await program.refresher.refresh(connectionId, before?.accessToken ?? '');
    expect(once.refreshToken).not.toBe(before?.refreshToken);
    const twice = await program.refresher.refresh(connectionId, once.accessToken);
    expect(twice.refreshToken).not.toBe(once.refreshToken);
  });

  it('is made once for all who wait, so that a used token is never sent twice', async () => {
    const { calls, record } = recorder();
    program = await startProgram({ outbound: record });
    const { connectionId } = await program.signIn();
    program.simulator.control.setFaults(['refresh.rotates']);
    const stale = (await openGrant(program.context, connectionId))?.accessToken ?? '';
    const grants = await Promise.all(
      Array.from({ length: 8 }, () => program.refresher.refresh(connectionId, stale)),
    );
    expect(new Set(grants.map((g) => g.accessToken)).size).toBe(1);
    expect((await program.refresher.refresh(connectionId, stale)).accessToken).toBe(
      grants[0]?.accessToken,
    );
    expect(calls.filter((c) => c.body.get('grant_type') === 'refresh_token')).toHaveLength(1);
  });

  it('asks for a new sign-in where the portal refuses it', async () => {
    program = await startProgram();
    const { connectionId } = await program.signIn();
    const grant = await openGrant(program.context, connectionId);
    program.simulator.control.setFaults(['access.revoked']);
    await expect(
      program.refresher.refresh(connectionId, grant?.accessToken ?? ''),
    ).rejects.toSatisfy(code('smart.sign_in_again'));
  });
});

describe('the confirmation', () => {
  it('makes a person named as the portal’s patient, and queues the first sync', async () => {
    program = await startProgram();
    const id = await program.connect();
    const connection = await getConnection(program.db, id);
    expect(connection).toMatchObject({ status: 'ready', candidate: null });
    const jobs = await program.db.selectFrom('job').selectAll().execute();
    expect(jobs.map((j) => [j.queue, j.key])).toContainEqual(['sync', id]);
    await confirmPatient(program.context, id, { personId: null });
    expect(await program.db.selectFrom('person').selectAll().execute()).toHaveLength(1);
  });

  it('refused leaves nothing behind', async () => {
    program = await startProgram();
    const { connectionId } = await program.signIn();
    await rejectPatient(program.context, connectionId);
    expect(await listConnections(program.db)).toEqual([]);
    expect(await openGrant(program.context, connectionId)).toBeUndefined();
    expect(await program.db.selectFrom('source').selectAll().execute()).toEqual([]);
  });
});

describe('signing in again', () => {
  it('as the same patient goes on with the same connection, also when begun as a new one', async () => {
    program = await startProgram();
    const id = await program.connect();
    const again = await program.signIn();
    expect(again).toMatchObject({ connectionId: id, failed: null });
    expect(await listConnections(program.db)).toHaveLength(1);
  });

  it('as another patient is refused, and the connection stays as it was', async () => {
    program = await startProgram();
    const id = await program.connect();
    const before = await openGrant(program.context, id);
    const { go } = await beginAgain(program.context, id);
    const back = await program.browse(go, { practice: '40192' });
    const result = await handleCallback(
      program.context,
      program.refresher,
      '/athena/callback',
      back.query,
      back.cookieOf,
    );
    expect(result.failed?.code).toBe('connection.patient_changed');
    expect((await getConnection(program.db, id)).status).toBe('ready');
    expect(await openGrant(program.context, id)).toEqual(before);
  });

  it('after disconnecting, which ends the permission at the portal and keeps the record, brings it back', async () => {
    program = await startProgram();
    const id = await program.connect();
    await program.sync(id);
    const grant = await openGrant(program.context, id);
    expect(await disconnect(program.context, id)).toEqual({ revoked: true });
    expect((await program.db.selectFrom('resource').selectAll().execute()).length).toBeGreaterThan(
      50,
    );
    expect(await openGrant(program.context, id)).toBeUndefined();
    expect(grant?.refreshToken).not.toBeNull();
    expect(await program.signIn()).toMatchObject({ connectionId: id, failed: null });
  });
});

describe('tokens at rest', () => {
  it('are in no column of any table in clear, nor is a code verifier or a state [SMART 2.2 @8 @90]', async () => {
    const secrets: string[] = [];
    const spy: Outbound = async (url, init) => {
      if (init?.body instanceof URLSearchParams) secrets.push(init.body.get('code_verifier') ?? '');
      const response = await outbound(url, init);
      if (!url.endsWith('/token')) return response;
      const body = (await response.json()) as Record<string, string>;
      secrets.push(body.access_token ?? '', body.refresh_token ?? '', body.id_token ?? '');
      return Response.json(body);
    };
    program = await startProgram({ outbound: spy });
    const id = await program.connect();
    await program.sync(id);
    const tables = await program.db.introspection.getTables();
    const wanted = secrets.filter((s) => s.length > 20);
    expect(wanted.length).toBeGreaterThanOrEqual(4);
    for (const table of tables) {
      const rows = await program.db
        .selectFrom(table.name as 'connection')
        .selectAll()
        .execute();
      const text = JSON.stringify(rows);
      for (const secret of wanted) expect(text.includes(secret), table.name).toBe(false);
    }
  });
});
