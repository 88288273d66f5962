// Owns doing several things at a time where one may end them all.

import PQueue from 'p-queue';

/**
 * Does something with each, some at a time. After the first that breaks off none is begun, and those under way have ended
 * before this throws. @throws what the first that broke off threw
 */
export async function eachOf<T>(
  things: readonly T[],
  atATime: number,
  work: (thing: T) => Promise<void>,
): Promise<void> {
  const queue = new PQueue({ concurrency: atATime });
  const brokenOff: unknown[] = [];
  const guarded = (thing: T) => async () => {
    if (brokenOff.length > 0) return;
    await work(thing).catch((error: unknown) => brokenOff.push(error));
  };
  await queue.addAll(things.map(guarded));
  if (brokenOff.length > 0) throw brokenOff[0];
}
