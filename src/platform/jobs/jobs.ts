// Owns queued work: put in the transaction that makes it necessary, run by whom main.ts names.
// A job that was running when the process died runs again; a handler must bear that. So neither its beginning nor its end
// waits for the disk.

import { sql } from 'kysely';
import { type Clock, isoTime } from '../clock.ts';
import { bulkTransaction } from '../db/bulk.ts';
import type { Db, Transaction } from '../db/db.ts';
import { isChartfoldError } from '../errors.ts';
import type { Log } from '../log.ts';
import './tables.ts';

export type Job = { readonly queue: string; readonly key: string; readonly payload: unknown };
export type JobHandler = (payload: unknown, signal: AbortSignal) => Promise<void>;

export type Jobs = {
  /** Puts a job, once for each queue and key while it is live; in the caller's transaction where one is given. */
  put(job: Job, trx?: Transaction): Promise<void>;
  /** Takes a job away; one that runs is aborted, and has ended when this returns. */
  cancel(queue: string, key: string): Promise<void>;
  /** The keys of a queue's jobs that are not begun yet: their turn has not come, or their next try. */
  waiting(queue: string): Promise<ReadonlySet<string>>;
  /** Whether the job waits or runs. */
  isLive(queue: string, key: string): Promise<boolean>;
  /** Starts to run jobs; those left over from a former process first. */
  start(handlers: Readonly<Record<string, JobHandler>>): Promise<void>;
  /** Aborts what runs, waits until it has ended, takes up nothing more. */
  stop(): Promise<void>;
  /** Resolves when nothing is waiting or running. */
  idle(): Promise<void>;
};

const MAX_ATTEMPTS = 8;
const BACKOFF_MS = 2_000;
const DAY_MS = 24 * 3_600_000;
/** What was given up stays this long for who looks for the reason; a finished job goes at once. */
const GIVEN_UP_KEPT_MS = 30 * DAY_MS;

/** Jobs of one queue run `concurrency[queue]` at a time (default 1), each key never twice at once. */
export function createJobs(options: {
  db: Db;
  clock: Clock;
  log: Log;
  concurrency?: Readonly<Record<string, number>>;
}): Jobs {
  const { db, clock, log } = options;
  const ending = new AbortController();
  const running = new Map<
    number,
    { queue: string; done: Promise<void>; ending: AbortController }
  >();
  let handlers: Readonly<Record<string, JobHandler>> = {};
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isStarted = false;
  let nextTidying = 0;
  let taking: Promise<void> = Promise.resolve();
  let idlers: (() => void)[] = [];

  /** One round at a time: takes what is due and has room, then sleeps until the next is due. */
  function wake(): void {
    if (!isStarted || ending.signal.aborted) return;
    taking = taking.then(takeDue).catch((error) => {
      log.error('jobs.round_failed', error);
      timer = setTimeout(wake, BACKOFF_MS);
    });
  }

  async function takeDue(): Promise<void> {
    if (ending.signal.aborted) return;
    clearTimeout(timer);
    await tidyUp();
    const waiting = await db
      .selectFrom('job')
      .selectAll()
      .where('state', '=', 'waiting')
      .where('queue', 'in', Object.keys(handlers))
      .orderBy('run_at')
      .orderBy('id')
      .execute();
    const now = isoTime(clock.now());
    for (const job of waiting) {
      if (running.has(job.id)) continue;
      if (job.run_at > now) {
        timer = setTimeout(wake, Math.max(10, Date.parse(job.run_at) - clock.now()));
        break;
      }
      const busy = [...running.values()].filter((r) => r.queue === job.queue).length;
      if (busy >= (options.concurrency?.[job.queue] ?? 1)) continue;
      const own = new AbortController();
      running.set(job.id, { queue: job.queue, done: run(job, own), ending: own });
    }
    if (running.size === 0 && waiting.length === 0) {
      for (const resolve of idlers.splice(0)) resolve();
    }
  }

  /** At the start, then once a day. */
  async function tidyUp(): Promise<void> {
    if (clock.now() < nextTidying) return;
    nextTidying = clock.now() + DAY_MS;
    await db
      .deleteFrom('job')
      .where('state', '=', 'dead')
      // When it would have been tried next: minutes after it was given up.
      .where('run_at', '<', isoTime(clock.now() - GIVEN_UP_KEPT_MS))
      .execute();
  }

  async function run(
    job: { id: number; queue: string; payload: string; attempts: number },
    own: AbortController,
  ) {
    const signal = AbortSignal.any([ending.signal, own.signal]);
    try {
      // It is known as running before it is taken, so that whoever cancels it meanwhile waits for it.
      if (!(await claim(job.id)) || signal.aborted) return;
      await handlers[job.queue]?.(JSON.parse(job.payload), signal);
      await finish(job.id);
    } catch (error) {
      if (signal.aborted) return;
      await putOff(job, error).catch((fault) => holdBack(fault, signal));
    } finally {
      running.delete(job.id);
      wake();
    }
  }

  /** The store takes nothing (a full disk): the job counts as running for a while, or it would be taken up again at once. */
  async function holdBack(fault: unknown, signal: AbortSignal): Promise<void> {
    log.error('jobs.put_off_failed', fault);
    await clock.wait(BACKOFF_MS, signal).catch(() => undefined);
  }

  /** @returns false where it was cancelled before it began */
  async function claim(id: number): Promise<boolean> {
    const taken = await bulkTransaction(db, (trx) =>
      trx
        .updateTable('job')
        .set({ state: 'running', again: 0 })
        .where('id', '=', id)
        .where('state', '=', 'waiting')
        .executeTakeFirst(),
    );
    return taken.numUpdatedRows === 1n;
  }

  /** What was put again while it ran runs again; asked in the statement that ends it, or it could come in between. */
  async function finish(id: number) {
    await bulkTransaction(db, async (trx) => {
      const ended = await trx
        .deleteFrom('job')
        .where('id', '=', id)
        .where('again', '=', 0)
        .executeTakeFirst();
      if (ended.numDeletedRows > 0n) return;
      await trx
        .updateTable('job')
        .set({ state: 'waiting', again: 0, attempts: 0 })
        .where('id', '=', id)
        .execute();
    });
  }

  async function putOff(job: { id: number; queue: string; attempts: number }, error: unknown) {
    const attempts = job.attempts + 1;
    const cannotHelp = isChartfoldError(error) && error.row.retry === 'never';
    const state = attempts >= MAX_ATTEMPTS || cannotHelp ? 'dead' : 'waiting';
    log.error('jobs.failed', error, { queue: job.queue, attempts, state });
    const runAt = isoTime(clock.now() + BACKOFF_MS * 2 ** (attempts - 1));
    await db
      .updateTable('job')
      // What was put again while it ran is new work: it is not given up with the old.
      .set({
        state: sql`case when again = 1 then 'waiting' else ${state} end`,
        attempts: sql`case when again = 1 then 0 else ${attempts} end`,
        run_at: runAt,
      })
      .where('id', '=', job.id)
      .execute();
  }

  return {
    async put(job, trx) {
      await (trx ?? db)
        .insertInto('job')
        .values({
          queue: job.queue,
          key: job.key,
          payload: JSON.stringify(job.payload),
          state: 'waiting',
          attempts: 0,
          again: 0,
          run_at: isoTime(clock.now()),
        })
        .onConflict((c) =>
          c
            .columns(['queue', 'key'])
            // The partial index is only matched by a literal.
            .where(sql<boolean>`state != 'dead'`)
            // One that waits for its next try is tried at once: there is a new reason.
            .doUpdateSet({
              again: 1,
              payload: sql`excluded.payload`,
              run_at: sql`excluded.run_at`,
            }),
        )
        .execute();
      // With one connection the round below waits until the caller's transaction has ended.
      setImmediate(wake);
    },
    async waiting(queue) {
      const rows = await db
        .selectFrom('job')
        .select('key')
        .where('queue', '=', queue)
        .where('state', '=', 'waiting')
        .execute();
      return new Set(rows.map((row) => row.key));
    },
    async isLive(queue, key) {
      const row = await db
        .selectFrom('job')
        .select('id')
        .where('queue', '=', queue)
        .where('key', '=', key)
        .where('state', '!=', 'dead')
        .executeTakeFirst();
      return row !== undefined;
    },
    async cancel(queue, key) {
      const row = await db
        .deleteFrom('job')
        .where('queue', '=', queue)
        .where('key', '=', key)
        .where('state', '!=', 'dead')
        .returning('id')
        .executeTakeFirst();
      const current = row && running.get(row.id);
      current?.ending.abort(new DOMException('cancelled', 'AbortError'));
      await current?.done;
    },
    async start(given) {
      handlers = given;
      await db
        .updateTable('job')
        .set({ state: 'waiting' })
        .where('state', '=', 'running')
        .execute();
      isStarted = true;
      wake();
    },
    async stop() {
      ending.abort(new DOMException('stopping', 'AbortError'));
      clearTimeout(timer);
      await taking;
      await Promise.all([...running.values()].map((r) => r.done));
    },
    idle: () =>
      new Promise((resolve) => {
        idlers = [...idlers, resolve];
        wake();
      }),
  };
}
