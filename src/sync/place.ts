// Owns where a question stands: which of its parts, and the page to ask for next, as the one text that is stored with
// each page. Pure.

import type { Question } from '../records/types.ts';
import { withQuery } from './plan.ts';

export type Place = {
  /** From 0; always 0 where the question is asked as a whole. */
  readonly part: number;
  /** Absolute, or below the FHIR base. */
  readonly address: string;
};

type Standing = Pick<Question, 'request' | 'parts' | 'next'>;

/** Where a question goes on, or begins. */
export function placeOf(question: Standing): Place {
  if (question.next === null) return beginningOf(question, 0);
  const [, address = question.next, part = '0'] = MARKED.exec(question.next) ?? [];
  return { part: Number(part), address };
}

/** The first page of a part. */
export function beginningOf({ request, parts }: Standing, part: number): Place {
  const query = parts?.[part];
  return { part, address: withQuery(request, query ?? '') };
}

/** The part after this one; null after the last. */
export function partAfter(question: Standing, { part }: Place): Place | null {
  return part + 1 < (question.parts?.length ?? 1) ? beginningOf(question, part + 1) : null;
}

/** A place as text. The part stands in the fragment, which is sent to no server (RFC 3986 section 3.5). */
export function cursorOf(question: Pick<Standing, 'parts'>, { part, address }: Place): string {
  return question.parts === null ? address : `${address}#part-${part}`;
}

const MARKED = /^(.*)#part-(\d+)$/;
