// Proves what becomes of a page that is answered with 200 and holds nothing but an error: it is no answer.

import { afterEach, describe, expect, it } from 'vitest';
import { outbound } from '../../e2e/support/outbound.ts';
import { startProgram, type TestProgram } from '../../e2e/support/program.ts';
import { readReceiptFor } from '../http/present/receipt.ts';
import { questionsOf } from '../records/runs.ts';

let program: TestProgram;
afterEach(() => program.close());

type Issue = { severity: string; code: string; diagnostics: string };

/** A sync in which the portal answers one question with a Bundle of outcomes. */
async function syncedWith(...issues: Issue[]) {
  const entry = issues.map((issue) => ({
    search: { mode: 'outcome' },
    resource: { resourceType: 'OperationOutcome', issue: [issue] },
  }));
  let asked = 0;
  program = await startProgram({
    outbound: async (url, init) => {
      if (!url.includes('/Goal?')) return outbound(url, init);
      asked += 1;
      const bundle = { resourceType: 'Bundle', type: 'searchset', entry };
      return new Response(JSON.stringify(bundle), {
        headers: { 'content-type': 'application/fhir+json' },
      });
    },
  });
  const run = await program.sync(await program.connect());
  const goals = (await questionsOf(program.db, run.id)).find(({ key }) => key === 'goals');
  const receipt = await readReceiptFor(program, run.id);
  return { asked, goals, reason: receipt.questions.find(({ key }) => key === 'goals')?.reason };
}

const issue = (code: string, severity = 'error'): Issue => ({
  severity,
  code,
  diagnostics: `Goals are not to be had (${code}).`,
});

describe('a page that holds nothing but an error', () => {
  it.each([
    ['forbidden', 'refused', 'fhir.forbidden', 1],
    ['not-found', 'refused', 'fhir.not_found', 1],
    ['processing', 'failed', 'fhir.rejected', 2],
    ['transient', 'failed', 'fhir.server_error', 4],
  ] as const)(
    'of the code %s is a question that was %s, with the portal’s words',
    async (said, outcome, code, times) => {
      const { asked, goals, reason } = await syncedWith(issue(said));
      expect(goals).toMatchObject({ outcome, code, received: 0, setAside: 0, pages: 0 });
      const portalSaid = `Goals are not to be had (${said})`;
      expect(reason).toMatchObject({ code, portalSaid, httpStatus: 200 });
      expect(asked).toBe(times);
    },
  );

  it('that is only a warning is an empty answer', async () => {
    const { goals } = await syncedWith(issue('processing', 'warning'), issue('x', 'information'));
    expect(goals).toMatchObject({ outcome: 'full', code: null, received: 0, setAside: 2 });
  });
});
