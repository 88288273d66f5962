// Proves the words for a difference.

import { expect, it } from 'vitest';
import { differenceWords } from './difference-words.ts';

it('a difference is said with both sides', () => {
  const patient = { name: 'Elena Marsh', birthDate: '1961-04-21' };
  const known = { name: 'Ellen Marsh', birthDate: '1961-04-12' };
  expect(differenceWords('name', patient, known)).toBe(
    'The name differs: the portal says Elena Marsh, the record here Ellen Marsh.',
  );
  expect(differenceWords('birthDate', patient, known)).toBe(
    'The birth date differs: the portal says April 21, 1961, the record here April 12, 1961.',
  );
});
