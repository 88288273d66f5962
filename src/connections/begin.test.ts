// Proves the way to a portal: what is asked of it, and what an attempt's link gives to whom.

import { afterEach, describe, expect, it } from 'vitest';
import { startProgram, type TestProgram } from '../../e2e/support/program.ts';
import { type ErrorCode, isChartfoldError } from '../platform/errors.ts';
import type { Outbound } from '../platform/outbound.ts';
import { outbound } from '../../e2e/support/outbound.ts';
import { followLink } from './begin.ts';
import { getConnection, listConnections } from './context.ts';

let program: TestProgram;
afterEach(() => program.close());

const code = (expected: ErrorCode) => (error: unknown) => isChartfoldError(error, expected);

describe('the authorization request', () => {
  it('is a standalone launch with every parameter that SMART asks for [SMART 2.2 @3 @32 @33 @34 @36 @37 @41 @44 @45 @13]', async () => {
    program = await startProgram();
    const { go } = await program.begin();
    const { location } = await program.follow(go);
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
    const { go } = await program.begin();
    const { location } = await program.follow(go);
    const scopes = new URL(location).searchParams.get('scope')?.split(' ') ?? [];
    expect(scopes.slice(0, 4)).toEqual(['openid', 'fhirUser', 'offline_access', 'launch/patient']);
    expect(scopes.filter((s) => /^patient\/[A-Z]\w+\.read$/.test(s))).toHaveLength(21);
    expect(scopes).toHaveLength(25);
  });

  it('carries a state of 256 random bits, another each time [SMART 2.2 @2 @40]', async () => {
    program = await startProgram();
    const states = new Set<string>();
    for (let n = 0; n < 5; n += 1) {
      const { go } = await program.begin();
      const { location } = await program.follow(go);
      states.add(new URL(location).searchParams.get('state') ?? '');
    }
    expect(states.size).toBe(5);
    for (const state of states) expect(Buffer.from(state, 'base64url')).toHaveLength(32);
  });
});

const nobody = { cookieOf: () => undefined, accountId: null };

describe('the link of an attempt', () => {
  it('leads the same browser to the same place when followed again, and refuses another browser', async () => {
    program = await startProgram();
    const { go } = await program.begin();
    const link = go.split('/').at(-1) ?? '';
    const first = await program.follow(link, () => undefined);
    const again = await program.follow(link, () => first.cookie?.value);
    expect(again.location).toBe(first.location);
    await expect(program.follow(link, () => undefined)).rejects.toSatisfy(
      code('smart.attempt_used'),
    );
    await expect(program.follow(link, () => 'another')).rejects.toSatisfy(
      code('smart.attempt_used'),
    );
  });

  it('is followed by the account that began it alone [CWE-352] [CWE-384]', async () => {
    program = await startProgram();
    const { go } = await program.begin({ by: 'ann' });
    await expect(followLink(program.context, go, nobody)).rejects.toSatisfy(
      code('access.sign_in_required'),
    );
    await expect(
      followLink(program.context, go, { ...nobody, accountId: 'ben' }),
    ).rejects.toSatisfy(code('smart.other_account'));
    const sent = await followLink(program.context, go, { ...nobody, accountId: 'ann' });
    expect(sent).toMatchObject({ location: expect.stringContaining('/authorize?') });
  });

  it('gives a double click the same answer twice, cookie included', async () => {
    program = await startProgram();
    const { go } = await program.begin();
    const [one, two] = await Promise.all([program.follow(go), program.follow(go)]);
    expect(two).toEqual(one);
    expect(one.cookie).not.toBeNull();
  });

  it('ends after ten minutes', async () => {
    let now = Date.parse('2026-11-21T12:00:00Z');
    program = await startProgram({ clock: { now: () => now, wait: async () => undefined } });
    const { go } = await program.begin();
    now += 10 * 60_000 + 1;
    await expect(program.follow(go)).rejects.toSatisfy(code('smart.attempt_expired'));
  });

  it('says that the portal is down where discovery is not JSON', async () => {
    program = await startProgram();
    program.simulator.control.setFaults(['discovery.html']);
    const { go } = await program.begin();
    await expect(program.follow(go)).rejects.toSatisfy(code('smart.discovery_failed'));
  });

  it('says that the portal cannot be reached where nothing listens', async () => {
    let isDown = false;
    const nowhere: Outbound = (url, init) =>
      outbound(isDown ? url.replace(/:\d+\//, ':9/') : url, init);
    program = await startProgram({ outbound: nowhere });
    const { go } = await program.begin();
    isDown = true;
    await expect(program.follow(go)).rejects.toSatisfy(code('net.unreachable'));
  });
});

describe('a request to connect', () => {
  it('that is made twice under one key makes one connection, and either link leads on', async () => {
    program = await startProgram();
    const click = () => program.begin({ key: 'made-by-the-client' });
    const [one, two] = await Promise.all([click(), click()]);
    expect(two.connectionId).toBe(one.connectionId);
    expect(await listConnections(program.db)).toHaveLength(1);
    await program.follow(one.go);
    const result = await program.comeBack(await program.browse(two.go));
    expect(result).toMatchObject({ connectionId: one.connectionId, failed: null });
  });

  it('under a key of its own makes a connection of its own', async () => {
    program = await startProgram();
    for (const key of ['one', 'another', null, null]) await program.begin({ key });
    expect(await listConnections(program.db)).toHaveLength(4);
  });
});

describe('a portal that does not know us', () => {
  it('is not gone to: the person is told that the operator must check the registration', async () => {
    program = await startProgram();
    const unknown = { ...program.registry.usable('athenahealth/production', '') };
    const registration = { clientId: 'nobody', auth: 'none', clientSecret: null } as const;
    const registry = { ...program.registry, usable: () => ({ ...unknown, registration }) };
    const context = { ...program.context, registry };
    const { go, connectionId } = await program.begin();
    const followed = await followLink(context, go, nobody);
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
