// Proves what is said of a server's sign-in and its use, and of what others hold no more than that they do.

import { expect, it } from 'vitest';
import { signInWords, usedWords } from './server-words.ts';

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

const clear = 'Add it only if the clinic or its vendor named you these hosts.';
it.each([
  ['a.example', 'a.example', 'Patients sign in at the same host.'],
  ['b.example', 'b.example', `Patients sign in at b.example. ${clear}`],
  [
    'b.example',
    'a.example',
    `Patients sign in at b.example, and what they allow there is sent to a.example. ${clear}`,
  ],
])('a server with its sign-in at %s and its tokens from %s', (signInHost, tokenHost, words) => {
  expect(signInWords({ fhirBaseUrl: 'https://a.example/r4', signInHost, tokenHost })).toBe(words);
});
