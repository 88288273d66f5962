// Proves that a benchmark begins only with numbers that can be measured with.

import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { bench } from './bench.ts';

function refusalOf(words: readonly string[]): string {
  let said = '';
  const root = new Command();
  bench(root, { migrations: {} });
  const all = [root, ...root.commands, ...root.commands.flatMap(({ commands }) => commands)];
  for (const command of all)
    command.exitOverride().configureOutput({ writeErr: (text) => (said += text) });
  expect(() => root.parse(['bench', ...words], { from: 'user' })).toThrow();
  return said;
}

describe('a benchmark', () => {
  it.each([
    ['sync --size abc', 'from 1 on'],
    ['sync --runs 0', 'from 1 on'],
    ['sync --latency -3', 'from 0 on'],
    ['sync --per-minute 2.5', 'from 1 on'],
    ['sync --page 0', 'from 1 on'],
    ['crash --runs x', 'from 1 on'],
    ['crash --seed 1e99', 'from 0 on'],
    ['directory --times none', 'from 1 on'],
  ])('is not begun by %s', (words, wanted) => {
    const said = refusalOf(words.split(' '));
    expect(said).toContain(words.split(' ')[1]);
    expect(said).toContain(`a whole number ${wanted}`);
  });
});
