// Owns the numbers that a benchmark is told: one that is none would make figures that say nothing.

import { InvalidArgumentError } from 'commander';

/** Reads an option as a whole number. @throws commander's own error, which names the option */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (number >= least) return number;
    throw new InvalidArgumentError(`It takes a whole number from ${least} on.`);
  };
}
