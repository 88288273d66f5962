// Proves that work which waits for a turn of its own shares it with nobody: of the loop, and of a thing.

import { expect, it } from 'vitest';
import { newTurns, ownTurn } from './own-turn.ts';

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

it('does work on one thing after the other, also after work that failed, and on two things at once', async () => {
  const turns = newTurns<string>();
  const seen: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = turns.take('a', async () => {
    await gate.promise;
    seen.push('a1');
    throw new Error('failed');
  });
  const second = turns.take('a', async () => {
    seen.push('a2');
    return 'done';
  });
  await turns.take('b', async () => {
    seen.push('b');
  });
  gate.resolve();
  await expect(first).rejects.toThrow('failed');
  expect(await second).toBe('done');
  expect(seen).toEqual(['b', 'a1', 'a2']);
});
