// Owns asking by id for what a patient's records refer to, some at a time.

import { ChartfoldError } from '../platform/errors.ts';
import type { Question } from '../records/types.ts';
import { ask, type Asked, type Asking, close, commit, mark, MAYBE_OTHERWISE } from './asking.ts';
import { storedIds } from './references.ts';

/**
 * The records of one type that this patient's others refer to, asked for by id, some at a time. What comes may
 * refer to more of the type, which is then asked for too.
 */
export function askReferenced(asking: Asking, question: Question): Promise<void> {
  return ask(asking, question, readReferenced);
}

async function readReferenced(asking: Asking, asked: Asked): Promise<void> {
  const { question, signal } = asked;
  const { db } = asking.context;
  const tried = new Set<string>();
  const given = new Set<string>();
  // Read not long ago: what a clinic's list says of a person or a place seldom changes.
  const known =
    question.since === null
      ? new Set<string>()
      : await storedIds(db, asking.connectionId, question.type);
  let atOnce = asking.entry.vendor.portal.referenced.batch;
  for (;;) {
    const ids = asking.references
      .of(question.type)
      .filter((id) => !tried.has(id) && !known.has(id));
    if (ids.length === 0) break;
    if (asking.referencedLeft === 0) throw new ChartfoldError('sync.limit_reached');
    const batch = ids.slice(0, Math.min(atOnce, asking.referencedLeft));
    asked.wasSent = true;
    const answer = await asking.fetchPage(
      `${question.request}${batch.map(encodeURIComponent).join(',')}`,
      signal,
    );
    asked.retries += answer.retries;
    if (!answer.ok && batch.length > 1 && MAYBE_OTHERWISE.has(answer.error.code)) {
      // Not every server takes several ids at once.
      atOnce = 1;
      continue;
    }
    if (!answer.ok) return close(asking, asked, answer);
    asking.referencedLeft -= batch.length;
    for (const id of batch) tried.add(id);
    for (const { resources } of answer.page.packs)
      for (const { type, id } of resources) if (type === question.type) given.add(id);
    // No cursor: a run that goes on asks for all of them again, which stores nothing twice.
    await commit(asking, asked, answer.page, { next: null });
  }
  // Some answer with others than they were asked for.
  const withheld = [...tried].filter((id) => !given.has(id)).length;
  await mark(asking, question, {
    outcome: withheld > 0 ? 'part' : 'full',
    ...(withheld > 0
      ? { code: 'fhir.not_found', detail: `${withheld} of ${tried.size} were not given` }
      : {}),
    retries: asked.retries,
  });
}
