// Owns comparing two stored texts of a resource: do they say the same. Long ones in a thread, unpacked there: one of ten
// megabytes takes half a second.

import { canonicalForm } from '../fhir/canonical.ts';
import { offThread, serveTasks } from '../platform/off-thread.ts';
import { unpackTexts } from './body.ts';
import type { Packed } from './types.ts';

/** A text in its pack, by its place there. */
export type PackedText = { readonly pack: Packed; readonly n: number };

type Pair = {
  readonly before: PackedText;
  readonly after: PackedText;
  readonly volatilePaths: readonly string[];
};

/** Longer ones lie in a pack of their own, and are packed to a tenth or less. */
const LONG_BYTES = 8 * 1024;

/** Whether a pack holds one text that takes long to compare. */
export function isLong({ count, bytes }: Packed): boolean {
  return count === 1 && bytes.length > LONG_BYTES;
}

/** Whether two texts are JSON that says the same, but for the paths that do not count. */
export function saysTheSame(
  before: string,
  after: string,
  volatilePaths: readonly string[],
): boolean {
  const form = canonicalForm(before, volatilePaths);
  return form !== undefined && form === canonicalForm(after, volatilePaths);
}

/** The same of packed texts, in a thread. */
export function isSameBeside(
  before: PackedText,
  after: PackedText,
  volatilePaths: readonly string[],
): Promise<boolean> {
  return thread.run('compare', { before, after, volatilePaths });
}

function compare({ before, after, volatilePaths }: Pair) {
  return { value: saysTheSame(textOf(before), textOf(after), volatilePaths) };
}

function textOf({ pack, n }: PackedText): string {
  return unpackTexts(pack)[n]?.toString('utf8') ?? '';
}

const tasks = { compare };
const thread = offThread<typeof tasks>(import.meta.url);
serveTasks(import.meta.url, tasks);
