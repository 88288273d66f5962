// Proves that files of many megabytes, as the file itself and as base64, are fetched, kept and given as they are.

import { hash, randomFillSync } from 'node:crypto';
import { afterEach, expect, it } from 'vitest';
import { appOf, signedIn } from '../../e2e/support/http.ts';
import { outbound } from '../../e2e/support/outbound.ts';
import { startProgram, type TestProgram } from '../../e2e/support/program.ts';
import { athenahealthBehaviour } from '../portals/athenahealth/behaviour.ts';

const MEGABYTE = 1024 * 1024;
let program: TestProgram;
afterEach(() => program.close());

it.each(['application/pdf', 'application/fhir+json'])(
  'a file of 40 MB that comes as %s is kept and given byte for byte',
  async (comesAs) => {
    const file = randomFillSync(Buffer.alloc(40 * MEGABYTE));
    file.write('%PDF-1.4\n');
    const data = () => file.toString('base64');
    const body = comesAs.endsWith('json')
      ? Buffer.from(`{"resourceType":"Binary","contentType":"application/pdf","data":"${data()}"}`)
      : file;
    let isGiven = false;
    program = await startProgram({
      outbound: async (url, init) => {
        if (!url.includes('/Binary/') || isGiven) return outbound(url, init);
        isGiven = true;
        const headers = { 'content-type': comesAs };
        return new Response(body, { headers });
      },
      behaviour: {
        deniedToPatients: [],
        rates: { ...athenahealthBehaviour.rates, documentInline: 0, documentByReference: 1 },
      },
    });
    const connection = await program.connect();
    await program.sync(connection);
    const { resource_id } = await program.db
      .selectFrom('attachment')
      .select('resource_id')
      .where('bytes', '=', file.length)
      .where('state', '=', 'kept')
      .executeTakeFirstOrThrow();
    const resource = await program.db
      .selectFrom('resource')
      .select('person_id')
      .where('id', '=', resource_id)
      .executeTakeFirstOrThrow();
    const browser = await signedIn(appOf(program));
    const address = `/api/people/${resource.person_id}/records/${resource_id}/attachments/0`;
    const given = Buffer.from(await (await browser.fetch(address)).arrayBuffer());
    expect(hash('sha256', given)).toBe(hash('sha256', file));
  },
);
