// A chart being written: hands out ids of the vendor's shapes, puts the vendor's extensions and meta on each
// resource, and adds Provenance. What is written is decided by those who call it.

import type { PortalBehaviour } from '../../src/portals/behaviour.ts';
import type { Resource } from '../json-text.ts';
import { addDays } from './dates.ts';
import type { Facilities } from './facilities.ts';
import type { ChartSeed } from './family.ts';
import type { Random } from './random.ts';
import type { GeneratedResource } from './world.ts';

export type Chart = {
  readonly seed: ChartSeed;
  readonly random: Random;
  readonly facilities: Facilities;
  readonly rates: PortalBehaviour['rates'];
  /** The first and the last day of the history. */
  readonly start: string;
  readonly anchor: string;
  /** `Patient/…`, as every resource refers to the subject. */
  readonly subject: { readonly reference: string };
  /** How many resources the chart has so far. */
  count(): number;
  /** The next id of a kind, such as `a-24411.resultamb-3223`. */
  id(kind: string): string;
  /**
   * Adds a resource and returns its reference.
   *
   * @param updated when it last changed, an instant
   */
  add(resource: Resource, updated: string, options?: { readonly provenance?: number }): string;
};

/** Begins a chart. @param firstNumber where its ids begin, which keeps those of charts apart */
export function beginChart(
  parts: Pick<Chart, 'seed' | 'random' | 'facilities' | 'rates' | 'start' | 'anchor'>,
  firstNumber: number,
  emit: (generated: GeneratedResource) => void,
): Chart {
  const { seed, random, facilities, rates } = parts;
  const counters = new Map<string, number>();
  let count = 0;
  const id = (kind: string): string => {
    const number = (counters.get(kind) ?? firstNumber + 1000 + (kind.length % 7) * 311) + 1;
    counters.set(kind, number);
    return `a-${seed.practiceId}.${kind}-${number}`;
  };
  const put = (resource: Resource, updated: string) => {
    count += 1;
    emit({ resource, patientId: seed.patientId, updated });
  };
  return {
    ...parts,
    subject: { reference: `Patient/${seed.patientId}` },
    count: () => count,
    id,
    add(resource, updated, { provenance = 0 } = {}) {
      const { resourceType, id: own, meta, extension, ...rest } = resource;
      const withoutTime = random.chance(rates.lastUpdatedMissing);
      const dressed = {
        resourceType,
        id: own,
        ...dressMeta(meta, updated, withoutTime),
        extension: [...vendorExtensions(facilities, random), ...((extension as unknown[]) ?? [])],
        ...rest,
      };
      put(dressed, updated);
      const reference = `${resourceType}/${own}`;
      if (random.chance(provenance)) {
        const made = describeProvenance(reference, updated, facilities, random);
        const head = { resourceType: 'Provenance', id: id('provenance') };
        put({ ...head, ...dressMeta(undefined, updated, withoutTime), ...made }, updated);
      }
      return reference;
    },
  };
}

/** A coded concept. */
export function concept(
  text: string,
  ...codings: readonly (readonly [system: string, code: string])[]
) {
  return {
    ...(codings.length === 0
      ? {}
      : { coding: codings.map(([system, code]) => ({ system, code, display: text })) }),
    text,
  };
}

/** The instant at which something entered on a day was last touched: most on the day, some weeks later. */
export function touched(chart: Chart, time: string): string {
  if (!chart.random.chance(0.15)) return time;
  const day = addDays(time.slice(0, 10), chart.random.between(1, 40));
  const bounded = day > chart.anchor ? chart.anchor : day;
  return `${bounded}T${time.slice(11)}`;
}

function dressMeta(meta: unknown, updated: string, withoutTime: boolean): Record<string, unknown> {
  const own = (meta ?? {}) as Record<string, unknown>;
  if (withoutTime) return Object.keys(own).length === 0 ? {} : { meta: own };
  return { meta: { lastUpdated: updated.replace('Z', '.000Z'), ...own } };
}

const extensionBase = 'https://fhir.athena.io/StructureDefinition';

function vendorExtensions(facilities: Facilities, random: Random): unknown[] {
  const extension = (name: string, reference: string) => ({
    url: `${extensionBase}/${name}`,
    valueReference: { reference },
  });
  const list = [
    extension('ah-practice', facilities.practice),
    extension('ah-chart-sharing-group', facilities.chartSharingGroup),
  ];
  if (random.chance(0.3)) {
    list.push(
      extension('ah-department', facilities.departments[0]?.organization ?? facilities.practice),
    );
  }
  if (random.chance(0.1)) list.push(extension('ah-brand', facilities.brand));
  if (random.chance(0.1)) list.push(extension('ah-provider-group', facilities.providerGroup));
  return list;
}

function describeProvenance(
  target: string,
  recorded: string,
  facilities: Facilities,
  random: Random,
): Record<string, unknown> {
  const agent = (code: string, display: string, who: string, onBehalfOf?: string) => ({
    type: {
      coding: [
        {
          system: 'http://terminology.hl7.org/CodeSystem/provenance-participant-type',
          code,
          display,
        },
      ],
    },
    who: { reference: who },
    ...(onBehalfOf === undefined ? {} : { onBehalfOf: { reference: onBehalfOf } }),
  });
  return {
    target: [{ reference: target }],
    recorded,
    agent: [
      agent('author', 'Author', random.pick(facilities.providers).reference, facilities.practice),
      agent('transmitter', 'Transmitter', facilities.vendor),
    ],
  };
}
