// Owns turns: of the main loop, between pieces of work that each take milliseconds; of a thing that one piece of work at
// a time may change.

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

/** Work on one thing after the other, on several things at once; one process owns the store, so this is enough. */
export type Turns<Thing> = {
  /** Begins when all that was asked for the thing before has ended, well or not. */
  take<T>(thing: Thing, work: () => Promise<T>): Promise<T>;
};

export function newTurns<Thing>(): Turns<Thing> {
  const turns = new Map<Thing, Promise<unknown>>();
  return {
    take(thing, work) {
      const mine = (turns.get(thing) ?? Promise.resolve()).then(work, work);
      const settled = mine.catch(() => undefined);
      turns.set(thing, settled);
      void settled.then(() => {
        if (turns.get(thing) === settled) turns.delete(thing);
      });
      return mine;
    },
  };
}
