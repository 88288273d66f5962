// Owns running one long task in a thread of its own. The thread's side is the end of this file: it is the same file.

import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { asChartfoldError, ChartfoldError, type ErrorCode } from '../../platform/errors.ts';
import { tasks } from './tasks.ts';

type Tasks = typeof tasks;
type Told =
  | { readonly result: unknown }
  | { readonly code: ErrorCode; readonly detail?: string | undefined };

/** One after the other: they share the disk, and a scratch folder. */
let last: Promise<unknown> = Promise.resolve();

/**
 * Runs a task and waits for it.
 * @throws what the task throws, by its code; the signal's reason when aborted: then its thread is ended
 */
export function runTask<N extends keyof Tasks>(
  name: N,
  task: Parameters<Tasks[N]>[0],
  signal: AbortSignal,
): Promise<Awaited<ReturnType<Tasks[N]>>> {
  const done = last.then(() => inThread(name, task, signal));
  last = done.catch(() => undefined);
  return done as Promise<Awaited<ReturnType<Tasks[N]>>>;
}

async function inThread(name: string, task: unknown, signal: AbortSignal): Promise<unknown> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<Told>();
  const worker = new Worker(new URL(import.meta.url), { workerData: { name, task } });
  worker.once('message', resolve);
  worker.once('error', reject);
  worker.once('exit', () => reject(new Error('the worker ended without a word')));
  const end = () => {
    reject(signal.reason);
    void worker.terminate();
  };
  signal.addEventListener('abort', end, { once: true });
  const told = await promise.finally(() => signal.removeEventListener('abort', end));
  if ('result' in told) return told.result;
  throw new ChartfoldError(told.code, told.detail === undefined ? {} : { detail: told.detail });
}

if (!isMainThread && parentPort && isOurs(workerData)) {
  const { name, task } = workerData;
  const run = tasks[name] as (given: unknown) => Promise<unknown>;
  const told: Told = await run(task).then(
    (result) => ({ result }),
    (error: unknown) => {
      const { code, detail, cause } = asChartfoldError(error);
      return { code, detail: code === 'internal.unexpected' ? String(cause) : detail };
    },
  );
  parentPort.postMessage(told);
}

/** A test may run in a thread too, with data of its own. */
function isOurs(data: unknown): data is { name: keyof Tasks; task: unknown } {
  return typeof data === 'object' && data !== null && 'name' in data && 'task' in data;
}
