// Owns the running of a vitest project and the counting of what came of it.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Outcome } from './outcome.ts';
import { ACCOUNT_FILE, type TestAccount } from './reporter.ts';
import { runTool } from './tool.ts';

/** Runs one project of vitest.config.ts. Each test counts; so does the rule that names are unique in a file. */
export function checkTests(project: 'unit' | 'e2e'): Promise<Outcome> {
  return runTests(['--project', project]);
}

/** Runs vitest with these arguments and counts. */
export async function runTests(args: readonly string[]): Promise<Outcome> {
  const directory = mkdtempSync(join(tmpdir(), 'chartfold-check-'));
  const file = join(directory, 'account.json');
  try {
    const reporters = [
      '--reporter=default',
      `--reporter=${join(import.meta.dirname, 'reporter.ts')}`,
    ];
    const { code, output } = await runTool('vitest/vitest.mjs', ['run', ...args, ...reporters], {
      [ACCOUNT_FILE]: file,
    });
    return outcomeOf(readAccount(file), code, output);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function outcomeOf(account: TestAccount | null, code: number, output: string): Outcome {
  if (!account) return { passed: 0, failed: 1, output: `The tests did not finish.\n${output}` };
  const { duplicates } = account;
  // The run may fail beside its tests: no file found, an error that nothing caught.
  const failed = account.failed === 0 && code !== 0 ? 1 : account.failed;
  const doubled = duplicates.map((name) => `Two tests of one file have the same name: ${name}`);
  return {
    passed: account.passed,
    failed: failed + duplicates.length,
    skipped: account.skipped,
    output: [...(failed > 0 ? [output] : []), ...doubled].join('\n'),
  };
}

function readAccount(file: string): TestAccount | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as TestAccount;
  } catch {
    return null; // the run ended before its end; its output says why
  }
}
