// Proves that a portal whose clock is hours off, or a machine whose own is, still signs in and syncs: times are judged
// by the clock of whoever wrote them.

import { afterEach, describe, expect, it } from 'vitest';
import { startProgram, type TestProgram } from '../../e2e/support/program.ts';
import { questionsOf } from '../records/runs.ts';

let program: TestProgram;
afterEach(() => program.close());

describe.each([180, -180, 5, -5])('a portal whose clock is %d minutes ahead', (minutes) => {
  it('is signed in to, and answers every question', async () => {
    program = await startProgram();
    const skew = { name: 'clock.skew', minutes };
    program.simulator.control.setFaults([skew]);
    const connection = await program.connect();
    // Asks to be left alone for a moment, until a time by its own clock.
    const limited = { name: 'page.429', type: 'Observation', retryAfter: 1, times: 1 };
    program.simulator.control.setFaults([
      skew,
      limited,
      { name: '401.mid-sync', type: 'Condition', after: 0 },
    ]);
    const run = await program.sync(connection);
    const outcomes = (await questionsOf(program.db, run.id)).map(({ outcome }) => outcome);
    expect(new Set(outcomes)).toEqual(new Set(['full']));
    expect(program.simulator.control.requestCounts().renewals).toBe(1);
  });
});
