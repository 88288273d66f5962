// What every Observation shares: its skeleton, and the vendor's recorded share of entries made in error.

import type { Resource } from '../json-text.ts';
import { decimal } from '../json-text.ts';
import { type Chart, touched } from './chart.ts';

export const loinc = 'http://loinc.org';
export const ucum = 'http://unitsofmeasure.org';

/** An Observation before it has an id. */
export type ObservationDraft = {
  readonly kind: string;
  readonly category: 'vital-signs' | 'laboratory' | 'social-history';
  readonly time: string;
  readonly code: Record<string, unknown>;
  /** `valueQuantity`, `component`, `valueString`, …, and whatever else it carries. */
  readonly rest: Record<string, unknown>;
  readonly status?: string;
  readonly encounter?: string;
};

/** Adds an Observation and returns its reference. */
export function addObservation(chart: Chart, draft: ObservationDraft): string {
  const updated = touched(chart, draft.time);
  return chart.add(observation(chart, draft), updated, { provenance: 0.08 });
}

/**
 * Adds, now and then, a second Observation beside a true one that was entered in error: another value at the same
 * time, marked as such. Leaves the true one alone, so that a trend stays readable once such entries are set apart.
 */
export function addEnteredInError(
  chart: Chart,
  draft: ObservationDraft,
  share: number,
  wrong: Record<string, unknown>,
): void {
  if (!chart.random.chance(share)) return;
  const rest = { ...draft.rest, ...wrong };
  const mistaken = observation(chart, { ...draft, status: 'entered-in-error', rest });
  chart.add(mistaken, touched(chart, draft.time));
}

/** A quantity whose number has exactly the digits given. */
export function quantity(token: string, unit: string): Record<string, unknown> {
  return { value: decimal(token), unit, system: ucum, code: unit };
}

/** A coded category of HL7's observation-category. */
export function observationCategory(code: string): Record<string, unknown>[] {
  const system = 'http://terminology.hl7.org/CodeSystem/observation-category';
  return [{ coding: [{ system, code }] }];
}

function observation(chart: Chart, draft: ObservationDraft): Resource {
  return {
    resourceType: 'Observation',
    id: chart.id(draft.kind),
    status: draft.status ?? 'final',
    category: observationCategory(draft.category),
    code: draft.code,
    subject: chart.subject,
    ...(draft.encounter === undefined ? {} : { encounter: { reference: draft.encounter } }),
    effectiveDateTime: draft.time,
    ...draft.rest,
  };
}
