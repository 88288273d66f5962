// x
import { afterEach, expect, it } from 'vitest';
import { startProgram, type TestProgram } from '../../../e2e/support/program.ts';
import { readReceipt } from '../../records/runs.ts';
let program: TestProgram;
afterEach(() => program.close());
it('syncs', async () => {
  program = await startProgram({ portal: 'healow', auth: 'client_secret_basic' });
  const id = await program.connect(
    { clinicId: 'BDKCAA' },
    { username: 'tomas@example.org', password: 'Sample-Login-1' },
  );
  const run = await program.sync(id);
  const r = await readReceipt(program.db, run.id);
  console.log(
    r?.questions
      .map((q) =>
        [q.key, q.outcome, q.code, q.pages, q.received, q.detail, q.parts?.length, q.retries].join(
          ' ',
        ),
      )
      .join('\n'),
  );
  const counts = program.simulator.control.requestCounts();
  console.log(JSON.stringify(counts), JSON.stringify(r?.run.sums));
  const c = await program.db
    .selectFrom('connection')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  const truth = program.simulator.control.truth('production', c?.patient_id ?? '', 'healow');
  console.log(JSON.stringify(truth.counts));
  expect(c?.status).toBe('ready');
}, 120000);
