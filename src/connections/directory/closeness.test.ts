// Proves how slips between two words are counted, and the words of a text.

import { describe, expect, it } from 'vitest';
import { bitsIn, lettersOf, slipsBetween } from './closeness.ts';
import { sameAs, wordsOf, wordsOfState } from './words.ts';

describe('slips between words', () => {
  it.each([
    ['center', 'center', 0],
    ['centr', 'center', 1],
    ['centter', 'center', 1],
    ['cemter', 'center', 1],
    ['cetner', 'center', 1],
    ['cetnr', 'center', 2],
    ['clinic', 'center', 3],
  ])('from %s to %s are %i', (typed, word, slips) => {
    expect(slipsBetween(typed, word, 2)).toBe(slips);
    expect(slipsBetween(word, typed, 2)).toBe(slips);
  });

  it('to a beginning leave the rest of the word out', () => {
    expect(slipsBetween('cardoil', 'cardiology', 2, true)).toBe(1);
    expect(slipsBetween('cardoil', 'cardiology', 2)).toBe(3);
  });

  it('are looked for by letters first: as many bits as letters differ', () => {
    expect(bitsIn(0)).toBe(0);
    expect(bitsIn(-1)).toBe(32);
    expect(bitsIn(lettersOf('center') ^ lettersOf('centex'))).toBe(2);
  });
});

describe('the words of a name', () => {
  it.each([
    ['Women’s Health & Wellness', 'womens health and wellness'],
    ["O'Brien, M.D., P.A.", 'obrien md pa'],
    ['volunteers in medicine e h t', 'volunteers in medicine eht'],
    ['OB/GYN-Clínica', 'ob gyn clinica'],
    ['Dr. A. B. Smith', 'dr ab smith'],
    ['24/7 Care', '24 7 care'],
  ])('%s', (text, words) => {
    expect(wordsOf(text).join(' ')).toBe(words);
  });

  it('have others that mean the same, each way', () => {
    expect(sameAs('ctr')).toContain('center');
    expect(sameAs('center')).toContain('ctr');
    expect(sameAs('med')).toEqual(['medical', 'medicine']);
    expect(sameAs('harbor')).toEqual([]);
  });

  it('of a state are its code and its name', () => {
    expect(wordsOfState('NH')).toEqual(['nh', 'new', 'hampshire']);
    expect(wordsOfState('New Hampshire')).toEqual(['nh', 'new', 'hampshire']);
    expect(wordsOfState('Ontario')).toEqual(['ontario']);
  });
});
