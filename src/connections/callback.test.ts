// Proves the way back from a portal: whom it is for, what is refused, and signing in again.

import { afterEach, describe, expect, it } from 'vitest';
import { startProgram, type TestProgram } from '../../e2e/support/program.ts';
import { type ErrorCode, isChartfoldError } from '../platform/errors.ts';
import type { Outbound } from '../platform/outbound.ts';
import { outbound } from '../../e2e/support/outbound.ts';
import { connectionOfAttempt, hashOfLink } from './attempts.ts';
import { beginAgain } from './begin.ts';
import { candidateOf } from './confirm.ts';
import { getConnection, listConnections } from './context.ts';
import { openGrant } from './grant.ts';

let program: TestProgram;
afterEach(() => program.close());

const code = (expected: ErrorCode) => (error: unknown) => isChartfoldError(error, expected);

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

  it('refuses a callback whose state is not the one we sent [SMART 2.2 @4 @39 @60] [CWE-352]', async () => {
    program = await startProgram();
    const { go } = await program.begin();
    const back = await program.browse(go);
    back.query.set('state', 'x'.repeat(43));
    await expect(program.comeBack(back)).rejects.toSatisfy(code('smart.state_mismatch'));
  });

  it('refuses a state that is ours but was sent by another browser [SMART 2.2 @61] [CWE-346]', async () => {
    program = await startProgram();
    const { go } = await program.begin();
    const back = await program.browse(go);
    await expect(program.comeBack({ ...back, cookieOf: () => undefined })).rejects.toSatisfy(
      code('smart.state_mismatch'),
    );
    await expect(program.comeBack({ ...back, cookieOf: () => 'stolen' })).rejects.toSatisfy(
      code('smart.state_mismatch'),
    );
  });

  it('refuses an answer that names another issuer [RFC 9207] [ASVS 10.2.2]', async () => {
    program = await startProgram();
    const { go } = await program.begin();
    const back = await program.browse(go);
    back.query.set('iss', 'https://evil.example');
    const result = await program.comeBack(back);
    expect(result.failed?.code).toBe('smart.issuer_mismatch');
  });

  it('refuses one that names an issuer where the server names none [RFC 9207]', async () => {
    const nameless: Outbound = async (url, init) => {
      const response = await outbound(url, init);
      if (!url.endsWith('/smart-configuration')) return response;
      return Response.json({ ...((await response.json()) as object), issuer: null });
    };
    program = await startProgram({ outbound: nameless });
    const back = await program.browse((await program.begin()).go);
    back.query.set('iss', 'https://evil.example');
    expect((await program.comeBack(back)).failed?.code).toBe('smart.issuer_mismatch');
  });

  it('twice (reload, Back, double submit) does nothing twice [CWE-294]', async () => {
    program = await startProgram();
    const { go, connectionId } = await program.begin();
    const back = await program.browse(go);
    const call = () => program.comeBack(back);
    const results = await Promise.all([call(), call()]);
    expect(results.map((r) => r.failed)).toEqual([null, null]);
    expect((await call()).connectionId).toBe(connectionId);
    expect((await getConnection(program.db, connectionId)).status).toBe('confirm');
  });

  it('twice with a code that was refused is refused twice', async () => {
    program = await startProgram();
    program.simulator.control.setFaults(['token.expired-code']);
    const back = await program.browse((await program.begin()).go);
    const both = await Promise.all([program.comeBack(back), program.comeBack(back)]);
    const later = await program.comeBack(back);
    expect([...both, later].map((r) => r.failed?.code)).toEqual(
      Array.from({ length: 3 }, () => 'smart.code_expired'),
    );
  });

  it('lets two tabs connect at once', async () => {
    program = await startProgram();
    const one = await program.begin();
    const two = await program.begin();
    const [backOne, backTwo] = [
      await program.browse(one.go),
      await program.browse(two.go, { practice: '40192' }),
    ];
    const cookies = (name: string) => backOne.cookieOf(name) ?? backTwo.cookieOf(name);
    for (const back of [backTwo, backOne]) {
      const result = await program.comeBack({ ...back, cookieOf: cookies });
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
});

describe('signing in again', () => {
  it('as the same patient goes on with the same connection, also when begun as a new one', async () => {
    program = await startProgram();
    const id = await program.connect();
    const again = await program.signIn();
    expect(again).toMatchObject({ connectionId: id, failed: null });
    expect(await listConnections(program.db)).toHaveLength(1);
  });

  it.each([
    ['begun as a new one', () => program.begin()],
    ['at the connection itself', (id: string) => beginAgain(program.context, id, null)],
  ])('queues a sync, %s', async (_how, begin) => {
    program = await startProgram();
    const id = await program.connect();
    await program.db.deleteFrom('job').execute();
    await program.comeBack(await program.browse((await begin(id)).go));
    const jobs = await program.db.selectFrom('job').selectAll().execute();
    expect(jobs).toMatchObject([{ queue: 'sync', key: id, state: 'waiting' }]);
  });

  it('leads whoever comes back twice to the connection that was known', async () => {
    program = await startProgram();
    const id = await program.connect();
    const { go } = await program.begin();
    const back = await program.browse(go);
    const both = await Promise.all([program.comeBack(back), program.comeBack(back)]);
    const later = await program.comeBack(back);
    expect([...both, later].map((r) => r.connectionId)).toEqual([id, id, id]);
    expect((await connectionOfAttempt(program.db, hashOfLink(go))).id).toBe(id);
  });

  it('as another patient is refused, and the connection stays as it was', async () => {
    program = await startProgram();
    const id = await program.connect();
    const before = await openGrant(program.context, id);
    const { go } = await beginAgain(program.context, id, null);
    const back = await program.browse(go, { practice: '40192' });
    const result = await program.comeBack(back);
    expect(result.failed?.code).toBe('connection.patient_changed');
    expect((await getConnection(program.db, id)).status).toBe('ready');
    expect(await openGrant(program.context, id)).toEqual(before);
  });
});
