// Proves that an id_token is believed only where everything about it holds.

import { afterEach, describe, expect, it } from 'vitest';
import { startProgram, type TestProgram } from '../../e2e/support/program.ts';
import { type Outbound, outbound } from '../platform/outbound.ts';
import { openGrant } from './grant.ts';

let program: TestProgram;
afterEach(() => program.close());

describe('the id_token of a sign-in', () => {
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
});
