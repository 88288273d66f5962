// Owns telling of which types a run has seen everything: pure. Only there does what was not seen count as gone.

import type { Question } from '../records/types.ts';

/**
 * The types of which every question that could bring them was answered in full, with nothing on its pages set aside.
 * @param byReference types that are asked for by id because others refer to them: whatever was not asked for is no
 *   less there
 */
export function typesSeenWhole(
  questions: readonly Question[],
  byReference: ReadonlySet<string>,
): string[] {
  const types = new Map<string, boolean>();
  for (const question of questions) {
    const isWhole = question.outcome === 'full' && question.setAside === 0;
    for (const type of typesOf(question)) types.set(type, isWhole && (types.get(type) ?? true));
  }
  return [...types]
    .filter(([type, isWhole]) => isWhole && !byReference.has(type))
    .map(([type]) => type);
}

/** The type asked for, and those that come along because they refer to it (R4 section 3.1.1.5.4). */
function typesOf({ type, request }: Pick<Question, 'type' | 'request'>): string[] {
  const query = new URLSearchParams(request.split('?')[1] ?? '');
  const along = query.getAll('_revinclude').map((value) => value.split(':')[0] ?? '');
  return [type, ...along];
}
