// Owns telling of which types a run has seen everything: pure. Only there does what was not seen count as gone.

import type { Question } from '../records/types.ts';
import { isByReference, parametersOf } from './plan.ts';

/**
 * The types of which every question that could bring them asked for all of them, at once or in parts, and was answered
 * in full, with nothing on its pages set aside. Those asked for by id because others refer to them are none of them: whatever was not asked
 * for is no less there.
 */
export function typesSeenWhole(questions: readonly Question[]): string[] {
  const types = new Map<string, boolean>();
  for (const question of questions) {
    const { outcome, setAside, since } = question;
    const isWhole =
      outcome === 'full' && setAside === 0 && since === null && !isByReference(question);
    for (const type of typesOf(question)) types.set(type, isWhole && (types.get(type) ?? true));
  }
  return [...types].filter(([, isWhole]) => isWhole).map(([type]) => type);
}

/** The type asked for, and those that come along because they refer to it (R4 section 3.1.1.5.4). */
function typesOf({ type, request }: Pick<Question, 'type' | 'request'>): string[] {
  const along = parametersOf(request)
    .getAll('_revinclude')
    .map((value) => value.split(':')[0] ?? '');
  return [type, ...along];
}
