// Proves which names are taken, for accounts and for people alike: what can be seen, and nothing that turns the writing
// round or stands for somebody else in the audit.

import { describe, expect, it } from 'vitest';
import { accountName, cleanName, nameKey } from './names.ts';

const refused = expect.objectContaining({ code: 'http.invalid_request' });

describe('a name', () => {
  it.each([
    ['  Ada   Lovelace ', 'Ada Lovelace'],
    ['Ju\u0308rgen', 'Jürgen'],
    ['O’Brien-Søndergård', 'O’Brien-Søndergård'],
    ['مریم', 'مریم'],
    // Persian and Sinhala are not written without these two between letters.
    ['علی\u200cرضا', 'علی\u200cرضا'],
    ['ක්\u200dෂ', 'ක්\u200dෂ'],
    ['佐藤 花子', '佐藤 花子'],
  ])('is kept as it is written: %j', (given, kept) => {
    expect(cleanName(given)).toBe(kept);
  });

  it.each([
    '',
    '   ',
    'a\u0000b',
    'a\u001bb',
    ...['\u202a', '\u202e', '\u2066', '\u2069', '\u200e', '\u061c'].map((mark) => `Ann${mark}nB`),
    ...['\u3164', '\u115f', '\u1160', '\uffa0', '\u2800', '\u034f', '\u00ad'],
    'Ann\u3164',
    '\u200d',
    'Ann\u200d',
    'Ann \u200cB',
    '\ue000',
    '\ud800',
    'x'.repeat(101),
  ])('that can’t be seen, or turns the writing round, is refused: %j', (given) => {
    expect(() => cleanName(given)).toThrow(refused);
  });

  it('may be longer where it is a person’s', () => {
    expect(cleanName('x'.repeat(200), 200)).toHaveLength(200);
    expect(() => cleanName('x'.repeat(201), 200)).toThrow(refused);
  });

  it('is one with another that looks alike', () => {
    expect(nameKey('ANN\u200cB')).toBe(nameKey('annb'));
    expect(nameKey('Ａｎｎ')).toBe(nameKey('ann'));
  });
});

describe('the name of an account', () => {
  it.each([
    'operator',
    'The  Operator',
    'the terminal',
    'Terminal',
    'Somebody',
    'ＣＨＡＲＴＦＯＬＤ',
  ])('is not one that stands for somebody else in the audit: %s', (given) => {
    expect(() => accountName(given)).toThrow(refused);
  });

  it('may hold such a word', () => {
    expect(accountName('Olga Operator')).toBe('Olga Operator');
  });
});
