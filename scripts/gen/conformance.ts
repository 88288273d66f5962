// Owns the table of what SMART App Launch 2.2 asks of a client, with the tests that prove each point: those whose name
// cites its id, as in `[SMART 2.2 @60]`. The requirements and the reasons where no test cites one are kept by hand.

import { filesOf, textOf } from '../check/tree.ts';
import { readCsv, writeCsv } from './csv.ts';

const REASONS = 'docs/conformance/smart-app-launch-2.2.reasons.csv';

type Citation = { readonly id: string; readonly test: string };

/** @throws Error when a test cites an id that is not in the list, or a point has neither test nor reason */
export function conformanceTable(): string {
  const [, ...requirements] = readCsv(textOf(REASONS));
  // The simulator's own tests are of the other side.
  const files = filesOf(/^(src|e2e)\/.*\.(test|e2e|contract)\.tsx?$/);
  const citations = files.flatMap((path) => citationsIn(path, textOf(path)));
  return tableOf(requirements, citations);
}

/** What the names of tests in a file cite. */
export function citationsIn(path: string, text: string): Citation[] {
  const names = text.matchAll(
    /(['"`])((?:(?!\1)[^\n\\]|\\.)*\[SMART 2\.2 [^\]\n]*\](?:(?!\1)[^\n\\]|\\.)*)\1/g,
  );
  return [...names].flatMap(([, , name = '']) => {
    const cited = /\[SMART 2\.2 ([^\]]*)\]/.exec(name)?.[1] ?? '';
    const plain = name.replace(/ *\[SMART 2\.2 [^\]]*\]/, '').replaceAll("\\'", "'");
    return cited.split(/[ ,]+/).map((id) => ({ id, test: `${path}: ${plain}` }));
  });
}

export function tableOf(
  requirements: readonly (readonly string[])[],
  citations: readonly Citation[],
): string {
  const ids = new Set(requirements.map(([id]) => id));
  const unknown = citations.filter(({ id }) => !ids.has(id));
  if (unknown.length > 0)
    throw new Error(`cited, but not in ${REASONS}: ${unknown.map((c) => c.id).join(', ')}`);
  const rows = requirements.map(([id = '', conformance = '', requirement = '', reason = '']) => {
    const tests = citations.filter((citation) => citation.id === id).map(({ test }) => test);
    if (tests.length === 0 && !reason)
      throw new Error(`${id}: no test cites it, and ${REASONS} gives no reason`);
    return [id, conformance, requirement, tests.join('; '), tests.length > 0 ? '' : reason];
  });
  return writeCsv([['id', 'conformance', 'requirement', 'proved by', 'else'], ...rows]);
}
