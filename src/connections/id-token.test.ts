// Proves that an id_token is believed only where everything about it holds.

import { afterEach, describe, expect, it } from 'vitest';
import { startProgram, type TestProgram } from '../../e2e/support/program.ts';
import type { Outbound } from '../platform/outbound.ts';
import { outbound } from '../../e2e/support/outbound.ts';
import { openGrant } from './grant.ts';

let program: TestProgram;
afterEach(() => program.close());

/** A token endpoint whose reply has its id_token changed; undefined takes it out. */
const answering =
  (change: (idToken: string) => string | undefined): Outbound =>
  async (url, init) => {
    const response = await outbound(url, init);
    if (!url.endsWith('/token')) return response;
    const body = (await response.json()) as { id_token: string };
    return Response.json({ ...body, id_token: change(body.id_token) });
  };

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const claimsOf = (idToken: string) =>
  JSON.parse(Buffer.from(idToken.split('.')[1] ?? '', 'base64url').toString()) as object;

/** The same token with other claims, signed as little as a forger can. */
const forged =
  (claims: object, header: object = { alg: 'RS256', kid: 'unknown' }) =>
  (idToken: string) =>
    `${encoded(header)}.${encoded({ ...claimsOf(idToken), ...claims })}.AAAA`;

describe('the id_token of a sign-in', () => {
  it('is refused where its signature does not hold [SMART 2.2 @201 @218]', async () => {
    const tampered = (idToken: string) => {
      const [header, payload, signature = ''] = idToken.split('.');
      const flipped = `${signature[0] === 'A' ? 'B' : 'A'}${signature.slice(1)}`;
      return `${header}.${payload}.${flipped}`;
    };
    program = await startProgram({ outbound: answering(tampered) });
    const result = await program.signIn();
    expect(result.failed?.code).toBe('smart.id_token_invalid');
    expect(await openGrant(program.context, result.connectionId)).toBeUndefined();
  });

  it.each([
    ['is no JWT', () => 'garbage'],
    ['has three parts that are nothing', () => 'a.b.c'],
    ['is encrypted', () => 'a.b.c.d.e'],
    ['is empty', () => ''],
    ['is not there', () => undefined],
    ['is not signed', forged({}, { alg: 'none' })],
    ['has a signature of its own', forged({})],
    ['has another nonce', forged({ nonce: 'another' })],
    ['has no nonce', forged({ nonce: undefined })],
    ['is for another client', forged({ aud: 'another' })],
    ['is of another issuer', forged({ iss: 'https://evil.example' })],
    ['has ended', forged({ exp: 1 })],
  ])('is refused where it %s', async (_what, change) => {
    program = await startProgram({ outbound: answering(change) });
    const { failed } = await program.signIn();
    expect(failed?.code).toBe('smart.id_token_invalid');
    expect(failed?.row.sentence).toContain('proof of who signed in did not hold');
  });

  it('is refused where it was made for another sign-in [SMART 2.2 @201]', async () => {
    let stolen: string | undefined;
    program = await startProgram({ outbound: answering((idToken) => (stolen ??= idToken)) });
    expect((await program.signIn()).failed).toBeNull();
    expect((await program.signIn()).failed?.code).toBe('smart.id_token_invalid');
  });

  it('whose keys cannot be read says so, and nothing of the token', async () => {
    const keyless: Outbound = (url, init) =>
      outbound(url.endsWith('/keys') ? url.replace(/:\d+\//, ':9/') : url, init);
    program = await startProgram({ outbound: keyless });
    expect((await program.signIn()).failed?.code).toBe('net.unreachable');
  });

  it('is not asked for where the server of SMART 1 names nothing to check it by', async () => {
    const older: Outbound = async (url, init) => {
      const response = await outbound(url, init);
      if (!url.endsWith('/smart-configuration')) return response;
      const {
        issuer: _issuer,
        jwks_uri: _keys,
        ...rest
      } = (await response.json()) as {
        issuer: string;
        jwks_uri: string;
      };
      return Response.json(rest);
    };
    program = await startProgram({ portal: 'smart', outbound: older });
    const back = await program.browse((await program.begin()).go);
    back.query.delete('iss');
    expect((await program.comeBack(back)).failed).toBeNull();
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
});
