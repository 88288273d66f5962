// Owns the account of a test run that the checks count from. It is loaded by vitest, writes one JSON file, and
// prints nothing.

import { writeFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';

/** What one run of a test project came to. `duplicates` are names used twice in one file. */
export type TestAccount = {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
  readonly duplicates: readonly string[];
  readonly names: readonly { readonly file: string; readonly name: string }[];
};

/** Where the account goes: the environment names the file, since vitest makes the reporter itself. */
export const ACCOUNT_FILE = 'CHARTFOLD_TEST_ACCOUNT';

// vitest wants a reporter from a file as its default export.
// oxlint-disable-next-line import/no-default-export
export default class AccountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    const file = process.env[ACCOUNT_FILE];
    if (file) writeFileSync(file, JSON.stringify(accountOf(modules, unhandled.length)));
  }
}

function accountOf(modules: readonly TestModule[], unhandled: number): TestAccount {
  const tests = modules.flatMap((module) =>
    [...module.children.allTests()].map((test) => ({
      file: module.relativeModuleId,
      name: test.fullName,
      result: test.result(),
    })),
  );
  const seen = new Set<string>();
  const duplicates = new Set<string>();
  for (const { file, name } of tests) {
    const key = `${file}: ${name}`;
    if (seen.has(key)) duplicates.add(key);
    seen.add(key);
  }
  // A file that could not be loaded, or a hook that failed, has no failed test of its own to be counted by.
  const broken = modules.filter((module) => module.state() === 'failed').length;
  const failed = tests.filter((test) => test.result.state === 'failed').length;
  const failedFiles = new Set(tests.filter((t) => t.result.state === 'failed').map((t) => t.file));
  return {
    passed: tests.filter((test) => test.result.state === 'passed').length,
    failed: failed + Math.max(0, broken - failedFiles.size) + unhandled,
    skipped: tests.flatMap(({ file, name, result }) =>
      result.state === 'skipped' || result.state === 'pending'
        ? [{ name: `${file}: ${name}`, reason: noteOf(result) }]
        : [],
    ),
    duplicates: [...duplicates],
    names: tests.map(({ file, name }) => ({ file, name })),
  };
}

function noteOf(result: object): string {
  return 'note' in result && typeof result.note === 'string' ? result.note : 'no reason was given';
}
