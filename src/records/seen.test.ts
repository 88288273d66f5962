import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packNumbers, unpackNumbers } from './seen.ts';

describe('the numbers of what was seen', () => {
  it('come back as they were, each once and in order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 2 ** 40 })), (numbers) => {
        const inOrder = [...new Set(numbers)].sort((a, b) => a - b);
        expect(unpackNumbers(packNumbers(numbers))).toEqual(inOrder);
      }),
    );
  });

  it('take a byte each where they lie close together', () => {
    const numbers = Array.from({ length: 1000 }, (_, n) => 1 + n * 3);
    expect(packNumbers(numbers)).toHaveLength(1000);
  });
});
