// Owns what a described record is: the words made from a resource, before they become rows or a sheet.

import { dateSortKey, type FhirDate, parseFhirDate } from '../../fhir/dates.ts';
import type { Kind } from '../../fhir/kinds.ts';

export type { Kind };
export type Flag = 'low' | 'high' | 'critical-low' | 'critical-high' | 'abnormal';

/** A label with its value, as the sheet shows it. */
export type Fact = { readonly label: string; readonly value: string; readonly code: string | null };

export type Measured = {
  /** What makes two results the same analyte: `system|code`, else the words; null where they came without a name. */
  readonly analyte: string | null;
  readonly name: string;
  readonly code: string | null;
  readonly category: 'laboratory' | 'vital-signs' | 'other';
  /** As the lab wrote it: `565.60`, `<0.5`, `128/78`, `positive`. */
  readonly value: string;
  readonly unit: string | null;
  readonly flag: Flag | null;
  readonly flagBy: 'source' | 'range' | null;
  readonly range: string | null;
};

export type Described = {
  readonly kind: Kind;
  readonly title: string;
  readonly note?: string | null;
  readonly value?: string | null;
  readonly unit?: string | null;
  readonly flag?: Flag | null;
  readonly clinician?: string | null;
  /** A FHIR date, dateTime or instant as it came. */
  readonly at: string | null;
  readonly endsAt?: string | null;
  readonly enteredInError?: boolean;
  readonly amended?: boolean;
  /** `Encounter/id`. */
  readonly visit?: string | null;
  /** `Observation/id` of what it holds. */
  readonly members?: readonly string[];
  readonly measured?: Measured | null;
  readonly facts: readonly (Fact | null)[];
  /** Paragraphs of a note. */
  readonly text?: readonly string[];
};

/** A fact, or null where there is nothing to say. */
export function fact(
  label: string,
  value: string | null | undefined,
  code: string | null = null,
): Fact | null {
  return value ? { label, value, code } : null;
}

/** The date of a FHIR date, dateTime or instant, as precise as it came: never the machine's zone, never 1970. */
export function dayOf(at: string | null | undefined): string | null {
  return readDate(at)?.day ?? null;
}

/** The instant in UTC, by which two records of one day are put in order; null for a date without a time. */
export function instantOf(at: string | null | undefined): string | null {
  const date = readDate(at);
  return date?.time === undefined ? null : dateSortKey(date);
}

/** A date that is not FHIR's, such as `2026-11-17 10:00`, counts as the day it begins with. */
function readDate(at: string | null | undefined): FhirDate | undefined {
  return parseFhirDate(at) ?? parseFhirDate(/^(\d{4}(?:-\d\d){0,2})(?!\d)/.exec(at ?? '')?.[1]);
}
