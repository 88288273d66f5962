// What a course of a history is made of: the shapes, the words that write them, and how a value moves. The courses
// themselves are data in the files beside this one. Times are shares of the history, from 0 (its start) to 1 (the
// anchor).

import type { PanelKey } from './lab-catalogue.ts';

export type Problem = {
  readonly text: string;
  readonly snomed: string;
  readonly icd10: string;
  readonly from: number;
  readonly to?: number;
};
export type Treatment = {
  readonly medication: string;
  readonly from: number;
  readonly to?: number;
  readonly reason: string;
};
export type AllergyEntry = {
  readonly text: string;
  /** RxNorm ingredient; `undefined` leaves the allergy in words only. */
  readonly rxnorm?: string;
  readonly reaction: string;
  readonly severe?: boolean;
};
/** Points of a curve: share of the history and value. */
export type Trend = readonly (readonly [at: number, value: number])[];

export type CourseData = {
  readonly visitsAYear: number;
  /** Panels, each with how many draws a year. */
  readonly panels: readonly (readonly [panel: PanelKey, aYear: number])[];
  /** Draws at moments that matter, whatever the visits: none of their results is lost. */
  readonly keyDraws?: readonly (readonly [at: number, panels: readonly PanelKey[]])[];
  readonly problems: readonly Problem[];
  readonly treatments: readonly Treatment[];
  readonly allergies: readonly AllergyEntry[];
  /** Values that leave the usual, by the key of the test or vital sign. */
  readonly trends: Readonly<Record<string, Trend>>;
  readonly procedures: readonly (readonly [text: string, cpt: string, at: number])[];
  readonly goals: readonly string[];
  readonly device?: { readonly text: string; readonly snomed: string; readonly at: number };
};

/** The value of a trend at a share of the history, in straight lines between its points. */
export function trendAt(trend: Trend, at: number): number {
  const [first] = trend;
  if (first === undefined) throw new RangeError('A trend has points.');
  let [beforeAt, before] = first;
  for (const [pointAt, value] of trend) {
    if (at <= pointAt) {
      if (pointAt === beforeAt) return value;
      return before + ((value - before) * (at - beforeAt)) / (pointAt - beforeAt);
    }
    [beforeAt, before] = [pointAt, value];
  }
  return before;
}

/** A problem as data; `to` is left out while it lasts. */
export const problem = (
  text: string,
  snomed: string,
  icd10: string,
  from: number,
  to?: number,
): Problem => ({
  text,
  snomed,
  icd10,
  from,
  ...(to === undefined ? {} : { to }),
});
/** A treatment as data; `to` is left out while it lasts. */
export const treatment = (
  medication: string,
  reason: string,
  from: number,
  to?: number,
): Treatment => ({
  medication,
  reason,
  from,
  ...(to === undefined ? {} : { to }),
});
