// Proves that several things done at a time end together when one of them breaks off.

import { describe, expect, it } from 'vitest';
import { eachOf } from './several.ts';

describe('several things', () => {
  it('are done so many at a time, and each of them', async () => {
    const done: number[] = [];
    let running = 0;
    let most = 0;
    await eachOf([1, 2, 3, 4, 5], 2, async (n) => {
      running += 1;
      most = Math.max(most, running);
      await Promise.resolve();
      done.push(n);
      running -= 1;
    });
    expect(most).toBe(2);
    expect(done.sort()).toEqual([1, 2, 3, 4, 5]);
  });

  it('have all ended when it throws, and none is begun after the one that broke off', async () => {
    const begun: number[] = [];
    const ended: number[] = [];
    const slow = Promise.withResolvers<void>();
    const all = eachOf([1, 2, 3], 2, async (n) => {
      begun.push(n);
      if (n === 2) {
        slow.resolve();
        throw new Error('broken off');
      }
      await slow.promise;
      await Promise.resolve();
      ended.push(n);
    });
    await expect(all).rejects.toThrow('broken off');
    expect({ begun, ended }).toEqual({ begun: [1, 2], ended: [1] });
  });
});
