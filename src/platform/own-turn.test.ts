// Proves that work which waits for a turn of its own shares it with nobody.

import { expect, it } from 'vitest';
import { ownTurn } from './own-turn.ts';

it('gives each who waits another turn of the loop, in the order in which they came', async () => {
  let turn = 0;
  let isOver = false;
  const count = () => {
    turn += 1;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  const seen: [string, number][] = [];
  const work = async (name: string) => {
    for (let n = 0; n < 3; n += 1) {
      await ownTurn();
      seen.push([name, turn]);
    }
  };
  await Promise.all(['a', 'b', 'c'].map(work));
  isOver = true;
  expect(seen.map(([name]) => name).join('')).toBe('abcabcabc');
  expect(new Set(seen.map(([, at]) => at)).size).toBe(seen.length);
});
