// Owns telling a page that is no answer: one that holds nothing but an error, though it came with 200. Pure.

import type { BundlePage } from '../fhir/bundle.ts';
import { readOutcome } from '../fhir/outcome.ts';

export type Refusal = {
  /** The OperationOutcome. */
  readonly text: string;
  /** That which an answer with the same error has. */
  readonly status: number;
};

/** The error that a page holds in place of records; null where it holds records, nothing, or no more than a warning. */
export function refusalIn({ entries }: Pick<BundlePage, 'entries'>): Refusal | null {
  if (!entries.every(({ resourceType }) => resourceType === 'OperationOutcome')) return null;
  for (const { raw: text } of entries) {
    const issues = readOutcome(JSON.parse(text)) ?? [];
    const error = issues.find(({ severity }) => severity === 'error' || severity === 'fatal');
    if (error) return { text, status: STATUS.get(error.code ?? '') ?? 400 };
  }
  return null;
}

/** By the code of the issue. @see https://hl7.org/fhir/R4/codesystem-issue-type.html */
const STATUS: ReadonlyMap<string, number> = new Map([
  ['security', 403],
  ['forbidden', 403],
  ['suppressed', 403],
  ['not-found', 404],
  ['deleted', 404],
  ['throttled', 429],
  ['transient', 500],
  ['lock-error', 500],
  ['no-store', 500],
  ['exception', 500],
  ['timeout', 500],
  ['incomplete', 500],
]);
