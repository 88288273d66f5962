// Proves how a connection ends: here first, then at the portal, and the record stays.

import { afterEach, describe, expect, it } from 'vitest';
import { startProgram, type TestProgram } from '../../e2e/support/program.ts';
import type { Outbound } from '../platform/outbound.ts';
import { outbound } from '../../e2e/support/outbound.ts';
import { operator } from '../access/policy.ts';
import { presentOne } from '../http/present/overview.ts';
import { getConnection } from './context.ts';
import { disconnect } from './disconnect.ts';
import { openGrant } from './grant.ts';

let program: TestProgram;
afterEach(() => program.close());

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

  it('says where the portal could not be told, and what to do, until the next sign-in', async () => {
    let isDown = true;
    const deaf: Outbound = (url, init) =>
      outbound(isDown && url.endsWith('/revoke') ? url.replace(/:\d+\//, ':9/') : url, init);
    program = await startProgram({ outbound: deaf });
    const id = await program.connect();
    expect(await disconnect(program.context, id)).toEqual({ revoked: false });
    expect((await presentOne(program, operator, id)).state).toMatchObject({
      kind: 'disconnected',
      trouble: expect.stringContaining('Its own page of connected apps'),
    });
    isDown = false;
    await program.signIn();
    await disconnect(program.context, id);
    expect((await presentOne(program, operator, id)).state).toMatchObject({ trouble: null });
  });

  it('tells no other host than the tokens came from, whatever the portal says of itself now [CWE-522]', async () => {
    let revocation_endpoint: string | null = null;
    const posted: string[] = [];
    const moved: Outbound = async (url, init) => {
      if (init?.method === 'POST') posted.push(url);
      const response = await outbound(url, init);
      if (!revocation_endpoint || !url.endsWith('/smart-configuration')) return response;
      return Response.json({ ...((await response.json()) as object), revocation_endpoint });
    };
    program = await startProgram({ outbound: moved, auth: 'client_secret_basic' });
    const id = await program.connect();
    const { length } = posted;
    revocation_endpoint = 'http://elsewhere.example/revoke';
    expect(await disconnect(program.context, id)).toEqual({ revoked: false });
    expect(posted.slice(length)).toEqual([]);
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
