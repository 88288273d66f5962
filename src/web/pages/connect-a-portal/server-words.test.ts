// Proves what is said of a server's use, and of what others hold no more than that they do.

import { expect, it } from 'vitest';
import { usedWords } from './server-words.ts';

it.each([
  [0, false, 'No connection uses it.'],
  [1, false, '1 connection uses it; once it is disconnected, it can be removed.'],
  [2, false, '2 connections use it; once they are disconnected, it can be removed.'],
  [0, true, 'Only connections of others use it; once they are disconnected, it can be removed.'],
  [
    1,
    true,
    '1 connection and connections of others use it; once they are disconnected, it can be removed.',
  ],
])('a server used by %i, and by others: %j', (connections, hasOthers, words) => {
  expect(usedWords({ connections, hasOthers })).toBe(words);
});
