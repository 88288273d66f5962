// Owns telling of which types a run has seen everything: pure. Only there does what was not seen count as gone.

import { patientTypes } from '../portals/patient-types.ts';
import type { FhirVersion } from '../portals/portal.ts';
import type { SeenWhole } from '../records/gone.ts';
import type { Question } from '../records/types.ts';
import { isByReference, parametersOf } from './plan.ts';

/**
 * The types of which everything was asked for and given: every question that could bring them was answered in full,
 * with nothing on its pages set aside, and one of them, or each of those that they come along with, asked for whatever
 * the portal has. One for single categories does not show what has lost its category. Those asked for by id because
 * others refer to them are none of them: whatever was not asked for is no less there.
 */
export function typesSeenWhole(questions: readonly Question[], version: FhirVersion): SeenWhole[] {
  const types = new Set(questions.flatMap((question) => [question.type, ...typesAlong(question)]));
  return [...types].flatMap((type) => {
    const asked = questions.filter((question) => question.type === type);
    const along = questions.filter((question) => typesAlong(question).includes(type));
    const bringing = [...asked, ...along];
    const asksForAll = (question: Question) => isForAll(question, version);
    const isAll = asked.length > 0 ? asked.some(asksForAll) : along.every(asksForAll);
    return isAll && bringing.every(isAnsweredWhole) ? [{ type, questions: bringing }] : [];
  });
}

function isAnsweredWhole(question: Question): boolean {
  const { outcome, setAside, since } = question;
  return outcome === 'full' && setAside === 0 && since === null && !isByReference(question);
}

/** Whether a question, at once or in parts, asks for whatever there is of its type. */
function isForAll({ type, request, parts }: Question, version: FhirVersion): boolean {
  const { patient = PATIENT, split } = patientTypes(version).find((one) => one.type === type) ?? {};
  const narrows = (name: string) => !name.startsWith('_') && !patient.includes(name);
  const named = [request, ...(parts ?? []).map((part) => `?${part}`)].flatMap((query) =>
    [...parametersOf(query)].filter(([name]) => narrows(name)),
  );
  const values = new Set(named.flatMap(([, value]) => value.split(',')));
  return named.every(
    ([name]) =>
      split?.isOfAll === true &&
      name === split.parameter &&
      split.values.every((value) => values.has(value)),
  );
}

const PATIENT = ['patient', 'subject'];

/** The types that come along because they refer to what is asked for (R4 section 3.1.1.5.4). */
function typesAlong({ request }: Pick<Question, 'request'>): string[] {
  return parametersOf(request)
    .getAll('_revinclude')
    .map((value) => value.split(':')[0] ?? '');
}
