// Proves that a folder is made with its parents, and that what can't be made is said instead of tried for ever.

import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeFolder } from './folders.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'chartfold-folders-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

it('is made with its parents, each for this user alone, and again without harm', () => {
  const folder = join(dir, 'a', 'b');
  makeFolder(folder);
  makeFolder(folder);
  expect([folder, join(dir, 'a')].map((one) => statSync(one).mode & 0o777)).toEqual([0o700, 0o700]);
});

it('below a file is said to be none', () => {
  writeFileSync(join(dir, 'file'), '');
  expect(() => makeFolder(join(dir, 'file', 'below'))).toThrow(/ENOTDIR/);
  expect(() => makeFolder(join(dir, 'file'))).toThrow(/EEXIST/);
});

it('where the system lets nobody make one is an error, not an endless try', (context) => {
  if (!existsSync('/proc/self')) return context.skip('this system has no /proc');
  expect(() => makeFolder('/proc/none/below')).toThrow(/ENOENT|EACCES/);
});
