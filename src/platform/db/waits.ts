// Owns which transactions wait for the disk: all, but those whose work can be had again.

import { AsyncLocalStorage } from 'node:async_hooks';

const canBeHadAgain = new AsyncLocalStorage<true>();

/** Does work whose writes need not be on the disk when it ends; they are with the next write that waits. */
export function withoutWaiting<T>(work: () => Promise<T>): Promise<T> {
  return canBeHadAgain.run(true, work);
}

/** Whether what is written here must be on the disk before it is said to be written. */
export function mustWait(): boolean {
  return canBeHadAgain.getStore() === undefined;
}
