// Proves of a whole sync that it does not wait for all of a page before it asks for the next.

import { afterEach, expect, it } from 'vitest';
import { outbound } from '../../e2e/support/outbound.ts';
import { startProgram, type TestProgram } from '../../e2e/support/program.ts';
import type { Outbound } from '../platform/outbound.ts';
import { questionsOf } from '../records/runs.ts';

let program: TestProgram;
afterEach(() => program.close());

it('a page is asked for while the one before is still on its way', async () => {
  const second = Promise.withResolvers<void>();
  let asked = 0;
  // The first page of these has not come before the second was asked for.
  const holding: Outbound = async (url, init) => {
    if (!url.includes('/Observation?')) return outbound(url, init);
    asked += 1;
    if (asked > 1) second.resolve();
    // Not packed, so that no page is too short to be seen before all of it is there.
    const headers = { ...Object.fromEntries(new Headers(init?.headers)), 'accept-encoding': '' };
    const response = await outbound(url, { ...init, headers });
    await second.promise;
    return response;
  };
  program = await startProgram({ outbound: holding, pageSize: 50 });
  const { id } = await program.sync(await program.connect());
  const observations = (await questionsOf(program.db, id)).find(
    ({ key }) => key === 'observations',
  );
  expect(observations).toMatchObject({ outcome: 'full', retries: 0, pages: asked });
  expect(asked).toBeGreaterThan(2);
});
