// Owns what a step of the checks answers with.

/** Counts, what to show when something failed, and the tests that were passed over with the reason of each. */
export type Outcome = {
  readonly passed: number;
  readonly failed: number;
  readonly output: string;
  readonly skipped?: readonly { readonly name: string; readonly reason: string }[];
  /** A few words beside the step's name. */
  readonly note?: string;
};

/** One step, counted as one test: it failed when anything was found. */
export function fromFindings(findings: readonly string[], note = ''): Outcome {
  return findings.length === 0
    ? { passed: 1, failed: 0, output: '', note }
    : { passed: 0, failed: 1, output: findings.join('\n') };
}

/** The last line of all: the sum of the steps, and why tests were passed over. */
export function lastLine(outcomes: readonly Outcome[]): string {
  const sum = (of: (outcome: Outcome) => number) => outcomes.reduce((n, o) => n + of(o), 0);
  const skipped = outcomes.flatMap((outcome) => outcome.skipped ?? []);
  const reasons = [...new Set(skipped.map(({ reason }) => reason))].join('; ');
  const counts = `${sum((o) => o.passed)} passed, ${sum((o) => o.failed)} failed, ${skipped.length} skipped`;
  return reasons ? `${counts} (${reasons})` : counts;
}
