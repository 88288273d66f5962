// Proves the counting: what vitest found is what the last line says, failures of files and skips included.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { fromFindings, lastLine } from './outcome.ts';
import { runTests } from './tests.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** Runs these files in a folder of their own. */
function countOf(files: Readonly<Record<string, string>>) {
  const folder = mkdtempSync(join(tmpdir(), 'chartfold-count-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return runTests(['--root', folder, '--globals']);
}

describe('a run of tests', () => {
  it('counts what passed, failed and was skipped, with the reason of each skip', async () => {
    const outcome = await countOf({
      'a.test.js': `
        it('one', () => {});
        it('two', () => expect(1).toBe(2));
        it('three', (context) => context.skip('no network here'));`,
    });
    expect(outcome).toMatchObject({ passed: 1, failed: 1 });
    expect(outcome.skipped).toEqual([{ name: 'a.test.js: three', reason: 'no network here' }]);
    expect(outcome.output).toContain('expected 1 to be 2');
  });

  it('counts a file that breaks before its first test as a failure', async () => {
    const outcome = await countOf({
      'a.test.js': `it('one', () => {});`,
      'b.test.js': `throw new Error('broken at once');`,
    });
    expect(outcome).toMatchObject({ passed: 1, failed: 1 });
    expect(outcome.output).toContain('broken at once');
  });

  it('counts an error that nothing caught as a failure', async () => {
    const outcome = await countOf({
      'a.test.js': `it('one', () => { void Promise.reject(new Error('left alone')); });`,
    });
    expect(outcome).toMatchObject({ passed: 1, failed: 1 });
  });

  it('fails two tests of one name in one file', async () => {
    const outcome = await countOf({ 'a.test.js': `it('one', () => {}); it('one', () => {});` });
    expect(outcome).toMatchObject({ passed: 2, failed: 1 });
    expect(outcome.output).toContain('a.test.js: one');
  });

  it('fails when there is nothing to run', async () => {
    expect(await countOf({})).toMatchObject({ passed: 0, failed: 1 });
  });
});

describe('the last line', () => {
  it('is the sum of all steps, with the reasons of what was skipped', () => {
    const skipped = [{ name: 'a', reason: 'b' }];
    const tests = { passed: 12, failed: 1, output: '', skipped };
    expect(lastLine([fromFindings([]), fromFindings(['a', 'b']), tests])).toBe(
      '13 passed, 2 failed, 1 skipped (b)',
    );
  });
});
