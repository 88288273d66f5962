// Proves that a list of which records are missing is not told as answered in full, where its portal's total tells so.

import { afterEach, expect, it } from 'vitest';
import { outbound } from '../../e2e/support/outbound.ts';
import { startProgram, type TestProgram } from '../../e2e/support/program.ts';
import type { Outbound } from '../platform/outbound.ts';
import { openRunOf, questionsOf } from '../records/runs.ts';
import type { Question } from '../records/types.ts';

let program: TestProgram;
afterEach(() => program.close());

type Options = Parameters<typeof startProgram>[0];

async function begun(options: Options = {}): Promise<string> {
  program = await startProgram({ portal: 'onpatient', ...options });
  return program.connect();
}

const observationsOf = (connection: string) => answerOf(connection, 'Observation');

async function answerOf(connection: string, type: string): Promise<Question> {
  const run = await program.sync(connection);
  const questions = await questionsOf(program.db, run.id);
  return questions.find((question) => question.type === type) ?? expect.fail('not asked');
}

async function stored(): Promise<number> {
  const { count } = await program.db
    .selectFrom('resource')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('type', '=', 'Observation')
    .executeTakeFirstOrThrow();
  return count;
}

/** The size of numbered pages grows from 20 to 50 behind the first: 21 to 50 never come. */
const growing = { name: 'page.small', type: 'Observation', most: 20, times: 1 } as const;

const tomas = { username: 'tomas@example.org', password: 'Sample-Login-1' };

type Bundle = { entry: { resource: { id?: string } }[]; total: number };

/** Changes each page of observations. */
const bent =
  (bend: (bundle: Bundle) => void): Outbound =>
  async (url, init) => {
    const response = await outbound(url, { ...init, leavePacked: false });
    if (!/\/Observation\b/.test(url) || response.status !== 200) return response;
    const bundle = (await response.json()) as Bundle;
    bend(bundle);
    return Response.json(bundle);
  };

it('a list between whose pages records fall is answered in part, and nothing is marked as gone', async () => {
  const connection = await begun();
  const whole = await observationsOf(connection);
  expect(whole).toMatchObject({ outcome: 'full', code: null });
  program.simulator.control.setFaults([growing]);
  const shrunk = await observationsOf(connection);
  expect(shrunk).toMatchObject({
    outcome: 'part',
    code: 'sync.fewer_than_told',
    detail: `30 of ${whole.received} did not come`,
    received: whole.received - 30,
    gone: 0,
  });
  program.simulator.control.setFaults([]);
  expect(await observationsOf(connection)).toMatchObject({ outcome: 'full', code: null });
});

it('a record that comes twice does not stand for one that did not come', async () => {
  const twice = bent(({ entry }) => entry.splice(-1, 1, ...entry.slice(0, 1)));
  const question = await observationsOf(await begun({ outbound: twice }));
  expect(question).toMatchObject({
    outcome: 'part',
    code: 'sync.fewer_than_told',
    detail: `${question.pages} of ${question.received} did not come`,
  });
});

it('what was set aside has come', async () => {
  let isFirst = true;
  const nameless = bent(({ entry: [first] }) => {
    if (isFirst) delete first?.resource.id;
    isFirst = false;
  });
  const question = await observationsOf(await begun({ outbound: nameless }));
  expect(question).toMatchObject({ outcome: 'full', setAside: 1 });
});

it('the total of the last page counts: records may be added meanwhile', async () => {
  let page = 0;
  const earlier = bent((bundle) => {
    page += 1;
    if (page === 1) bundle.total += 7;
  });
  const question = await observationsOf(await begun({ outbound: earlier }));
  expect(question.pages).toBeGreaterThan(1);
  expect(question).toMatchObject({ outcome: 'full' });
});

it('a portal whose total is larger than what it gives is taken at its word', async () => {
  const connection = await begun();
  program.simulator.control.setFaults([{ name: 'bundle.total-wrong', type: 'Observation' }]);
  expect(await observationsOf(connection)).toMatchObject({
    outcome: 'part',
    code: 'sync.fewer_than_told',
    detail: expect.stringMatching(/^7 of \d+ did not come$/),
  });
});

it.each([
  ['athenahealth', {}, {}],
  ['healow', { clinicId: 'BDKCAA' }, tomas],
  ['smart', {}, {}],
])('the total of %s is not believed', async (portal, request, answers) => {
  program = await startProgram({ portal });
  const connection = await program.connect(request, answers);
  program.simulator.control.setFaults([{ name: 'bundle.total-wrong', type: 'Immunization' }]);
  const question = await answerOf(connection, 'Immunization');
  expect(question).toMatchObject({ outcome: 'full', code: null, parts: null });
});

/** Cuts a sync off between the first page of observations, which is stored, and the second. */
async function cutOff(faults: (typeof growing)[]): Promise<string> {
  const ending = new AbortController();
  const ends: Outbound = async (url, init) => {
    if (/\/Observation\b.*page=/.test(url) && !ending.signal.aborted) {
      await expect.poll(stored).toBeGreaterThan(0);
      ending.abort(new Error('cut off'));
    }
    return outbound(url, init);
  };
  const connection = await begun({ outbound: ends });
  program.simulator.control.setFaults(faults);
  await expect(program.sync(connection, ending.signal)).rejects.toThrow('cut off');
  const { id } = (await openRunOf(program.db, connection)) ?? expect.fail('the run has ended');
  const questions = await questionsOf(program.db, id);
  const standing = { outcome: 'asking', pages: 1, next: expect.stringContaining('page=2') };
  expect(questions.find(({ key }) => key === 'observations')).toMatchObject(standing);
  return connection;
}

it('what came before a cut is counted', async () => {
  const question = await observationsOf(await cutOff([]));
  expect(question).toMatchObject({ outcome: 'full', code: null });
  expect(question.received).toBe(await stored());
});

it('what did not come before a cut is missed after it', async () => {
  const question = await observationsOf(await cutOff([growing]));
  expect(question).toMatchObject({
    outcome: 'part',
    code: 'sync.fewer_than_told',
    detail: expect.stringMatching(/^30 of \d+ did not come$/),
  });
});

it('a list that was cut off before it was held against its total is asked for again', async () => {
  const connection = await cutOff([]);
  // As its last page leaves it.
  await program.db
    .updateTable('sync_question')
    .set({ next: null })
    .where('key', '=', 'observations')
    .execute();
  const question = await observationsOf(connection);
  // The first page came twice.
  expect(question).toMatchObject({ outcome: 'full', new: await stored(), unchanged: 50 });
});
