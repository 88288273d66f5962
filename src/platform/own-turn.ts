// Owns sharing the main loop between pieces of work that each take milliseconds.

import { setImmediate as nextTurn } from 'node:timers/promises';

let last: Promise<void> = Promise.resolve();

/**
 * Resolves in a turn of the main loop that no other caller gets: what follows, up to the next wait, is all the work
 * of that turn. Where several only waited for the next turn, they would all go on in the same one, and the loop
 * would stand still for the sum (law L9).
 */
export function ownTurn(): Promise<void> {
  last = last.then(() => nextTurn());
  return last;
}
