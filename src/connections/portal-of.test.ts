// Proves that a connection to a simulated portal stays one: the vendor that takes its place is sent nothing of it.

import { afterEach, expect, it } from 'vitest';
import { startProgram, type TestProgram } from '../../e2e/support/program.ts';
import { putDue } from '../sync/scheduler.ts';
import { getConnection, portalOf, SYNC_QUEUE } from './context.ts';

let program: TestProgram;
afterEach(() => program.close());

it('where the vendor’s own keys take the simulator’s place, neither a hand nor the schedule syncs it', async () => {
  let later = 0;
  const clock = { now: () => Date.now() + later, wait: async () => undefined };
  program = await startProgram({ isSample: true, clock });
  const id = await program.connect({ clinicId: '24411' });
  await program.sync(id);
  await program.db.deleteFrom('job').execute();
  later = 3 * 24 * 3_600_000;
  const connection = await getConnection(program.db, id);
  const entries = program.registry.entries.map((entry) => ({ ...entry, simulated: false }));
  const real = { ...program.context, registry: { ...program.registry, entries } };
  const { signal } = new AbortController();

  await putDue(real, 0, signal);
  expect(await program.jobs.isLive(SYNC_QUEUE, id)).toBe(false);
  expect(() => portalOf(real, connection)).toThrow(
    expect.objectContaining({ code: 'connection.simulator_off' }),
  );

  await putDue(program.context, 0, signal);
  expect(await program.jobs.isLive(SYNC_QUEUE, id)).toBe(true);
  expect(portalOf(program.context, connection).key).toBe('athenahealth/production');
});
