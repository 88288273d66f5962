// Proves that what the cards and the list of receipts show is right, and costs the same however long the past is.

import { operator } from '../../access/policy.ts';
import type { KyselyPlugin } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startProgram, type TestProgram } from '../../../e2e/support/program.ts';
import { queueSync } from '../../connections/queue-sync.ts';
import { closeQuestion, finishRun, startRun } from '../../records/runs.ts';
import { syncConnection } from '../../sync/run.ts';
import { presentConnections, presentOne, presentReceipts } from './overview.ts';
import { readReceiptFor } from './receipt.ts';

let program: TestProgram;
let connection: string;

beforeEach(async () => {
  program = await startProgram();
  connection = await program.connect();
});
afterEach(() => program.close());

/** Runs that asked two questions, the first answered in full; a minute apart. */
async function pastRuns(count: number): Promise<string[]> {
  const { person_id } = await program.db
    .selectFrom('connection')
    .select('person_id')
    .where('id', '=', connection)
    .executeTakeFirstOrThrow();
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) {
    const now = Date.UTC(2026, 0, 1, 0, n);
    const { id: run } = await startRun(program.db, {
      source: connection,
      person: person_id ?? '',
      trigger: 'manual',
      scopesAsked: [],
      scopesGranted: [],
      questions: ['a', 'b'].map((key) => ({
        key,
        label: key,
        type: 'Goal',
        request: key,
        why: key,
      })),
      now,
    });
    await closeQuestion(program.db, { run, question: 'a', outcome: 'full', now });
    await finishRun(program.db, { run, now: now + 1000 });
    ids.push(run);
  }
  return ids;
}

/** The statements that work needs, and the rows that they give. */
async function costOf(work: (app: TestProgram) => Promise<unknown>) {
  let statements = 0;
  let rows = 0;
  const counting: KyselyPlugin = {
    transformQuery: ({ node }) => {
      statements += 1;
      return node;
    },
    transformResult: async ({ result }) => {
      rows += result.rows.length;
      return result;
    },
  };
  await work({ ...program, db: program.db.withPlugin(counting) });
  return { statements, rows };
}

describe('the cards', () => {
  it('show the latest run that has ended, beside one that is under way', async () => {
    const [, latest] = await pastRuns(2);
    const { connections } = await presentConnections(program, operator);
    expect(connections[0]?.lastReceipt).toEqual({
      id: latest,
      finishedAt: '2026-01-01T00:01:01.000Z',
      asked: 2,
      answeredInFull: 1,
      new: 0,
      newFiles: 0,
      changed: 0,
      gone: 0,
    });
  });

  it('read no more for a long past than for a short one', async () => {
    await pastRuns(1);
    const before = await costOf((app) => presentConnections(app, operator));
    await pastRuns(20);
    expect(await costOf((app) => presentConnections(app, operator))).toEqual(before);
  });
});

describe('a sync whose turn has not come', () => {
  const state = async () => (await presentOne(program, operator, connection)).state.kind;

  it('is waiting as long as its questions are being made', async () => {
    const held = Promise.withResolvers<void>();
    const isAsked = Promise.withResolvers<void>();
    const { outbound } = program;
    const running = syncConnection(
      {
        ...program,
        afterCommit: () => undefined,
        outbound: async (url, init) => {
          isAsked.resolve();
          await held.promise;
          return outbound(url, init);
        },
      },
      connection,
      'manual',
      new AbortController().signal,
    );
    await program.jobs.cancel('sync', connection);
    await isAsked.promise;
    expect(await state()).toBe('waiting');
    held.resolve();
    await running;
    expect(await state()).toBe('ready');
  });

  it('is waiting, not under way, until it is begun; an open run of a former process too', async () => {
    expect(await state()).toBe('waiting');
    program.simulator.control.setFaults(['reply.slow']);
    await program.jobs.start({
      sync: async (_payload, signal) => void (await program.sync(connection, signal)),
    });
    await expect.poll(state).toBe('syncing');
    await program.jobs.stop();
    // As the next process does at its start, before it begins the job.
    await program.db.updateTable('job').set({ state: 'waiting' }).execute();
    expect(await state()).toBe('waiting');
  });

  it('is told to whoever listens when it is queued', async () => {
    await program.jobs.cancel('sync', connection);
    expect(await state()).toBe('ready');
    program.changedIds.length = 0;
    await queueSync(program, connection);
    expect(program.changedIds).toContain(connection);
    expect(await state()).toBe('waiting');
  });
});

describe('the list of receipts', () => {
  it('sums up each run, the latest first, one under way included', async () => {
    const ids = await pastRuns(2);
    const { receipts } = await presentReceipts(program, connection);
    expect(receipts.map(({ id, asked, answeredInFull }) => [id, asked, answeredInFull])).toEqual(
      ids.toReversed().map((id) => [id, 2, 1]),
    );
    const run = await program.sync(connection);
    const [latest] = (await presentReceipts(program, connection)).receipts;
    expect(latest).toMatchObject({
      id: run.id,
      asked: 19,
      answeredInFull: 19,
      new: run.sums.new,
      changed: 0,
    });
  });

  it('needs as many statements for many as for one', async () => {
    await pastRuns(1);
    const list = (app: TestProgram) => presentReceipts(app, connection);
    const before = await costOf(list);
    await pastRuns(20);
    expect((await costOf(list)).statements).toBe(before.statements);
  });
});

describe('a receipt', () => {
  it('knows the one before it and the one after it, and reads no other', async () => {
    const [first, second, third] = await pastRuns(3);
    expect(await readReceiptFor(program, second ?? '')).toMatchObject({
      previous: first,
      next: third,
    });
    expect(await readReceiptFor(program, first ?? '')).toMatchObject({ previous: null });
    expect(await readReceiptFor(program, third ?? '')).toMatchObject({ next: null });
    const read = (app: TestProgram) => readReceiptFor(app, second ?? '');
    const before = await costOf(read);
    await pastRuns(20);
    expect(await costOf(read)).toEqual(before);
  });
});
