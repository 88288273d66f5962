// Proves how tokens are asked for and renewed: what each kind of client sends, and that a rotated token is kept.

import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterEach, describe, expect, it } from 'vitest';
import { startProgram, type TestProgram } from '../../e2e/support/program.ts';
import { systemClock } from '../platform/clock.ts';
import { ChartfoldError, type ErrorCode, isChartfoldError } from '../platform/errors.ts';
import type { Outbound } from '../platform/outbound.ts';
import { outbound } from '../../e2e/support/outbound.ts';
import { disconnect } from './disconnect.ts';
import type { Vendor } from '../portals/portal.ts';
import { beginRenewal, openGrant } from './grant.ts';
import { resumeRenewals } from './queue-sync.ts';

let program: TestProgram;
afterEach(() => program.close());

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

/** Changes what replies with tokens say: all of them, or those to one type of grant. */
function replying(change: object, grantType = ''): Outbound {
  return async (url, init) => {
    const response = await outbound(url, init);
    const isMeant = init?.method === 'POST' && String(init.body).includes(grantType);
    if (!isMeant) return response;
    return Response.json({ ...((await response.json()) as object), ...change });
  };
}

/** Something that happens while the reply to a renewal is on its way. */
function interruption() {
  const meanwhile = {
    happens: async (): Promise<unknown> => undefined,
    outbound: (async (url, init) => {
      const response = await outbound(url, init);
      if (String(init?.body).includes('grant_type=refresh_token')) await meanwhile.happens();
      return response;
    }) satisfies Outbound as Outbound,
  };
  return meanwhile;
}

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

  it.each([{ expires_in: 'soon' }, { expires_in: -60 }, { expires_in: 0 }, { expires_in: '' }])(
    'keeps the tokens of a reply that says %j beside them',
    async (nonsense) => {
      program = await startProgram({ outbound: replying(nonsense) });
      const { connectionId } = await program.signIn();
      program.simulator.control.setFaults(['refresh.rotates']);
      const before = await openGrant(program.context, connectionId);
      const after = await program.refresher.refresh(connectionId, before?.accessToken ?? '');
      expect(after.refreshToken).not.toBe(before?.refreshToken);
      expect(after.expiresAt).toBeNull();
    },
  );

  it('takes a refresh token without a letter for none', async () => {
    const odd = replying({ refresh_token: '' }, 'grant_type=refresh_token');
    program = await startProgram({ outbound: odd });
    const { connectionId } = await program.signIn();
    const before = await openGrant(program.context, connectionId);
    const after = await program.refresher.refresh(connectionId, before?.accessToken ?? '');
    expect(after.refreshToken).toBe(before?.refreshToken);
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

  it('that ends after the connection was disconnected brings no token back', async () => {
    const meanwhile = interruption();
    program = await startProgram({ outbound: meanwhile.outbound });
    const { connectionId } = await program.signIn();
    const stale = (await openGrant(program.context, connectionId))?.accessToken ?? '';
    meanwhile.happens = () => disconnect(program.context, connectionId);
    await expect(program.refresher.refresh(connectionId, stale)).rejects.toSatisfy(
      code('smart.sign_in_again'),
    );
    expect(await openGrant(program.context, connectionId)).toBeUndefined();
  });

  it('that ends after a new sign-in leaves its tokens in place', async () => {
    const meanwhile = interruption();
    program = await startProgram({ outbound: meanwhile.outbound });
    const connectionId = await program.connect();
    const stale = (await openGrant(program.context, connectionId))?.accessToken ?? '';
    let signedIn: unknown;
    meanwhile.happens = async () => {
      await program.signIn();
      signedIn = await openGrant(program.context, connectionId);
    };
    expect(await program.refresher.refresh(connectionId, stale)).toEqual(signedIn);
    expect(await openGrant(program.context, connectionId)).toEqual(signedIn);
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

describe('a renewal that was cut off', () => {
  const renew = async (id: string) =>
    program.refresher.refresh(id, (await openGrant(program.context, id))?.accessToken ?? '');

  it('and whose token the portal has used up is said to be that, once it was tried again', async () => {
    program = await startProgram();
    const connectionId = await program.connect();
    program.simulator.control.setFaults([{ name: 'refresh.rotates-then-500', times: 1 }]);
    await expect(renew(connectionId)).rejects.toSatisfy(code('smart.token_reply_invalid'));
    await expect(renew(connectionId)).rejects.toSatisfy(code('smart.renewal_cut_off'));
    // The process may have ended before the connection said so.
    await expect(renew(connectionId)).rejects.toSatisfy(code('smart.renewal_cut_off'));
    expect((await program.signIn()).connectionId).toBe(connectionId);
    expect((await renew(connectionId)).accessToken).not.toBe('');
    program.simulator.control.setFaults(['access.revoked']);
    await expect(renew(connectionId)).rejects.toSatisfy(code('smart.sign_in_again'));
  });

  it('before the portal heard of it goes on with the old token', async () => {
    let isCut = true;
    const cutting: Outbound = (url, init) => {
      const isRenewal = String(init?.body).includes('grant_type=refresh_token');
      if (isRenewal && isCut) throw new ChartfoldError('net.unreachable');
      return outbound(url, init);
    };
    program = await startProgram({ outbound: cutting });
    const { connectionId } = await program.signIn();
    await expect(renew(connectionId)).rejects.toSatisfy(code('net.unreachable'));
    isCut = false;
    expect((await renew(connectionId)).accessToken).not.toBe('');
    // What is refused later has nothing to do with it any more.
    program.simulator.control.setFaults(['access.revoked']);
    await expect(renew(connectionId)).rejects.toSatisfy(code('smart.sign_in_again'));
  });

  it('is tried again at the next start', async () => {
    program = await startProgram();
    const id = await program.connect();
    await program.db.deleteFrom('job').execute();
    await resumeRenewals(program);
    expect(await program.jobs.isLive('sync', id)).toBe(false);
    await beginRenewal(program, id);
    await resumeRenewals(program);
    expect(await program.jobs.isLive('sync', id)).toBe(true);
  });
});

describe('a permission whose time is known', () => {
  it('is said to have ended where that is over, and to be refused before', async () => {
    let now = Date.now();
    const lasting = (days: number) => (vendor: Vendor) => ({
      ...vendor,
      portal: { ...vendor.portal, refreshTokenDays: days },
    });
    program = await startProgram({
      clock: { ...systemClock, now: () => now },
      vendor: lasting(90),
    });
    const { connectionId } = await program.signIn();
    const stale = (await openGrant(program.context, connectionId))?.accessToken ?? '';
    program.simulator.control.setFaults(['access.revoked']);
    now += 89 * 24 * 3_600_000;
    const renewal = () => program.refresher.refresh(connectionId, stale);
    await expect(renewal()).rejects.toSatisfy(code('smart.sign_in_again'));
    now += 24 * 3_600_000;
    await expect(renewal()).rejects.toSatisfy(code('smart.access_expired'));
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
