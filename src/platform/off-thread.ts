// Owns a thread beside the main one for pure work that would hold the main loop up (law L9): reading a page, describing
// a batch. It is begun with the first task or ahead of it, keeps no process alive, and is begun again where it died.

import {
  isMainThread,
  parentPort,
  type Transferable,
  Worker,
  workerData,
} from 'node:worker_threads';
import { asChartfoldError, ChartfoldError, type ErrorCode } from './errors.ts';

/** Pure functions by name: one value in, one out, both of plain data. */
export type Tasks = Readonly<Record<string, (given: never) => Done<unknown>>>;

/** What a task gives back; buffers that are moved and not copied. */
export type Done<T> = { readonly value: T; readonly moves?: readonly Transferable[] };

export type OffThread<T extends Tasks> = {
  /**
   * Does a task in the thread, after those asked for before.
   * @param moves buffers in `given` that are moved and not copied: they are empty here afterwards
   * @throws what the task throws, by its code
   */
  run<N extends keyof T & string>(
    name: N,
    given: Parameters<T[N]>[0],
    moves?: readonly Transferable[],
  ): Promise<ReturnType<T[N]>['value']>;
};

type Told = { readonly id: number } & (
  | { readonly value: unknown }
  | { readonly code: ErrorCode; readonly detail: string | undefined }
);
type Waiting = { resolve: (value: unknown) => void; reject: (error: unknown) => void };

/** What a task makes is gone with it: a small nursery is emptied more often, and stays small (each thread 40 MB less). */
const resourceLimits = { maxYoungGenerationSizeMb: 32 };

/** Those that every server needs soon. */
const needed: (() => void)[] = [];

/** Begins the threads that are going to be needed: to load what they do takes some tenths of a second. */
export function beginThreads(): void {
  for (const begin of needed) begin();
}

/**
 * The main side. `file` is the module whose thread side calls `serveTasks`.
 * @param options.isNeeded whether `beginThreads` begins it
 */
export function offThread<T extends Tasks>(
  file: string,
  options: { readonly isNeeded?: boolean } = {},
): OffThread<T> {
  const waiting = new Map<number, Waiting>();
  let worker: Worker | undefined;
  let last = 0;

  function begin(): Worker {
    const begun = new Worker(new URL(file), { workerData: { serves: file }, resourceLimits });
    const fail = (error: unknown) => {
      if (worker === begun) worker = undefined;
      for (const { reject } of waiting.values()) reject(error);
      waiting.clear();
    };
    begun.on('message', (told: Told) => {
      const asked = waiting.get(told.id);
      waiting.delete(told.id);
      if (waiting.size === 0) begun.unref();
      if ('value' in told) asked?.resolve(told.value);
      else
        asked?.reject(
          new ChartfoldError(told.code, told.detail === undefined ? {} : { detail: told.detail }),
        );
    });
    begun.once('error', fail);
    begun.once('exit', () => fail(new Error('the thread ended without a word')));
    begun.unref();
    return begun;
  }
  if (options.isNeeded)
    needed.push(() => {
      worker ??= begin();
    });

  return {
    run(name, given, moves = []) {
      worker ??= begin();
      worker.ref();
      last += 1;
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      waiting.set(last, { resolve, reject });
      worker.postMessage({ id: last, name, given }, [...moves]);
      return promise as Promise<never>;
    },
  };
}

/** The thread side: does nothing anywhere but in the thread that `offThread(file)` began. */
export function serveTasks(file: string, tasks: Tasks): void {
  const isOurs = (workerData as { serves?: unknown } | null)?.serves === file;
  if (isMainThread || !parentPort || !isOurs) return;
  const port = parentPort;
  port.on('message', ({ id, name, given }: { id: number; name: string; given: unknown }) => {
    try {
      const { value, moves = [] } = (tasks[name] as (given: unknown) => Done<unknown>)(given);
      port.postMessage({ id, value }, [...moves]);
    } catch (error) {
      const { code, detail, cause } = asChartfoldError(error);
      const said = code === 'internal.unexpected' ? String(cause) : detail;
      port.postMessage({ id, code, detail: said });
    }
  });
}
