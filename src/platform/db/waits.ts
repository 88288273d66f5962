// Owns which transactions wait for the disk: all, but those whose work can be had again.

import { AsyncLocalStorage } from 'node:async_hooks';

/** Work that can be had again. What it has begun may go on after it, a job for one, and is none of it then. */
type Work = { isOver: boolean };

const current = new AsyncLocalStorage<Work>();

/** Does work whose writes need not be on the disk when it ends; they are with the next write that waits. */
export async function withoutWaiting<T>(work: () => Promise<T>): Promise<T> {
  const own: Work = { isOver: false };
  try {
    return await current.run(own, work);
  } finally {
    own.isOver = true;
  }
}

/** Whether what is written here must be on the disk before it is said to be written. */
export function mustWait(): boolean {
  return current.getStore()?.isOver ?? true;
}
