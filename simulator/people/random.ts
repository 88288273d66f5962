// A seeded generator of random numbers: the same words give the same numbers on every machine. No other source of
// chance is used for people.

export type Random = {
  /** A number from 0 up to but not including 1. */
  next(): number;
  /** A whole number between both ends, both included. */
  between(low: number, high: number): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** Around a mean, with the bell curve of a measurement. */
  around(mean: number, deviation: number): number;
};

/** Makes a generator from words; the same words always give the same sequence. */
export function makeRandom(...words: readonly (string | number)[]): Random {
  let state = hash(words.join('\n'));
  // Mulberry32: small, quick, and good enough for data that only has to look plausible.
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    next,
    between: (low, high) => low + Math.floor(next() * (high - low + 1)),
    chance: (probability) => next() < probability,
    pick(list) {
      const chosen = list[Math.floor(next() * list.length)];
      if (chosen === undefined) throw new RangeError('There is nothing to pick from.');
      return chosen;
    },
    around(mean, deviation) {
      // Irwin–Hall with six terms: no transcendental functions, so that every engine gives the same bits.
      const sum = next() + next() + next() + next() + next() + next();
      return mean + deviation * (sum - 3) * 1.414;
    },
  };
}

function hash(text: string): number {
  let value = 2_166_136_261;
  for (let at = 0; at < text.length; at += 1) {
    value = Math.imul(value ^ text.charCodeAt(at), 16_777_619);
  }
  return value;
}
