// Owns the way from a raw resource to its description; undefined for what has no place in the chart. Resources of
// DSTU2 are read in the shape of R4.

import { toR4 } from '../../fhir/dstu2/to-r4.ts';
import { describers } from './clinical.ts';
import type { Described } from './described.ts';
import { describeObservation } from './observation.ts';
import { parseForChart } from './parse.ts';

/** Describes a resource from its exact text. */
export function describe(type: string, raw: string): Described | undefined {
  const describer = type === 'Observation' ? describeObservation : describers.get(type);
  if (!describer) return undefined;
  const resource = parseForChart(raw);
  return resource && describer(toR4(type, resource));
}
