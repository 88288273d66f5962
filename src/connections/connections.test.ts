// Proves how a connection comes to be: the authorization request, the way back, the confirmation, signing in again.

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

/** Follows a link as a new browser; throws why nobody was sent away. */
async function follow(
  go: string,
  cookieOf: (name: string) => string | undefined = () => undefined,
) {
  const followed = await followLink(program.context, go.split('/').at(-1) ?? '', cookieOf);
  if ('failed' in followed) throw followed.failed;
  return followed;
}

afterEach(() => program.close());

const REQUEST = {
  portal: 'athenahealth/production',
  clinicId: '',
  personId: null,
  via: 'app',
  confirms: false,
} as const;
const code = (expected: ErrorCode) => (error: unknown) => isChartfoldError(error, expected);

describe('the authorization request', () => {
  it('is a standalone launch with every parameter that SMART asks for [SMART 2.2 @3 @32 @33 @34 @36 @37 @41 @44 @45 @13]', async () => {
    program = await startProgram();
    const { go } = await beginConnection(program.context, REQUEST);
    const { location } = await follow(go);
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
    const { location } = await follow(go);
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
      const { location } = await follow(go);
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
    const first = await follow(link, () => undefined);
    const again = await follow(link, () => first.cookie?.value);
    expect(again.location).toBe(first.location);
    await expect(follow(link, () => undefined)).rejects.toSatisfy(code('smart.attempt_used'));
    await expect(follow(link, () => 'another')).rejects.toSatisfy(code('smart.attempt_used'));
  });

  it('gives a double click the same answer twice, cookie included', async () => {
    program = await startProgram();
    const { go } = await beginConnection(program.context, REQUEST);
    const [one, two] = await Promise.all([follow(go), follow(go)]);
    expect(two).toEqual(one);
    expect(one.cookie).not.toBeNull();
  });

  it('ends after ten minutes', async () => {
    let now = Date.parse('2026-11-21T12:00:00Z');
    program = await startProgram({ clock: { now: () => now, wait: async () => undefined } });
    const { go } = await beginConnection(program.context, REQUEST);
    now += 10 * 60_000 + 1;
    await expect(follow(go)).rejects.toSatisfy(code('smart.attempt_expired'));
  });

  it('says that the portal is down where discovery is not JSON', async () => {
    program = await startProgram();
    program.simulator.control.setFaults(['discovery.html']);
    const { go } = await beginConnection(program.context, REQUEST);
    await expect(follow(go)).rejects.toSatisfy(code('smart.discovery_failed'));
  });

  it('says that the portal cannot be reached where nothing listens', async () => {
    let isDown = false;
    const nowhere: Outbound = (url, init) =>
      outbound(isDown ? url.replace(/:\d+\//, ':9/') : url, init);
    program = await startProgram({ outbound: nowhere });
    const { go } = await beginConnection(program.context, REQUEST);
    isDown = true;
    await expect(follow(go)).rejects.toSatisfy(code('net.unreachable'));
  });
});

describe('a portal that does not know us', () => {
  it('is not gone to: the person is told that the operator must check the registration', async () => {
    program = await startProgram();
    const unknown = { ...program.registry.usable('athenahealth/production') };
    const registration = { clientId: 'nobody', auth: 'none', clientSecret: null } as const;
    const registry = { ...program.registry, usable: () => ({ ...unknown, registration }) };
    const context = { ...program.context, registry };
    const { go, connectionId } = await beginConnection(context, REQUEST);
    const followed = await followLink(context, go.split('/').at(-1) ?? '', () => undefined);
    expect(followed).toMatchObject({
      connectionId,
      via: 'app',
      failed: { code: 'smart.wrong_client' },
    });
    expect(await getConnection(program.db, connectionId)).toMatchObject({
      status: 'failed',
      status_code: 'smart.wrong_client',
    });
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

  it('given twice at once is done once', async () => {
    program = await startProgram();
    const { connectionId } = await program.signIn();
    const yes = () => confirmPatient(program.context, connectionId, { personId: null });
    await Promise.all([yes(), yes()]);
    expect(await program.db.selectFrom('person').selectAll().execute()).toHaveLength(1);
  });

  it('is still waited for when the same patient signs in again before it is given', async () => {
    program = await startProgram();
    const { connectionId } = await program.signIn();
    const { go } = await beginAgain(program.context, connectionId);
    const back = await program.browse(go);
    const again = await handleCallback(
      program.context,
      program.refresher,
      '/athena/callback',
      back.query,
      back.cookieOf,
    );
    expect(again).toMatchObject({ connectionId, failed: null });
    expect((await getConnection(program.db, connectionId)).status).toBe('confirm');
  });

  it('is waited for where the patient’s only connection was ended before it was given', async () => {
    program = await startProgram();
    const first = await program.signIn();
    await disconnect(program.context, first.connectionId);
    const { connectionId } = await program.signIn();
    expect((await getConnection(program.db, connectionId)).status).toBe('confirm');
  });

  it('refused leaves nothing behind, here or at the portal', async () => {
    program = await startProgram();
    const { connectionId } = await program.signIn();
    const grant = await openGrant(program.context, connectionId);
    await rejectPatient(program.context, connectionId);
    const answer = await fetch(
      `${program.simulator.url}/athenahealth/production/fhir/r4/Patient/a-24411.E-2051`,
      { headers: { authorization: `Bearer ${grant?.accessToken}` } },
    );
    expect(answer.status).toBe(401);
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

describe('disconnecting', () => {
  it('has ended the connection here before the portal is told, which may take a while', async () => {
    const seen: unknown[] = [];
    let id = '';
    const watched: Outbound = async (url, init) => {
      if (url.endsWith('/revoke'))
        seen.push((await getConnection(program.db, id)).status, await openGrant(program, id));
      return outbound(url, init);
    };
    program = await startProgram({ outbound: watched });
    id = await program.connect();
    expect(await disconnect(program.context, id)).toEqual({ revoked: true });
    expect(seen).toEqual(['disconnected', undefined]);
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
