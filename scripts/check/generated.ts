// Owns the check that the generated files are what the source makes today.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { artefacts } from '../gen/artefacts.ts';
import { fromFindings, type Outcome } from './outcome.ts';
import { filesOf, ROOT, textOf } from './tree.ts';

/** Made by the test that runs what they tell of, and compared there. */
const MADE_BY_TESTS = ['docs/conformance/receipts-under-faults.gen.md'];

/** Makes each in memory and compares; a file that calls itself generated and that nothing makes is found too. */
export function checkGenerated(): Outcome {
  const stale = Object.entries(artefacts).flatMap(([path, make]) => {
    const onDisk = existsSync(join(ROOT, path)) ? textOf(path) : null;
    return drift(path, onDisk, make());
  });
  const orphans = filesOf(/\.gen\.\w+$/).filter(
    (path) => !Object.hasOwn(artefacts, path) && !MADE_BY_TESTS.includes(path),
  );
  return fromFindings(
    [...stale, ...orphans.map((path) => `${path}: nothing makes it`)],
    `${Object.keys(artefacts).length} files`,
  );
}

/** What differs first, one line. */
export function drift(path: string, onDisk: string | null, made: string): string[] {
  if (onDisk === made) return [];
  if (onDisk === null) return [`${path}: is missing; run node scripts/gen/all.ts`];
  const [old, now] = [onDisk.split('\n'), made.split('\n')];
  const line = now.findIndex((text, index) => text !== old[index]);
  const at = line < 0 ? now.length : line;
  return [
    `${path}:${at + 1}: is not what the source makes; run node scripts/gen/all.ts (${JSON.stringify(now[at] ?? '')})`,
  ];
}
