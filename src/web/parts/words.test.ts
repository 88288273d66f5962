// Proves counts and turns of phrase.

import { describe, expect, it } from 'vitest';
import { counted, initials, inWords, listed, possessive, sexInWords } from './words.ts';

describe('words', () => {
  it('counts in words up to nine and in figures from ten', () => {
    expect([1, 9, 10, 4318].map(inWords)).toEqual(['one', 'nine', '10', '4,318']);
  });

  it('chooses singular and plural by the count', () => {
    expect(counted(1, 'record')).toBe('1 record');
    expect(counted(0, 'record')).toBe('0 records');
    expect(counted(2, 'permission was', 'permissions were')).toBe('2 permissions were');
  });

  it('lists with one and at the end', () => {
    expect(listed([])).toBe('');
    expect(listed(['a'])).toBe('a');
    expect(listed(['a', 'b', 'c'])).toBe('a, b and c');
  });

  it('takes initials from the first and the last name', () => {
    expect(initials('Elena Marsh')).toBe('EM');
    expect(initials('Ólafur (Óli) de la Cruz')).toBe('ÓC');
    expect(initials('Cher')).toBe('C');
    expect(initials('')).toBe('');
  });

  it('forms the possessive of names that end in s', () => {
    expect(possessive('Elena')).toBe('Elena’s');
    expect(possessive('James')).toBe('James’');
  });

  it('says that a sex was not recorded rather than guessing', () => {
    expect(sexInWords(null)).toBe('not recorded');
    expect(sexInWords('unknown')).toBe('unknown to the portal');
  });
});
